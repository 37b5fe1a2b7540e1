"""Clauses and controls as people write them in a field: numbers or ids with commas between them."""

from __future__ import annotations

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from opscharter.charter.models.clause import Clause
from opscharter.charter.models.edition import Edition
from opscharter.kernel.controls.registry import CHECKS, GUARDS

_BETWEEN = re.compile(r"[\s,，、;；]+")


def split(text: str) -> list[str]:
    """Return the single references of a field, each once, in the order written."""
    return list(dict.fromkeys(part.removeprefix("§") for part in _BETWEEN.split(text) if part))


def tidy_clauses(text: str, field: str = "clauses") -> str:
    """Return clause numbers in one form and order; ValidationError names a clause that the regulation lacks."""
    numbers = split(text)
    known = clause_numbers()
    if strange := [number for number in numbers if known and number not in known]:
        message = _("The regulation in force has no clause %(numbers)s.") % {"numbers": ", ".join(strange)}
        raise ValidationError({field: message})
    return ", ".join(sorted(numbers, key=in_order))


def tidy_controls(text: str, field: str = "controls") -> str:
    """Return control ids in one form; ValidationError names one that no code declares."""
    ids = split(text)
    if strange := [each for each in ids if each not in GUARDS and each not in CHECKS]:
        raise ValidationError({field: _("There is no guard or check %(ids)s.") % {"ids": ", ".join(strange)}})
    return ", ".join(ids)


def clause_numbers() -> set[str]:
    """Return the numbers of the clauses in force."""
    rows = Clause.objects.current().filter(edition__state=Edition.State.IN_FORCE)
    return set(rows.values_list("number", flat=True))


def in_order(number: str) -> tuple[int, ...]:
    """Return what sorts clause numbers as people read them."""
    return tuple(int(part) for part in re.findall(r"\d+", number))
