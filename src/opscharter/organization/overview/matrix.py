"""Roles × actions × reaches as a table, and changing it: every change is a grant given or taken, with its reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from opscharter.kernel.access.actor import ANY, Actor, Reach
from opscharter.kernel.resources.declaration import Resource, Text
from opscharter.kernel.resources.site import Chapter, site
from opscharter.organization.models.access import Role, RoleGrant

BASE: dict[str, Text] = {
    "view": _("view"), "create": _("create"), "edit": _("edit"), "comment": _("comment"), "history": _("history"),
    "export": _("export"), "import": _("import"), "archive": _("archive"),
}  # fmt: skip
SPECIAL: dict[str, Text] = {
    "override": _("grant exceptions"), "share-view": _("share views"), "view-protected": _("see sensitive fields"),
    "account": _("handle accounts"),
}  # fmt: skip
PAIRS = [
    (Reach.OWN,), (Reach.DEPARTMENT,), (Reach.DEPARTMENT_TREE,), (Reach.CUSTOMER,), (Reach.ALL,),
    (Reach.OWN, Reach.DEPARTMENT), (Reach.OWN, Reach.DEPARTMENT_TREE), (Reach.OWN, Reach.CUSTOMER), (Reach.TEAM,),
]  # fmt: skip


@dataclass
class Cell:
    """One action of a role on one record type: the reaches granted, and those that a wider grant brings anyway."""

    record_type: str
    action: str
    label: Text
    reaches: list[str] = field(default_factory=list)
    inherited: list[str] = field(default_factory=list)

    @property
    def name(self) -> str:
        """Return the name of the cell's field in the form."""
        return f"{self.record_type}:{self.action}"

    @property
    def value(self) -> str:
        """Return what is granted, as the form says it."""
        return ",".join(self.reaches)

    @property
    def options(self) -> list[tuple[str, str, bool]]:
        """Return what may be chosen: (value, words, chosen)."""
        values = ["", *(",".join(sorted(pair)) for pair in PAIRS)]
        if self.value not in values:
            values.append(self.value)
        return [(value, said(value), value == self.value) for value in values]

    @property
    def inherited_label(self) -> str:
        """Return the wider grant in words."""
        return said(",".join(self.inherited))


def said(value: str) -> str:
    """Return reaches in words."""
    return " + ".join(str(Reach(code).label) for code in value.split(",") if code) or "—"


@dataclass
class Line:
    """A record type in the table."""

    label: Text
    record_type: str
    cells: list[Cell]
    steps: list[Cell] = field(default_factory=list)

    @property
    def steps_granted(self) -> int:
        """Return how many steps are granted."""
        return sum(bool(cell.reaches or cell.inherited) for cell in self.steps)


def actions_of(resource: Resource) -> dict[str, Text]:
    """Return the actions beyond the usual ones: the steps of the record's life, and the special ones."""
    lifecycle = resource.model.lifecycle
    steps = {move.name: move.label for move in (lifecycle.moves if lifecycle else ()) if not move.automatic}
    return {**steps, **SPECIAL}


def grants_of_role(role: Role) -> dict[tuple[str, str], list[str]]:
    """Return what is granted to a role by name: (record type, action) → reaches."""
    found: dict[tuple[str, str], list[str]] = {}
    for record_type, action, reach in (
        RoleGrant.objects.current().filter(role=role).values_list("record_type", "action", "reach")
    ):
        found.setdefault((record_type, action), []).append(reach)
    return {key: sorted(reaches) for key, reaches in found.items()}


def lines_of(role: Role, chapter: Chapter) -> list[Line]:
    """Return a role's table for the records of one chapter; above them the grants that speak of all of it."""
    granted = grants_of_role(role)
    lines = []
    for wide, label in ((ANY, _("Everything")), (f"{chapter.code}.*", _("The whole chapter"))):
        cells = [_cell(granted, wide, action, text) for action, text in {ANY: _("any action"), **BASE}.items()]
        lines.append(Line(label, wide, cells))
    for resource in chapter.every("resources"):
        cells = [_cell(granted, resource.key, ANY, _("any action"))]
        cells += [_cell(granted, resource.key, action, text) for action, text in BASE.items()]
        steps = [_cell(granted, resource.key, action, text) for action, text in actions_of(resource).items()]
        lines.append(Line(resource.label, resource.key, cells, steps))
    return lines


def _cell(granted: Mapping[tuple[str, str], list[str]], record_type: str, action: str, label: Text) -> Cell:
    chapter = record_type.partition(".")[0]
    wider = {(t, a) for t in (record_type, f"{chapter}.*", ANY) for a in (action, ANY)} - {(record_type, action)}
    inherited = sorted({reach for key in wider for reach in granted.get(key, ())})
    return Cell(record_type, action, label, granted.get((record_type, action), []), inherited)


@transaction.atomic
def change(role: Role, chapter: Chapter, wanted: Mapping[str, str], actor: Actor, reason: str) -> int:
    """Give and take grants until the cells named stand as wanted; returns how many changed.

    Raises NotPermitted, Refused (without a reason) or ValidationError (an unknown reach); then nothing is stored.
    """
    cells = {cell.name: cell for line in lines_of(role, chapter) for cell in (*line.cells, *line.steps)}
    changed = 0
    for name, value in wanted.items():
        cell = cells.get(name)
        if cell is None or value == cell.value:
            continue
        asked = {part for part in value.split(",") if part}
        changed += _set(role, cell, asked, actor, reason)
    return changed


def _set(role: Role, cell: Cell, asked: set[str], actor: Actor, reason: str) -> int:
    key: dict[str, Any] = {"role": role, "record_type": cell.record_type, "action": cell.action}
    held = set(cell.reaches)
    for grant in RoleGrant.objects.current().filter(**key, reach__in=held - asked):
        grant.archive_as(actor, reason=reason)
    for reach in sorted(asked - held):
        RoleGrant(**key, reach=reach).save_as(actor, note=reason)
    return len(held ^ asked)


def chapters() -> list[Chapter]:
    """Return the chapters that have records."""
    return [chapter for chapter in site.chapters if chapter.every("resources")]
