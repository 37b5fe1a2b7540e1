"""The guard log: what was refused, warned of or let pass, by whom, and by whose leave."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from opscharter.charter.pages.seen import seen_among
from opscharter.kernel.access.actor import Actor
from opscharter.kernel.controls.models import ControlException, GuardDecision
from opscharter.kernel.controls.registry import GUARDS
from opscharter.kernel.resources.links import url_of
from opscharter.kernel.resources.site import site
from opscharter.kernel.web.base import SignedInPage
from opscharter.kernel.web.history import WORDS, said_way

LENGTH = 60
LOOKED_AT = 600
"""So many decisions are looked through for a page of those that the reader may see."""
NAMES = ("guard", "clause", "outcome", "who", "from", "to")
LONGEST_ID = 18


@dataclass
class LogLine:
    """One decision; the leave by which an overridden step passed says who gave it and why."""

    row: GuardDecision
    url: str
    step: str
    way: str
    leave: ControlException | None = None


@dataclass
class GuardLogContext:
    """A page of the log."""

    lines: list[LogLine]
    given: dict[str, str]
    older: str
    guards: list[tuple[str, Any]]
    error: str = ""
    outcomes: list[tuple[str, Any]] = field(default_factory=lambda: list(GuardDecision.Outcome.choices))


def sees_all(actor: Actor) -> bool:
    """Say whether the actor supervises the guards, and so sees what they decided of any record."""
    return actor.may(GuardDecision._meta.label_lower, "view")


def asked(given: Any) -> QuerySet[GuardDecision]:
    """Return the decisions asked for, newest first; ValueError for a day that is none."""
    rows = GuardDecision.objects.order_by("-pk")
    for name in ("guard", "clause", "outcome"):
        if value := given.get(name, "").strip().removeprefix("§"):
            rows = rows.filter(**{name: value})
    if who := given.get("who", "").strip():
        rows = rows.filter(actor_label__icontains=who)
    for name, comparison, shift in (("from", "at__gte", 0), ("to", "at__lt", 1)):
        if text := given.get(name, "").strip():
            day = parse_date(text)
            if day is None or not dt.date(1970, 1, 1) <= day <= dt.date(9000, 1, 1):
                raise ValueError(text)
            midnight = dt.datetime.combine(day + dt.timedelta(days=shift), dt.time.min)
            rows = rows.filter(**{comparison: timezone.make_aware(midnight)})
    return rows


class GuardLogPage(SignedInPage):
    """What guards refused, warned of or let pass, newest first."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show decisions on records that the reader may see; whoever supervises the guards sees all."""
        if not self.actor.may("charter.clause", "view"):
            raise Http404
        given = {name: request.GET.get(name, "") for name in NAMES}
        error = ""
        try:
            rows = asked(given)
        except ValueError as problem:
            text = str(problem) if not str(problem).startswith("day") else given["from"] or given["to"]
            rows, error = (
                GuardDecision.objects.none(),
                _("“%(value)s” is not a date like 2026-10-31.") % {"value": text},
            )
        before = request.GET.get("before", "")
        if before.isascii() and before.isdecimal() and len(before) <= LONGEST_ID:
            rows = rows.filter(pk__lt=int(before))
        looked_at = list(rows.select_related("user")[: LOOKED_AT + 1])
        shown = self._shown(looked_at[:LOOKED_AT])
        last = shown[LENGTH - 1].pk if len(shown) > LENGTH else looked_at[-2].pk if len(looked_at) > LOOKED_AT else None
        query = urlencode({name: value for name, value in given.items() if value})
        page = GuardLogContext(
            _lines(shown[:LENGTH]),
            given,
            f"?{query}&before={last}" if last is not None else "",
            sorted((guard.id, guard.label) for guard in GUARDS.values()),
            error,
        )
        return self.render("charter/guard_log.html", page, status=400 if error else 200)

    def _shown(self, rows: list[GuardDecision]) -> list[GuardDecision]:
        if sees_all(self.actor):
            return rows
        seen = seen_among(((row.record_type, row.record_id) for row in rows), self.actor)
        own = self.actor.user_id
        return [
            row
            for row in rows
            if (row.record_type, row.record_id) in seen or (row.record_id is None and row.user_id == own)
        ]


def _step(row: GuardDecision) -> str:
    """Return what the step is called."""
    words = {"create": _("created"), "edit": _("changed"), "archive": _("archived"), **WORDS}
    if row.step in words:
        return str(words[row.step])
    resource = site.find(row.record_type)
    moves = resource.model.lifecycle.moves if resource and resource.model.lifecycle else ()
    return next((str(move.label) for move in moves if move.name == row.step), row.step)


def _lines(rows: list[GuardDecision]) -> list[LogLine]:
    overridden = [row for row in rows if row.outcome == GuardDecision.Outcome.OVERRIDDEN]
    leaves: dict[tuple[str, str, int], list[ControlException]] = {}
    if overridden:
        of_guards = Q(guard__in={row.guard for row in overridden})
        of_records = Q(record_id__in={row.record_id for row in overridden})
        for leave in (
            ControlException.objects.filter(of_guards & of_records).select_related("granted_by").order_by("pk")
        ):
            leaves.setdefault((leave.guard, leave.record_type, leave.record_id), []).append(leave)
    found = []
    for row in rows:
        given = leaves.get((row.guard, row.record_type, row.record_id or 0), []) if row in overridden else []
        ran = [leave for leave in given if leave.granted_at <= row.at]
        found.append(
            LogLine(
                row, url_of(row.record_type, row.record_id), _step(row), said_way(row.via), ran[-1] if ran else None
            )
        )
    return found
