"""The redline: what one edition says otherwise than another, by words in Latin script and by characters in Chinese."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from opscharter.charter.amendments.drafts import known
from opscharter.charter.models import Clause, Edition
from opscharter.charter.models.edition import in_language
from opscharter.kernel.controls.decisions import settings_at
from opscharter.kernel.controls.registry import Mode

Text = str | Promise
SAME, ADDED, REMOVED = "same", "added", "removed"
TOKEN = re.compile(r"[A-Za-z0-9À-ɏ'’%.,/-]*[A-Za-z0-9À-ɏ%]|\s+|.", re.DOTALL)
"""A Latin word or figure with what is inside it, a stretch of blanks, or one character, as every Chinese one is."""
Piece = tuple[str, str]
JUST_BEFORE = dt.timedelta(microseconds=1)


def pieces(before: str, after: str) -> list[Piece]:
    """Return the text as stretches that stayed, were added or were removed."""
    old, new = TOKEN.findall(before), TOKEN.findall(after)
    found: list[Piece] = []
    for kind, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            found.append((SAME, "".join(old[a:b])))
            continue
        if b > a:
            found.append((REMOVED, "".join(old[a:b])))
        if d > c:
            found.append((ADDED, "".join(new[c:d])))
    return found


@dataclass
class ClauseChange:
    """A clause that one edition has otherwise than the other."""

    number: str
    kind: str
    heading: list[Piece]
    text: list[Piece]
    facts: list[tuple[Text, str, str]] = field(default_factory=list)
    """What else differs: (name, before, after)."""

    @property
    def label(self) -> Text:
        """Return the kind of change in words."""
        return {ADDED: pgettext_lazy("deed", "added"), REMOVED: pgettext_lazy("deed", "removed")}.get(
            self.kind, pgettext_lazy("deed", "changed")
        )

    @property
    def tone(self) -> str:
        """Return the colour of the kind of change."""
        return {ADDED: "g", REMOVED: "r"}.get(self.kind, "a")


@dataclass
class ControlChange:
    """A control that would be set otherwise: (name, before, after) of each figure, mode and binding."""

    control: Any
    clause: str
    facts: list[tuple[Text, str, str]]


@dataclass
class Redline:
    """All that one edition says otherwise than another."""

    base: Edition | None
    draft: Edition
    headings: list[tuple[str, list[Piece]]] = field(default_factory=list)
    """Title, preamble, chapters and sections: (number or nothing, pieces)."""
    clauses: list[ClauseChange] = field(default_factory=list)
    controls: list[ControlChange] = field(default_factory=list)

    def count(self, kind: str) -> int:
        """Return how many clauses were changed in a way."""
        return sum(change.kind == kind for change in self.clauses)

    @property
    def added(self) -> int:
        """Return how many clauses are new."""
        return self.count(ADDED)

    @property
    def removed(self) -> int:
        """Return how many clauses are gone."""
        return self.count(REMOVED)

    @property
    def changed(self) -> int:
        """Return how many clauses read otherwise."""
        return self.count(SAME)

    @property
    def empty(self) -> bool:
        """Say whether nothing differs."""
        return not (self.headings or self.clauses or self.controls)


def compare(draft: Edition, base: Edition | None = None, language: str | None = None) -> Redline:
    """Return the redline of an edition against another (default: the one it amends), in the active language."""
    base = base or draft.base
    redline = Redline(base, draft)
    redline.headings = _headings(base, draft, language)
    redline.clauses = list(_clauses(base, draft, language))
    redline.controls = _controls(base, draft)
    return redline


def _headings(base: Edition | None, draft: Edition, language: str | None) -> list[tuple[str, list[Piece]]]:
    pairs: list[tuple[str, Any, Any]] = [
        ("", base.titles if base else {}, draft.titles),
        ("", base.preambles if base else {}, draft.preambles),
    ]
    before = base.headings if base else {}
    numbers = sorted({*before, *draft.headings}, key=lambda number: [int(part) for part in number.split(".")])
    pairs += [(number, before.get(number, {}), draft.headings.get(number, {})) for number in numbers]
    told = [(number, in_language(old, language), in_language(new, language)) for number, old, new in pairs]
    return [(number, pieces(old, new)) for number, old, new in told if old != new]


def _clauses(base: Edition | None, draft: Edition, language: str | None) -> Iterable[ClauseChange]:
    old = _by_number(base) if base else {}
    new = _by_number(draft)
    for number in sorted({*old, *new}, key=lambda each: [int(part) for part in each.split(".")]):
        before, after = old.get(number), new.get(number)
        change = ClauseChange(
            number,
            ADDED if before is None else REMOVED if after is None else SAME,
            pieces(_say(before, "headings", language), _say(after, "headings", language)),
            pieces(_say(before, "texts", language), _say(after, "texts", language)),
            _facts(before, after),
        )
        same = before and after and before.headings == after.headings and before.texts == after.texts
        if not same or change.facts:
            yield change


def _by_number(edition: Edition) -> dict[str, Clause]:
    return {clause.number: clause for clause in edition.clauses.current().order_by("position")}


def _say(clause: Clause | None, name: str, language: str | None) -> str:
    return in_language(getattr(clause, name), language) if clause is not None else ""


def _facts(before: Clause | None, after: Clause | None) -> list[tuple[Text, str, str]]:
    if before is None or after is None:
        return []
    told: list[tuple[Text, str, str]] = []
    for name in ("owner_role", "supervisor_role", "expectation", "frameworks", "duties"):
        old, new = getattr(before, name), getattr(after, name)
        if old != new:
            field: Any = Clause._meta.get_field(name)
            told.append((str(field.verbose_name), _plain(old), _plain(new)))
    return told


def _plain(value: Any) -> str:
    return ", ".join(str(each) for each in value) if isinstance(value, list) else str(value)


def _controls(base: Edition | None, draft: Edition) -> list[ControlChange]:
    """Return the controls the draft sets or binds otherwise than now, or than before it took effect."""
    changes = []
    before_bindings = base.bindings if base else {}
    moment_before = draft.took_effect_at
    for control_id in sorted({*draft.settings, *draft.bindings, *before_bindings}):
        control = known(control_id)
        if control is None:
            continue
        facts: list[tuple[Text, str, str]] = []
        if control_id in draft.settings:
            given = draft.settings[control_id]
            present = _before([control], moment_before)[control.id]
            if present.mode != given["mode"]:
                facts.append((_("Mode"), str(Mode(present.mode).label), str(Mode(given["mode"]).label)))
            facts += [
                (control.figure_label(name), str(present.parameters.get(name)), str(value))
                for name, value in given["parameters"].items()
                if present.parameters.get(name) != value
            ]
        old, new = before_bindings.get(control_id, control.clause), draft.clause_of(control)
        if old != new:
            facts.append((_("Clause"), f"§{old}", f"§{new}"))
        if facts:
            changes.append(ControlChange(control, draft.clause_of(control), facts))
    return changes


def _before(controls: list[Any], took_effect_at: Any) -> Any:
    """Return the settings before the edition took effect; of one that has not, those of now."""
    return settings_at(controls, took_effect_at - JUST_BEFORE if took_effect_at else None)
