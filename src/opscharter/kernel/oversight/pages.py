"""The audit trail as people read it: searched, filtered, exported, and shown to be as it was written."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.urls import path

from opscharter.kernel import moment
from opscharter.kernel.audit.models import AuditEntry, AuditVerification
from opscharter.kernel.audit.sealing import anchor, seal
from opscharter.kernel.audit.trail import write_entry
from opscharter.kernel.oversight.days import midnight_of
from opscharter.kernel.resources.links import url_of
from opscharter.kernel.web.base import SignedInPage
from opscharter.kernel.web.history import said_action, said_way

KEY = "kernel.auditentry"
LENGTH = 100
TEXTS = {"who": "actor_label__icontains", "action": "action__startswith", "type": "record_type", "number": "number"}
HEAD = ["id", "at", "who", "action", "record_type", "record_id", "number", "version", "changes", "note", "via",
        "address", "edition", "hash"]  # fmt: skip


def asked(given: Any) -> QuerySet[AuditEntry]:
    """Return the entries asked for, newest first; raises ValidationError naming a field that cannot be read."""
    entries = AuditEntry.objects.order_by("-pk")
    for name, lookup in TEXTS.items():
        if value := given.get(name, "").strip():
            entries = entries.filter(**{lookup: value})
    for name, comparison, shift in (("from", "at__gte", 0), ("to", "at__lt", 1)):
        if text := given.get(name, "").strip():
            entries = entries.filter(**{comparison: midnight_of(name, text, shift)})
    if text := given.get("q", "").strip():
        entries = entries.filter(Q(note__icontains=text) | Q(number__icontains=text) | Q(actor_label__icontains=text))
    return entries


@dataclass
class Line:
    """One entry with the address of its record."""

    entry: AuditEntry
    url: str
    action: str
    kind: str
    way: str
    changes: list[tuple[str, Any, Any]]


@dataclass
class TrailContext:
    """A page of the trail."""

    lines: list[Line]
    given: dict[str, str]
    older: str
    verification: AuditVerification | None
    may_export: bool
    query: str
    error: str = ""


class TrailPage(SignedInPage):
    """Everything that was done: who, when, by which way, what before and after."""

    def need(self, action: str) -> None:
        """Answer 404 to whoever is not granted this on the trail."""
        if not self.actor.may(KEY, action):
            raise Http404

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show the entries asked for, a hundred at a time, each page as quick as the first."""
        self.need("view")
        given = {name: request.GET.get(name, "") for name in (*TEXTS, "from", "to", "q")}
        error = ""
        try:
            entries = asked(given)
        except ValidationError as problem:
            entries, error = AuditEntry.objects.none(), " ".join(problem.messages)
        before = request.GET.get("before", "")
        if before.isascii() and before.isdecimal() and len(before) <= 18:
            entries = entries.filter(pk__lt=int(before))
        found = list(entries[: LENGTH + 1])
        query = urlencode({name: value for name, value in given.items() if value})
        page = TrailContext(
            lines=[_line(entry) for entry in found[:LENGTH]],
            given=given,
            older=f"?{query}&before={found[LENGTH - 1].pk}" if len(found) > LENGTH else "",
            verification=AuditVerification.objects.order_by("-pk").first(),
            may_export=self.actor.may(KEY, "export"),
            query=query,
            error=error,
        )
        return self.render("opscharter/trail.html", page, status=400 if error else 200)


def _line(entry: AuditEntry) -> Line:
    url = url_of(entry.record_type, entry.record_id) if entry.record_id else ""
    changes = [(name, *pair) for name, pair in entry.changes.items() if isinstance(pair, list) and len(pair) == 2]
    try:
        model: Any = apps.get_model(entry.record_type) if entry.record_type else None
    except LookupError:  # a record type of a version before
        model = None
    kind = str(model._meta.verbose_name) if model else entry.record_type
    return Line(entry, url, said_action(entry.action, model), kind, said_way(entry.via), changes)


class TrailExport(TrailPage):
    """The entries asked for as CSV; taking them away is itself on record."""

    def get(self, request: HttpRequest) -> Any:
        """Stream them."""
        self.need("export")
        try:
            entries = asked(request.GET)
        except ValidationError as problem:
            return HttpResponse(" ".join(problem.messages), status=400, content_type="text/plain; charset=utf-8")
        write_entry(self.actor, "export", changes={"audit trail": [None, request.GET.urlencode()]})
        answer = StreamingHttpResponse(_lines_of(entries), content_type="text/csv; charset=utf-8")
        answer["Content-Disposition"] = f'attachment; filename="audit-{moment.today():%Y%m%d}.csv"'
        return answer


class _Echo:
    """A file that hands back what is written to it."""

    def write(self, line: str) -> str:
        return line


def _lines_of(entries: QuerySet[AuditEntry]) -> Iterator[str]:
    writer = csv.writer(_Echo())
    yield "\ufeff" + writer.writerow(HEAD)
    for e in entries.iterator(chunk_size=1000):
        changes = json.dumps(e.changes, ensure_ascii=False)
        yield writer.writerow([
            e.pk, e.at.isoformat(), e.actor_label, e.action, e.record_type, e.record_id or "", e.number,
            e.record_version, changes, e.note, e.via, e.address, e.edition, e.hash,
        ])  # fmt: skip


class AnchorPage(TrailPage):
    """The head of the chain as a file to keep off the system."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        """Seal what is not sealed yet and hand the anchor out."""
        self.need("export")
        seal()
        head = anchor()
        write_entry(self.actor, "audit:anchor", changes={"hash": [None, head["hash"]]})
        answer = JsonResponse(head)
        answer["Content-Disposition"] = f'attachment; filename="audit-anchor-{moment.today():%Y%m%d}.json"'
        return answer


URLS = [
    path("audit/", TrailPage.as_view(), name="audit-trail"),
    path("audit/export/", TrailExport.as_view(), name="audit-export"),
    path("audit/anchor/", AnchorPage.as_view(), name="audit-anchor"),
]
