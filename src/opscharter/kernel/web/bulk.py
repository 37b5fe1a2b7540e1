"""One step with many records: each is taken or refused by itself, and the answer says which and why."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from opscharter.kernel.errors import Conflict, NotPermitted, Refused
from opscharter.kernel.records.lifecycle import Move
from opscharter.kernel.resources.declaration import Resource
from opscharter.kernel.resources.links import list_url
from opscharter.kernel.timeline.models import Visibility
from opscharter.kernel.web.base import ResourcePage
from opscharter.kernel.web.forms import move_form_for
from opscharter.kernel.web.moving import sentence

Act = Callable[[Any], object]
READERS = [choice for choice in Visibility.choices if choice[0] != Visibility.SYSTEM]


class CommentForm(forms.Form):
    """The same words on many records."""

    text = forms.CharField(label=gettext_lazy("Text"), widget=forms.Textarea(attrs={"rows": 4}))
    visibility = forms.ChoiceField(
        label=gettext_lazy("read by"), choices=READERS, initial=Visibility.INTERNAL, widget=forms.RadioSelect
    )


@dataclass
class BulkContext:
    """What the page that asks for the inputs of a step draws."""

    resource: Resource
    label: str | Promise
    name: str
    form: forms.BaseForm
    records: list[Any]
    back: str


class BulkPage(ResourcePage):
    """One step for many records; a step that needs inputs asks for them once, for all."""

    LIMIT = 200

    def post(self, request: HttpRequest) -> HttpResponse:
        """Take the step with every chosen record, or ask for what it needs first."""
        self.need("view")
        name, reason = request.POST.get("move", ""), request.POST.get("reason", "").strip()
        ids = [int(value) for value in request.POST.getlist("id") if value.isdigit()][: self.LIMIT]
        self.need(name)
        records = list(self.resource.model._default_manager.visible_to(self.actor, name).filter(pk__in=ids))
        if name == "archive":
            return self._do(records, lambda record: record.archive_as(self.actor, reason=reason))
        if name == "comment":
            return self._comment(records)
        lifecycle = self.resource.model.lifecycle
        found = [move for move in lifecycle.moves if move.name == name and not move.automatic] if lifecycle else []
        if not found:
            raise Http404
        move = found[0]
        if not move.required and (reason or not move.needs_reason):
            return self._do(records, lambda record: record.move(name, self.actor, reason=reason))
        return self._move(records, move, reason)

    def _comment(self, records: list[Any]) -> HttpResponse:
        form = CommentForm(self.request.POST if "confirmed" in self.request.POST else None)
        if not form.is_valid():
            return self._ask(_("Write on each"), "comment", form, records)
        given = form.cleaned_data
        seen = given["visibility"]
        return self._do(records, lambda record: record.comment_as(self.actor, given["text"], visibility=seen))

    def _move(self, records: list[Any], move: Move, reason: str) -> HttpResponse:
        if not records:
            return self._do(records, lambda record: None)
        data = self.request.POST if "confirmed" in self.request.POST else None
        form = move_form_for(self.resource, move, for_many=True)(
            data, instance=type(records[0])(), initial={"reason": reason}, resource=self.resource, actor=self.actor
        )
        if not form.is_valid():
            return self._ask(move.label, move.name, form, records)
        given = {key: form.cleaned_data[key] for key in move.inputs if form.cleaned_data.get(key) not in (None, "")}
        said = form.cleaned_data.get("reason", "")
        return self._do(records, lambda record: record.move(move.name, self.actor, reason=said, **given))

    def _ask(self, label: str | Promise, name: str, form: forms.BaseForm, records: list[Any]) -> HttpResponse:
        page = BulkContext(self.resource, label, name, form, records, self.request.POST.get("back", ""))
        return self.render("opscharter/bulk.html", page, status=422 if form.is_bound else 200)

    def _do(self, records: list[Any], act: Act) -> HttpResponse:
        done, problems = 0, []
        for record in records:
            try:
                act(record)
                done += 1
            except (Refused, Conflict, NotPermitted, ValidationError) as error:
                problems.append(f"{record}: {sentence(error)}")
        if done:
            messages.success(self.request, _("Done for %(count)s records.") % {"count": done})
        for problem in problems[:20]:
            messages.error(self.request, problem)
        if len(problems) > 20:
            messages.error(self.request, _("… and %(count)s more were refused.") % {"count": len(problems) - 20})
        back = self.request.POST.get("back", "")
        base = list_url(self.resource)
        return HttpResponseRedirect(back if back.startswith(base) else base)
