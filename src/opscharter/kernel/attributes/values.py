"""Values of company-defined fields: one reading for pages, the API, imports and jobs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.utils import formats
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _t

if TYPE_CHECKING:
    from opscharter.kernel.attributes.models import AttributeDefinition

LONGEST = {"text": 400, "paragraph": 8_000}
DIGITS = 20


def _text(definition: AttributeDefinition, given: Any) -> str:
    longest = LONGEST[definition.kind]
    if not isinstance(given, str | int | float) or isinstance(given, bool):
        raise ValidationError(_t("Give a text."))
    text = str(given).replace("\x00", "").strip()
    if len(text) > longest:
        raise ValidationError(_t("At most %(most)s characters.") % {"most": longest})
    return text


def _number(definition: AttributeDefinition, given: Any) -> str:
    if isinstance(given, bool):
        raise ValidationError(_t("Give a number."))
    try:
        number = Decimal(str(given).strip().replace(",", ""))
    except InvalidOperation:
        raise ValidationError(_t("Give a number.")) from None
    if not number.is_finite() or abs(number.adjusted()) > DIGITS or len(number.as_tuple().digits) > DIGITS:
        raise ValidationError(_t("Give a number."))
    if definition.least is not None and number < definition.least:
        raise ValidationError(_t("Not less than %(least)s.") % {"least": _plain(definition.least)})
    if definition.most is not None and number > definition.most:
        raise ValidationError(_t("Not more than %(most)s.") % {"most": _plain(definition.most)})
    return _plain(number)


def _plain(number: Decimal) -> str:
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _date(definition: AttributeDefinition, given: Any) -> str:
    try:
        day = given if isinstance(given, dt.date) else parse_date(str(given).strip())
    except ValueError:
        day = None
    if day is None:
        raise ValidationError(_t("Give a date as YYYY-MM-DD."))
    return day.isoformat()


def _yes_no(definition: AttributeDefinition, given: Any) -> bool:
    known = {"true": True, "1": True, "yes": True, "on": True, "是": True,
             "false": False, "0": False, "no": False, "off": False, "否": False}  # fmt: skip
    answer = known.get(str(given).strip().lower())
    if answer is None:
        raise ValidationError(_t("Answer yes or no."))
    return answer


def _choice(definition: AttributeDefinition, given: Any) -> str:
    if not isinstance(given, str) or given not in dict(definition.choices):
        names = "、".join(name for _value, name in definition.choices)
        raise ValidationError(_t("Choose one of: %(options)s.") % {"options": names})
    return str(given)


def _choices(definition: AttributeDefinition, given: Any) -> list[str]:
    if not isinstance(given, list | tuple):
        given = [given]
    chosen = {_choice(definition, each) for each in given if isinstance(each, str) or _choice(definition, each)}
    return [value for value, _name in definition.choices if value in chosen]


READERS: dict[str, Callable[[AttributeDefinition, Any], Any]] = {
    "text": _text, "paragraph": _text, "number": _number, "date": _date, "yes-no": _yes_no,
    "choice": _choice, "choices": _choices,
}  # fmt: skip
"""Each reader takes a value as sent and returns it as it is kept, or raises ValidationError; chapters add kinds."""
SHOWERS: dict[str, Callable[[AttributeDefinition, Any], str]] = {}
"""How people read a kept value of a kind that a chapter has added."""


def is_empty(given: Any) -> bool:
    """Say whether nothing was given; `no` is an answer."""
    return given is None or given in ("", [], ()) or (isinstance(given, str) and not given.strip())


def read(definition: AttributeDefinition, given: Any) -> Any:
    """Return one value as it is kept, None when nothing was given; raises ValidationError."""
    if is_empty(given):
        if definition.required:
            raise ValidationError(_t("This must be filled in."))
        return None
    return READERS[definition.kind](definition, given)


def is_asked(definition: AttributeDefinition, given: Mapping[str, Any]) -> bool:
    """Say whether the other values are such that this field is asked at all."""
    code, wanted = definition.condition
    if not code:
        return True
    other = given.get(code)
    several = other if isinstance(other, list | tuple) else [other]
    truth = {True: "yes", False: "no"}
    return any(wanted == (truth[each] if isinstance(each, bool) else str(each)) for each in several)


def read_all(definitions: Sequence[AttributeDefinition], given: Any) -> dict[str, Any]:
    """Return all values as they are kept; ValidationError on `attributes` names every field that is wrong.

    A value whose field is not asked is left out; a field that does not exist is refused by its code. The code of
    each error is `detail.` and the field's.
    """
    if not isinstance(given, Mapping):
        raise ValidationError({"attributes": _t("Give the details by code, such as {“rack”: “A3”}.")})
    known = {definition.code for definition in definitions}
    strange = sorted(str(code) for code in given if code not in known)
    unknown = _t("“%(code)s” is not a detail of this kind.")
    problems = [ValidationError(unknown % {"code": code[:60]}, code=f"detail.{code}") for code in strange]
    kept: dict[str, Any] = {}
    for definition in definitions:
        if not is_asked(definition, {**given, **kept}):
            continue
        try:
            value = read(definition, given.get(definition.code))
        except ValidationError as error:
            problems += [
                ValidationError(f"{definition.name}: {message}", code=f"detail.{definition.code}")
                for message in error.messages
            ]
        else:
            if value is not None:
                kept[definition.code] = value
    if problems:
        raise ValidationError({"attributes": problems})
    return kept


def shown(definition: AttributeDefinition, value: Any) -> str:
    """Return a kept value as people read it."""
    if value is None:
        return ""
    if definition.kind == "yes-no":
        return _t("yes") if value else _t("no")
    if definition.kind in SHOWERS:
        return SHOWERS[definition.kind](definition, value)
    names = dict(definition.choices)
    if definition.kind == "choice":
        return names.get(value, str(value))
    if definition.kind == "choices":
        return "、".join(names.get(each, str(each)) for each in value)
    if definition.kind == "date":
        return str(formats.date_format(dt.date.fromisoformat(value)))
    return f"{value} {definition.unit}".strip()


def shown_all(definitions: Sequence[AttributeDefinition], values: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return the name and value of every field that holds something, in their order."""
    return [(each.name, shown(each, values[each.code])) for each in definitions if each.code in values]
