"""The audit trail of one record in words: what was done, by whom, and every value before and after."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from opscharter.kernel.audit.models import AuditEntry
from opscharter.kernel.controls.wording import told
from opscharter.kernel.resources.declaration import Resource
from opscharter.kernel.resources.links import record_url
from opscharter.kernel.timeline.models import Visibility
from opscharter.kernel.web.base import ResourcePage

LENGTH = 100
NOTHING: tuple[Any, ...] = (None, "", [])
WORDS: dict[str, str | Promise] = {
    "create": pgettext_lazy("deed", "created"), "edit": pgettext_lazy("deed", "changed"),
    "archive": gettext_lazy("archived"),
    "comment": gettext_lazy("wrote"), "attach": gettext_lazy("added a file"), "link": gettext_lazy("linked"),
    "unlink": gettext_lazy("took a link away"), "download": gettext_lazy("read a file"),
    "export": gettext_lazy("took a list away"), "override": gettext_lazy("granted an exception"),
    "override-ended": gettext_lazy("ended an exception"), "sign-in": gettext_lazy("signed in"),
    "sign-out": gettext_lazy("signed out"), "sign-in-failed": gettext_lazy("failed to sign in"),
    "password-changed": gettext_lazy("changed the password"), "token:issue": gettext_lazy("made an API key"),
    "token:revoke": gettext_lazy("revoked an API key"), "checks:run": gettext_lazy("measured the checks"),
    "control-setting": gettext_lazy("set a control"), "audit:anchor": gettext_lazy("took an anchor"),
    "pack:made": gettext_lazy("made a compliance pack"), "delivery:retry": gettext_lazy("sent again"),
    "oscal:export": gettext_lazy("exported OSCAL"), "oscal:import": gettext_lazy("imported OSCAL"),
}  # fmt: skip
"""What actions are called, by the action as it stands in the trail; parts add theirs."""


def said_action(action: str, model: Any = None) -> str:
    """Return an action of the trail in words; a step by its name on records of the model, and else as it stands."""
    verb, __, step = action.partition(":")
    if action in WORDS:
        return str(WORDS[action])
    if verb == "move":
        return _step(step, model)
    if verb == "refused":
        return _("refused: %(step)s") % {"step": WORDS.get(step) or _step(step, model)}
    if verb == "approval":
        return _("approval: %(step)s") % {"step": _step(step.partition(":")[2], model)}
    return str(WORDS.get(verb, action))


def _step(name: str, model: Any) -> str:
    lifecycle = getattr(model, "lifecycle", None)
    try:
        return str(lifecycle.move(name).label) if lifecycle is not None else name
    except KeyError:
        return name


@dataclass
class ChangeLine:
    """One field of an audit entry: its name, and its value before (None when there was none) and after."""

    label: str | Promise
    before: str | None
    after: str


@dataclass
class HistoryLine:
    """One audit entry as people read it."""

    entry: AuditEntry
    action: str
    changes: list[ChangeLine]
    via: str


@dataclass
class HistoryContext:
    """The newest audit entries of a record."""

    resource: Resource
    record: Any
    lines: list[HistoryLine]
    more: bool
    back_url: str


class HistoryPage(ResourcePage):
    """Who did what to the record, with the values before and after."""

    reads_replica = True

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show the record's audit entries, newest first."""
        record = self.record(pk)
        if self.actor.external:
            self.need("history")
        found = AuditEntry.objects.filter(record_type=self.resource.key, record_id=pk).order_by("-id")
        entries = list(found[: LENGTH + 1])
        hidden = set() if self.may("view-protected") else self._protected()
        lines = _Teller(self.resource.model, hidden).tell(entries[:LENGTH])
        page = HistoryContext(self.resource, record, lines, len(entries) > LENGTH, record_url(record))
        return self.render("opscharter/history.html", page)

    def _protected(self) -> set[str]:
        meta: Any = self.resource.model._meta
        return {meta.get_field(name).attname for name in self.resource.model.protected_fields}


def _reason(said: dict[str, Any]) -> str:
    """Return why something was refused, in the reader's language; old entries have only the words that were said."""
    return told(said["kept"]) if said.get("kept") else str(said.get("message", ""))


class _Teller:
    """Says audit entries of one record type in words; the names of related records are fetched once per type."""

    def __init__(self, model: Any, hidden: set[str]) -> None:
        self.model, self.hidden = model, hidden
        self.fields = {field.attname: field for field in model._meta.concrete_fields}
        self.fields |= {field.name: field for field in model._meta.many_to_many}
        self.names: dict[Any, dict[Any, str]] = {}

    def tell(self, entries: list[AuditEntry]) -> list[HistoryLine]:
        self._fetch_names(entries)
        return [
            HistoryLine(entry, said_action(entry.action, self.model), self._changes(entry), said_way(entry.via))
            for entry in entries
        ]

    def _changes(self, entry: AuditEntry) -> list[ChangeLine]:
        if entry.action.startswith("refused:"):
            reasons = entry.changes.get("reasons", [None, []])[1]
            return [ChangeLine(_("reason"), None, _reason(reason)) for reason in reasons]
        if entry.action == "comment":
            seen = str(entry.changes.get("visibility", [None, ""])[1])
            return [ChangeLine(_("read by"), None, str(dict(Visibility.choices).get(seen, seen)))]
        lines = []
        for name, value in entry.changes.items():
            if name in self.hidden:
                continue
            before, after = value if isinstance(value, list) and len(value) == 2 else (None, value)
            field = self.fields.get(name)
            label = field.verbose_name if field is not None else name
            shown_before = None if before in NOTHING else self._say(field, before)
            lines.append(ChangeLine(label, shown_before, self._say(field, after)))
        return lines

    def _say(self, field: Any, value: Any) -> str:
        if value in NOTHING:
            return "—"
        if isinstance(value, list):
            return "、".join(self._say(field, each) for each in value)
        if field is None or isinstance(value, dict):
            return json.dumps(value, ensure_ascii=False) if isinstance(value, dict) else str(value)
        if field.is_relation:
            return self.names.get(field.related_model, {}).get(value, str(value))
        if isinstance(field, models.DateTimeField):
            return _moment(str(value))
        if isinstance(field, models.BooleanField):
            return _("yes") if value else _("no")
        return str(dict(field.flatchoices).get(value, value))

    def _fetch_names(self, entries: Iterable[AuditEntry]) -> None:
        wanted: dict[Any, set[Any]] = {}
        for entry in entries:
            for name, value in entry.changes.items():
                field = self.fields.get(name)
                if field is not None and field.is_relation:
                    wanted.setdefault(field.related_model, set()).update(_keys(value))
        for model, keys in wanted.items():
            found = model._base_manager.in_bulk(keys)
            self.names[model] = {key: str(target) for key, target in found.items()}


def said_way(code: str) -> str:
    """Say by which way something was done; a console command says its own name."""
    return {
        "page": _("a page"),
        "api": _("the API"),
        "import": _("an import"),
        "job": _("by itself"),
        "mail": _("mail"),
        "link": _("the link of a message"),
    }.get(code, code)


def _keys(value: Any) -> Iterable[int]:
    if isinstance(value, list):
        for each in value:
            yield from _keys(each)
    elif isinstance(value, int):
        yield value


def _moment(text: str) -> str:
    parsed = parse_datetime(text)
    return date_format(timezone.localtime(parsed), "Y-m-d H:i:s") if isinstance(parsed, dt.datetime) else text
