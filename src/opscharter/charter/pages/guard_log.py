"""The guard log: what was refused, warned of or let pass, by whom, and by whose leave."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.utils.translation import get_language, override

from opscharter.charter.guard_log import NAMES, all_of, asked, page_of, sees_all, step_name
from opscharter.kernel import moment
from opscharter.kernel.access.actor import Actor
from opscharter.kernel.audit.trail import write_entry
from opscharter.kernel.controls.models import ControlException, GuardDecision
from opscharter.kernel.controls.registry import GUARDS
from opscharter.kernel.exchange.cells import harmless
from opscharter.kernel.resources.links import url_of
from opscharter.kernel.web.base import SignedInPage
from opscharter.kernel.web.history import said_way

LENGTH = 60
HEAD = ["id", "at", "clause", "guard", "outcome", "step", "record_type", "record_id", "number", "reason", "who", "via",
        "edition"]  # fmt: skip


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
    error: str
    query: str
    may_export: bool
    outcomes: list[tuple[str, Any]] = field(default_factory=lambda: list(GuardDecision.Outcome.choices))


class GuardLogPage(SignedInPage):
    """What guards refused, warned of or let pass, newest first."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show decisions on records that the reader may see; whoever supervises the guards sees all."""
        if not self.actor.may("charter.clause", "view"):
            raise Http404
        given = {name: request.GET.get(name, "") for name in NAMES}
        error = ""
        try:
            rows = asked(request.GET)
        except ValidationError as problem:
            rows, error = GuardDecision.objects.none(), " ".join(problem.messages)
        shown, last = page_of(rows, self.actor, LENGTH)
        query = urlencode({name: value for name, value in given.items() if value})
        page = GuardLogContext(
            _lines(shown),
            given,
            f"?{query}&before={last}" if last is not None else "",
            sorted((guard.id, guard.label) for guard in GUARDS.values()),
            error,
            query,
            sees_all(self.actor),
        )
        return self.render("charter/guard_log.html", page, status=400 if error else 200)


class GuardLogExport(SignedInPage):
    """The decisions asked for as CSV, reasons in the reader's language; taking them away is itself on record."""

    def get(self, request: HttpRequest) -> Any:
        """Stream them to whoever supervises the guards."""
        if not sees_all(self.actor):
            raise Http404
        try:
            rows = asked(request.GET)
        except ValidationError as problem:
            return HttpResponse(" ".join(problem.messages), status=400, content_type="text/plain; charset=utf-8")
        write_entry(self.actor, "export", changes={"guard log": [None, request.GET.urlencode()]})
        answer = StreamingHttpResponse(
            _file(rows, self.actor, get_language() or ""), content_type="text/csv; charset=utf-8"
        )
        answer["Content-Disposition"] = f'attachment; filename="guard-log-{moment.today():%Y%m%d}.csv"'
        return answer


class _Echo:
    """A file that hands back what is written to it."""

    def write(self, line: str) -> str:
        return line


def _file(rows: QuerySet[GuardDecision], actor: Actor, language: str) -> Iterator[str]:
    """Yield the lines; while they are sent, another language than the reader's may be active."""
    writer = csv.writer(_Echo())
    yield "\ufeff" + writer.writerow(HEAD)
    for row in all_of(rows, actor):
        with override(language):
            reason = harmless(row.reason)
        yield writer.writerow([
            row.pk, row.at.isoformat(), row.clause, row.guard, row.outcome, row.step, row.record_type,
            row.record_id or "", row.number, reason, harmless(row.actor_label), row.via, row.edition,
        ])  # fmt: skip


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
        url = url_of(row.record_type, row.record_id)
        found.append(LogLine(row, url, step_name(row), said_way(row.via), ran[-1] if ran else None))
    return found
