"""The page of one record: where it stands, what may happen next and why not, its story, clocks and facts."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.db import models
from django.http import HttpRequest, HttpResponse

from opscharter.kernel.attributes.models import Labelled
from opscharter.kernel.clocks.ledger import ledger_of
from opscharter.kernel.controls.decisions import settings_at
from opscharter.kernel.controls.registry import clause_of
from opscharter.kernel.errors import Reason
from opscharter.kernel.files.attachments import attachments_of
from opscharter.kernel.live.presence import pass_for
from opscharter.kernel.records.writing import obstacles
from opscharter.kernel.resources.declaration import Resource, Text
from opscharter.kernel.resources.links import record_url
from opscharter.kernel.timeline.entries import entries_of, readable
from opscharter.kernel.timeline.models import TimelineEntry
from opscharter.kernel.web.approving import ApprovalCard, cards_of
from opscharter.kernel.web.base import ResourcePage
from opscharter.kernel.web.cards import Card, drawn, panels_for
from opscharter.kernel.web.cells import IDENTIFIERS, Cell, facts_for, state_tone

TIMELINE_LENGTH = 60


@dataclass
class StageOnLine:
    """One stage as drawn: when it was reached and by whom."""

    label: Text
    status: str = "todo"
    at: Any = None
    who: str = ""


@dataclass
class MoveButton:
    """A step as a button; when disabled it says why."""

    name: str
    label: Text
    url: str
    primary: bool
    rare: bool = False
    reasons: list[Reason] = field(default_factory=list)

    @property
    def disabled(self) -> bool:
        """Say whether something stands in the way."""
        return bool(self.reasons)


@dataclass
class GateItem:
    """One condition of the next step: met or not."""

    met: bool
    message: Text
    clause: str


@dataclass
class DetailContext:
    """Everything the record template draws."""

    resource: Resource
    record: Any
    number: str
    title: str
    state: Cell | None = None
    badges: list[tuple[Text, str]] = field(default_factory=list)
    stages: list[StageOnLine] = field(default_factory=list)
    moves: list[MoveButton] = field(default_factory=list)
    gate_label: Text = ""
    gate: list[GateItem] = field(default_factory=list)
    approvals: list[ApprovalCard] = field(default_factory=list)
    clocks: list[Any] = field(default_factory=list)
    facts: list[tuple[Text, Cell]] = field(default_factory=list)
    panels_main: list[Card] = field(default_factory=list)
    panels_below: list[Card] = field(default_factory=list)
    panels_first: list[Card] = field(default_factory=list)
    panels_side: list[Card] = field(default_factory=list)
    cards_url: str = ""
    """Where the cards are that the page asks for when it stands; empty when there are none."""
    timeline: list[TimelineEntry] = field(default_factory=list)
    timeline_filter: str = "all"
    timeline_more: int = 0
    """How many more lengths of the timeline the link to earlier entries asks for; 0 when all are shown."""
    attachments: list[Any] = field(default_factory=list)
    comment_url: str = ""
    attach_url: str = ""
    edit_url: str = ""
    history_url: str = ""
    archive_url: str = ""
    external: bool = False
    lead: str = ""
    presence: str = ""
    """The pass by which those who have the record open see each other."""


class DetailPage(ResourcePage):
    """One record."""

    reads_replica = True

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show the record; only the timeline is sent when the page itself asks for it (htmx)."""
        record = self.record(pk, related=True)
        page = self._context(record)
        template = "opscharter/detail.html"
        return self.render(f"{template}#timeline" if request.headers.get("HX-Target") == "timeline" else template, page)

    def _context(self, record: Any) -> DetailContext:
        number = getattr(record, "number", "") or ""
        page = DetailContext(self.resource, record, number, record_title(record), external=self.actor.external)
        self._tell_story(page)
        if type(record).lifecycle is not None:
            page.state = Cell("state", record.get_state_display(), tone=state_tone(record))
            page.stages = self._stages(record, self._moves_told(page))
            self._offer_moves(page)
            page.approvals = cards_of(record, self.actor)
        page.badges = self.resource.badges(record) if self.resource.badges else []
        names = self.resource.customer_facts if self.actor.external else self.resource.fact_fields
        protected = set() if self.may("view-protected") else set(record.protected_fields)
        told = [name for name in names if name not in protected and name != self.resource.lead]
        facts = (fact for name in told for fact in facts_for(record, name))
        page.facts = [(label, cell) for label, cell in facts if cell.value not in (None, "", [])]
        if self.resource.lead and (not self.actor.external or self.resource.lead in names):
            lead = getattr(record, self.resource.lead)
            page.lead = "" if lead == page.title else lead
        page.clocks = ledger_of(record, for_customer=self.actor.external)
        page.attachments = list(attachments_of(record, self.actor))
        self._draw_panels(page)
        self._offer_pages(page)
        return page

    def _offer_moves(self, page: DetailContext) -> None:
        record = page.record
        lifecycle = type(record).lifecycle
        moves = [move for move in lifecycle.offered_to(record) if self.may(move.name)]
        standings = settings_at({guard for move in moves for guard in move.guards}) if moves else {}
        for move in moves:
            verdict = obstacles(record, move, self.actor, standings)
            url = record_url(record, f"moves/{move.name}")
            asked_there = {g.id for g in move.guards if g.fields and set(g.fields) <= set(move.inputs)}
            blocking = [reason for reason in verdict.refusals if reason.control not in asked_there]
            page.moves.append(MoveButton(move.name, move.label, url, move.primary, move.rare, blocking))
            if move.primary and move.guards and not page.gate and not self.actor.external:
                refused = {reason.control for reason in verdict.refusals}
                page.gate_label = move.label
                page.gate = [GateItem(False, reason.message, reason.clause) for reason in verdict.refusals]
                page.gate += [GateItem(True, g.label, clause_of(g)) for g in move.guards if g.id not in refused]

    def _moves_told(self, page: DetailContext) -> list[TimelineEntry]:
        """Return the moves, oldest first; they are read apart only when the page does not tell its whole story."""
        if not self.resource.stages:
            return []
        if self._tells_all(page):
            return [entry for entry in reversed(page.timeline) if entry.kind == TimelineEntry.Kind.MOVE]
        return list(entries_of(page.record).filter(kind=TimelineEntry.Kind.MOVE).reverse())

    def _tells_all(self, page: DetailContext) -> bool:
        return not page.timeline_more and readable(self.actor, page.timeline_filter) is None

    def _stages(self, record: Any, moves: list[TimelineEntry]) -> list[StageOnLine]:
        """Return the stages with the time each was first reached, read from the record's moves, oldest first."""
        if not self.resource.stages:
            return []
        reached: dict[str, tuple[Any, str]] = {type(record).lifecycle.start: (record.created_at, "")}
        for entry in moves:
            reached.setdefault(entry.data.get("to", ""), (entry.at, entry.who))
        line, current = [], None
        for index, stage in enumerate(self.resource.stages):
            when = min((reached[state] for state in stage.states if state in reached), default=None, key=lambda r: r[0])
            line.append(StageOnLine(stage.label, "done" if when else "todo", *(when or (None, ""))))
            if record.state in stage.states:
                current = index
        if current is not None:
            for index, drawn in enumerate(line):
                drawn.status = "now" if index == current else "done" if index < current else "todo"
            if record.state in type(record).lifecycle.final:
                line[current].status = "done"
        return line

    def _tell_story(self, page: DetailContext) -> None:
        wanted = self.request.GET.get("show", "")
        found = entries_of(page.record, readable(self.actor, wanted))
        more = self.request.GET.get("more", "")
        lengths = 1 + min(int(more), 50) if more.isdecimal() else 1
        limit = TIMELINE_LENGTH * lengths
        entries = list(found[: limit + 1])
        page.timeline, page.timeline_more = entries[:limit], lengths if len(entries) > limit else 0
        page.timeline_filter = wanted or "all"

    def _draw_panels(self, page: DetailContext) -> None:
        panels = panels_for(self.resource, page.external)
        at_once = [panel for panel in panels if not panel.later]
        for place in ("main", "below", "first", "side"):
            cards = drawn([panel for panel in at_once if panel.place == place], page.record, self.request)
            setattr(page, f"panels_{place}", cards)
        page.cards_url = record_url(page.record, "cards") if len(at_once) < len(panels) else ""

    def _offer_pages(self, page: DetailContext) -> None:
        record = page.record
        page.edit_url = record_url(record, "edit") if self.may("edit") else ""
        page.comment_url = record_url(record, "comments") if self.may("comment") else ""
        page.attach_url = record_url(record, "files") if self.may("comment") else ""
        if self.resource.presence and not self.actor.external:
            page.presence = pass_for(record, self.actor).sign()
        page.archive_url = record_url(record, "archive") if self.may("archive") and not record.archived_at else ""
        page.history_url = "" if self.actor.external else record_url(record, "history")


def record_title(record: Any) -> str:
    """Return what a record is called, beside its number."""
    if isinstance(record, Labelled):
        return str(record)
    first = next(iter(type(record).search_fields), "")
    if first in IDENTIFIERS and isinstance(title := getattr(record, "title", None), str) and title:
        return title
    name = next((name for name in type(record).search_fields if name != "number"), "")
    known = str(record).removeprefix(getattr(record, "number", "") or "").strip() or str(record)
    if not name or "__" in name or isinstance(record._meta.get_field(name), models.TextField):
        return known
    return str(getattr(record, name) or known)
