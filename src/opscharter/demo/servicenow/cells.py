"""What one cell of a ServiceNow log says: each function turns its text into a value or says what is wrong with it."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from enum import StrEnum
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

MISSING = ("?", "")
"""How a cell says that there is no value; the log itself writes `?`."""

Parse = Callable[[str, dt.tzinfo], Any]
"""Turn a cell, trimmed and with runs of blanks squeezed to one, into a value; raises Damaged."""

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_NUMBER = re.compile(r"[A-Z]+[0-9]+")
_COUNT = re.compile(r"[0-9]{1,9}")
_CODE = re.compile(r"([0-9]) - (\S.*)")
_MOMENT = re.compile(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4}) ([0-9]{2}):([0-9]{2})")


class Damaged(ValueError):
    """A cell cannot be understood; the message says why."""


class State(StrEnum):
    """Where an incident stands, in the words of the log."""

    NEW = "New"
    ACTIVE = "Active"
    AWAITING_USER_INFO = "Awaiting User Info"
    AWAITING_VENDOR = "Awaiting Vendor"
    AWAITING_PROBLEM = "Awaiting Problem"
    AWAITING_EVIDENCE = "Awaiting Evidence"
    RESOLVED = "Resolved"
    CLOSED = "Closed"


class Code(NamedTuple):
    """A level of a scale and its label; 1 is the highest level."""

    value: int
    label: str

    def __str__(self) -> str:
        return f"{self.value} - {self.label}"


def text(cell: str, _zone: dt.tzinfo) -> str:
    """Return the words themselves."""
    if _CONTROL.search(cell):
        raise Damaged(_("a control character stands in %(cell)s") % {"cell": _quoted(cell)})
    return cell


def number(cell: str, _zone: dt.tzinfo) -> str:
    """Return the number of a record: letters, then digits, such as INC0000045."""
    if not _NUMBER.fullmatch(cell):
        raise Damaged(_("%(cell)s is not the number of an incident") % {"cell": _quoted(cell)})
    return cell


def state(cell: str, _zone: dt.tzinfo) -> State:
    """Return the state; one that the log's table of states does not know is refused, not guessed."""
    try:
        return State(cell)
    except ValueError:
        raise Damaged(_("%(cell)s is not a known state") % {"cell": _quoted(cell)}) from None


def boolean(cell: str, _zone: dt.tzinfo) -> bool:
    """Return what `true` or `false` says."""
    if cell not in ("true", "false"):
        raise Damaged(_("%(cell)s is neither true nor false") % {"cell": _quoted(cell)})
    return cell == "true"


def count(cell: str, _zone: dt.tzinfo) -> int:
    """Return a whole number that is not negative."""
    if not _COUNT.fullmatch(cell):
        raise Damaged(_("%(cell)s is not a count") % {"cell": _quoted(cell)})
    return int(cell)


def level(cell: str, _zone: dt.tzinfo) -> Code:
    """Return an impact or an urgency: `2 - Medium` is level 2 of three."""
    return _code(cell, lowest=3)


def priority(cell: str, _zone: dt.tzinfo) -> Code:
    """Return a priority: `3 - Moderate` is level 3; ServiceNow knows five."""
    return _code(cell, lowest=5)


def moment(cell: str, zone: dt.tzinfo) -> dt.datetime:
    """Return a wall time `d/m/yyyy HH:MM`, day first, as an aware datetime in `zone`.

    A wall time that a change of clocks skips is read with the offset before the change (02:30 becomes 03:30);
    one that occurs twice is the first of the two.
    """
    match = _MOMENT.fullmatch(cell)
    if not match:
        raise Damaged(_("%(cell)s is not a time such as 4/7/2016 14:50") % {"cell": _quoted(cell)})
    day, month, year, hour, minute = map(int, match.groups())
    try:
        # By way of UTC: only so does a skipped wall time become one that the zone knows.
        wall = dt.datetime(year, month, day, hour, minute, tzinfo=zone)
        return wall.astimezone(dt.UTC).astimezone(zone)
    except (ValueError, OverflowError):
        raise Damaged(_("%(cell)s does not exist (day/month/year)") % {"cell": _quoted(cell)}) from None


def _code(cell: str, lowest: int) -> Code:
    match = _CODE.fullmatch(cell)
    if not match or not 1 <= int(match[1]) <= lowest:
        raise Damaged(_("%(cell)s is not a level from 1 to %(lowest)s") % {"cell": _quoted(cell), "lowest": lowest})
    return Code(int(match[1]), match[2])


def _quoted(cell: str) -> str:
    """Return the cell for a message: what cannot be printed escaped, and not longer than a message bears."""
    return ascii(cell[:40] + ("…" if len(cell) > 40 else "")) if _CONTROL.search(cell) else f"“{cell[:40]}”"
