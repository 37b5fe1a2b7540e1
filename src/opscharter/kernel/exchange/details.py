"""Company-defined fields in files: one column for each, headed `attributes.code` or by what the company calls it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import override

from opscharter.kernel.attributes.models import Attributed, AttributeDefinition, definitions_of
from opscharter.kernel.attributes.values import read
from opscharter.kernel.exchange.cells import EXACT_DIGITS, LANGUAGES, as_meant, harmless, same, written

PREFIX = "attributes."
NUMBER = re.compile(r"-?\d+(\.\d+)?")
Definitions = dict[str, list[AttributeDefinition]]
"""Column → the definitions it stands for: several kinds of record may have a field of the same code."""


def owners_of(model: Any) -> Any | None:
    """Return the model whose rows define the fields of a kind of record; None where no field of its own names one."""
    if not issubclass(model, Attributed):
        return None
    try:
        return model._meta.get_field(model.attributes_of).related_model
    except FieldDoesNotExist:
        return None


def owner_ids(model: Any, rows: Any) -> list[int | None]:
    """Return the ids of those that define the fields of some rows."""
    return list(rows.order_by().values_list(model.attributes_of, flat=True).distinct())


def columns_for(model: Any, owners: Iterable[int | None] | None = None) -> Definitions:
    """Return the columns of the fields in use, of some owners only where given, in their order."""
    owner = owners_of(model)
    if owner is None:
        return {}
    defined = owner._meta.get_field("attributes")
    rows = defined.related_model.objects.current()
    if owners is not None:
        rows = rows.filter(**{f"{defined.field.name}__in": [pk for pk in owners if pk]})
    found: Definitions = {}
    for row in rows.order_by("position", "pk"):
        found.setdefault(PREFIX + row.code, []).append(row)
    return found


def labels_of(columns: Definitions) -> dict[str, str]:
    """Return what each column may be headed with besides its name; what means two columns means neither."""
    found: dict[str, str] = {}
    for language in LANGUAGES:
        with override(language):
            for column, definitions in columns.items():
                for each in definitions:
                    label = each.name.strip().lower()
                    found[label] = column if found.get(label, column) == column else ""
    return {label: column for label, column in found.items() if column}


def detail_of(record: Any, column: str) -> str:
    """Return a field of a record as a cell; empty where the record does not have it."""
    value = (record.attributes or {}).get(column.removeprefix(PREFIX))
    if isinstance(value, list):
        return harmless("; ".join(map(str, value)))
    if isinstance(value, str) and NUMBER.fullmatch(value):
        return value  # no spreadsheet runs a number
    return written(value)


def for_sheet(definitions: Iterable[AttributeDefinition], text: str) -> str | int | float:
    """Return a cell as a spreadsheet keeps it: numbers as numbers, as far as it keeps them exactly."""
    numbers = all(each.kind == AttributeDefinition.Kind.NUMBER for each in definitions)
    if numbers and NUMBER.fullmatch(text) and len(text) <= EXACT_DIGITS:
        return float(text) if "." in text else int(text)
    return text


class DetailReader:
    """Reads the cells of company-defined fields; the fields of each owner are looked up once an import."""

    def __init__(self) -> None:
        self._known: dict[int | None, dict[str, AttributeDefinition]] = {}

    def read(
        self, record: Any, owner: Any, cells: Mapping[str, str], kept: Mapping[str, Any]
    ) -> tuple[dict[str, Any], list[tuple[str, str]]]:
        """Return all values of a record after its cells were read into what it holds, and what is wrong by column.

        A cell that has come back as it was is left alone; an empty one takes the value away.
        """
        known = self._of(owner)
        values, problems = dict(kept), []
        for column, text in cells.items():
            code, meant = column.removeprefix(PREFIX), as_meant(text).strip()
            if same(text, detail_of(record, column)) if record.pk else not meant:
                continue
            if not meant:
                values.pop(code, None)
            elif code not in known:
                problems.append((column, _("“%(code)s” is not a detail of this kind.") % {"code": code}))
            else:
                try:
                    values[code] = read(known[code], _chosen(known[code], meant))
                except ValidationError as error:
                    problems.append((column, " ".join(error.messages)))
        return values, problems

    def _of(self, owner: Any) -> dict[str, AttributeDefinition]:
        key = owner.pk if owner is not None else None
        if key not in self._known:
            self._known[key] = {each.code: each for each in definitions_of(owner)}
        return self._known[key]


def _chosen(definition: AttributeDefinition, text: str) -> Any:
    """Return what a cell means: what can be chosen is named by its text in any language, several with semicolons."""
    kinds = AttributeDefinition.Kind
    if definition.kind not in (kinds.CHOICE, kinds.CHOICES):
        return text
    lines = [[part.strip() for part in str(line).split("|")] for line in definition.options]
    values = {name: parts[0] for parts in reversed(lines) for name in parts}
    if definition.kind == kinds.CHOICE:
        return values.get(text, text)
    return [values.get(part.strip(), part.strip()) for part in text.split(";") if part.strip()]
