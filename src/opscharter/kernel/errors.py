"""The few ways in which the kernel says no; pages, API, imports and commands turn them into their own words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from typing import Any


@dataclass(frozen=True)
class Reason:
    """Why a step is refused: a sentence for the user, with the control and the clause it cites, if any."""

    message: str
    control: str = ""
    clause: str = ""
    field: str = ""
    kept: Any = dataclass_field(default="", compare=False)
    """The sentence as `controls.wording` keeps it, where the guard log is to tell it in other languages."""

    def as_dict(self) -> dict[str, str]:
        """Return the reason as plain text for the API and the guard log."""
        return {"message": str(self.message), "control": self.control, "clause": self.clause, "field": self.field}


class WritePathError(RuntimeError):
    """A record was about to be written round the write path: a programming error, never shown to users."""


class NotPermitted(Exception):
    """The actor holds no grant for this action on this record."""

    def __init__(self, action: str, record_type: str) -> None:
        super().__init__(f"{action} on {record_type} is not granted")
        self.action, self.record_type = action, record_type


class Refused(Exception):
    """A guard or rule refuses the step; `reasons` says why."""

    def __init__(self, reasons: Sequence[Reason]) -> None:
        super().__init__("; ".join(str(reason.message) for reason in reasons))
        self.reasons = list(reasons)


@dataclass(frozen=True)
class FieldConflict:
    """One field that two people changed differently: what both began from, what is stored, what was sent."""

    name: str
    label: str
    base: Any
    theirs: Any
    mine: Any


@dataclass
class Conflict(Exception):
    """Someone else changed the same fields since this copy was read; nothing was stored and nothing is lost."""

    current_version: int
    fields: list[FieldConflict] = dataclass_field(default_factory=list)

    def __str__(self) -> str:
        return "changed meanwhile: " + ", ".join(conflict.name for conflict in self.fields)
