"""Taking a step with a record."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from opscharter.kernel.access.actor import Actor
from opscharter.kernel.errors import Conflict, FieldConflict, Reason, Refused
from opscharter.kernel.records.lifecycle import Move
from opscharter.kernel.records.writing import obstacles
from opscharter.kernel.resources.declaration import Resource
from opscharter.kernel.resources.links import list_url, record_url
from opscharter.kernel.web.base import ResourcePage
from opscharter.kernel.web.forms import RecordForm, move_form_for

exception_offers: list[Callable[[Any, Reason, Actor], str]] = []
"""Each returns where the actor may ask for leave to pass a guard that refuses, or an empty text (the charter's)."""


@dataclass
class MoveContext:
    """Everything the dialog of a step draws."""

    resource: Resource
    record: Any
    move: Move
    form: RecordForm
    url: str
    cancel_url: str
    title: str
    refusals: list[Reason] = field(default_factory=list)
    warnings: list[Reason] = field(default_factory=list)
    conflict: list[FieldConflict] = field(default_factory=list)
    beside: str = ""
    ways_out: list[tuple[Reason, str]] = field(default_factory=list)
    """(reason, address of the form that asks for an exception to it)."""


class MovePage(ResourcePage):
    """One step of a record's life: its inputs, and what stands in the way."""

    def get(self, request: HttpRequest, pk: int, name: str) -> HttpResponse:
        """Show the inputs of the step."""
        record, move = self._find(pk, name)
        form = move_form_for(self.resource, move)(instance=record, resource=self.resource, actor=self.actor)
        verdict = obstacles(record, move, self.actor)
        return self._show(record, move, form, refusals=verdict.refusals, warnings=verdict.warnings)

    def post(self, request: HttpRequest, pk: int, name: str) -> HttpResponse:
        """Take the step."""
        record, move = self._find(pk, name)
        version = request.POST.get("version", "")
        if version.isdigit() and 0 < int(version) < record.version:
            record = self.resource.model.at_version(pk, int(version))
        form = move_form_for(self.resource, move)(
            request.POST, instance=record, resource=self.resource, actor=self.actor
        )
        if not form.is_valid():
            return self._show(record, move, form, status=422)
        given = {key: form.cleaned_data[key] for key in move.inputs if key in form.cleaned_data}
        try:
            record.move(name, self.actor, reason=form.cleaned_data.get("reason", ""), **given)
        except Refused as refused:
            return self._show(self.record(pk), move, form, status=409, refusals=refused.reasons)
        except Conflict as conflict:
            form.start_from(conflict.current_version)
            return self._show(self.record(pk), move, form, status=409, conflict=conflict.fields)
        except ValidationError as error:
            for key, problems in getattr(error, "error_dict", {None: error}).items():
                form.add_error(key if key in form.fields else None, problems)
            return self._show(record, move, form, status=422)
        messages.success(request, _("%(record)s: %(step)s") % {"record": record, "step": move.label})
        if request.headers.get("HX-Request"):
            return HttpResponse(status=204, headers={"HX-Redirect": record_url(record)})
        return HttpResponseRedirect(record_url(record))

    def _find(self, pk: int, name: str) -> tuple[Any, Move]:
        lifecycle = self.resource.model.lifecycle
        if lifecycle is None:
            raise Http404
        try:
            move = lifecycle.move(name)
        except KeyError as error:
            raise Http404 from error
        if move.automatic:
            raise Http404
        return self.record(pk, name), move

    def _show(self, record: Any, move: Move, form: RecordForm, status: int = 200, **more: Any) -> HttpResponse:
        title = f"{move.label} · {record}"
        page = MoveContext(
            self.resource,
            record,
            move,
            form,
            record_url(record, f"moves/{move.name}"),
            record_url(record),
            title,
            **more,
        )
        page.beside = self._beside(record, move)
        asked = [(why, offer(record, why, self.actor)) for why in page.refusals for offer in exception_offers]
        page.ways_out = [(why, url) for why, url in asked if url]
        dialog = self.request.headers.get("HX-Request") is not None
        return self.render("opscharter/move.html#dialog" if dialog else "opscharter/move.html", page, status=status)

    def _beside(self, record: Any, move: Move) -> str:
        """Return what the resource wants seen while the step is taken."""
        panel = self.resource.beside.get(move.name)
        context = panel.context(record, self.actor) if panel else None
        if panel is None or context is None:
            return ""
        return render_to_string(panel.template, {**context, "record": record, "actor": self.actor}, self.request)


class ArchivePage(ResourcePage):
    """Taking a record out of use."""

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Archive the record with the reason given."""
        record = self.record(pk, "archive")
        try:
            record.archive_as(self.actor, reason=request.POST.get("reason", ""))
        except Refused as refused:
            messages.error(request, sentence(refused))
            return HttpResponseRedirect(record_url(record))
        messages.success(request, _("%(record)s is archived.") % {"record": record})
        return HttpResponseRedirect(list_url(self.resource))


def sentence(error: Exception) -> str:
    """Return an error of the write path as one sentence for people."""
    if isinstance(error, Refused):
        return " ".join(f"{r.message} (§{r.clause})" if r.clause else str(r.message) for r in error.reasons)
    if isinstance(error, ValidationError):
        return " ".join(str(message) for message in error.messages)
    if isinstance(error, Conflict):
        return _("Somebody else changed it meanwhile.")
    return _("You may not do this to this record.")
