"""Creating and editing a record, with what was typed kept through every error and conflict."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from opscharter.kernel.errors import Conflict, FieldConflict, NotPermitted, Reason, Refused
from opscharter.kernel.live.presence import pass_for
from opscharter.kernel.resources.declaration import Foretold, Resource, Section
from opscharter.kernel.resources.links import list_url, record_url
from opscharter.kernel.web.base import ResourcePage
from opscharter.kernel.web.forms import RecordForm, form_class_for

Text = str | Promise


@dataclass
class FormContext:
    """Everything the form template draws."""

    resource: Resource
    title: Text
    form: RecordForm
    sections: list[tuple[Section, list[Any]]]
    submit_label: Text
    cancel_url: str
    refusals: list[Reason] = field(default_factory=list)
    conflict: list[FieldConflict] = field(default_factory=list)
    record: Any = None
    presence: str = ""
    """The pass by which those who have the record open see each other."""


class _FormPage(ResourcePage):
    def form_for(self, record: Any, data: Any = None) -> RecordForm:
        """Return the resource's form for a record."""
        initial = {k: v for k, v in self.request.GET.items() if k.partition(".")[0] in self.resource.form_fields}
        return form_class_for(self.resource, creating=record.pk is None)(
            data, instance=record, initial=initial, resource=self.resource, actor=self.actor
        )

    def context(self, form: RecordForm, **more: Any) -> FormContext:
        """Return the page's context; the title says what happens."""
        record = form.instance
        title = (
            _("Edit %(record)s") % {"record": record}
            if record.pk
            else _("New: %(type)s") % {"type": self.resource.label}
        )
        cancel = record_url(record) if record.pk else list_url(self.resource)
        sections = [
            (section, [form[drawn] for name in section.fields for drawn in form.names_of(name)])
            for section in self.resource.form_sections
        ]
        label = _("Save") if record.pk else _("Create")
        shared = record.pk and self.resource.presence and not self.actor.external
        presence = pass_for(record, self.actor).sign() if shared else ""
        return FormContext(
            self.resource, title, form, sections, label, cancel, **more, record=record, presence=presence
        )

    def show(self, form: RecordForm, status: int = 200, **more: Any) -> HttpResponse:
        """Draw the form."""
        return self.render("opscharter/form.html", self.context(form, **more), status=status)

    def store(self, form: RecordForm) -> HttpResponse:
        """Save what the form holds through the write path, or show it again with what stands in the way."""
        if not form.is_valid():
            return self.show(form, status=422)
        record: Any = form.instance
        try:
            if foretold := self._foretold(form):
                return self._ask_first(form, foretold)
            record.save_as(self.actor, links=form.links())
        except ValidationError as error:
            form.add_error(None, error) if not hasattr(error, "error_dict") else _add_errors(form, error)
            return self.show(form, status=422)
        except Refused as refused:
            return self.show(form, status=409, refusals=refused.reasons)
        except Conflict as conflict:
            return self._conflicted(form, conflict)
        except NotPermitted:
            form.add_error(None, _("You may not do this to this record."))
            return self.show(form, status=403)
        messages.success(self.request, _("%(record)s is saved.") % {"record": record})
        return HttpResponseRedirect(record_url(record))

    def _foretold(self, form: RecordForm) -> Foretold | None:
        """Return what saving would do to others, unless who saves has seen it."""
        if self.resource.foretell is None or "seen" in self.request.POST:
            return None
        foretold = self.resource.foretell(form.instance, self.actor, form.links())
        return foretold if foretold.lines or foretold.hidden else None

    def _ask_first(self, form: RecordForm, foretold: Foretold) -> HttpResponse:
        """Show what saving would do; the form goes along, to be sent again by who agrees."""
        page = self.context(form)
        sent = [(name, value) for name, values in self.request.POST.lists() for value in values]
        typed = [(name, value) for name, value in sent if name != "csrfmiddlewaretoken"]
        return self.render("opscharter/foretold.html", page, foretold=foretold, typed=typed)

    def _conflicted(self, form: RecordForm, conflict: Conflict) -> HttpResponse:
        """Show both versions; saving again then overwrites knowingly, because the form now starts from the newest."""
        form.start_from(conflict.current_version)
        return self.show(form, status=409, conflict=conflict.fields)


def _add_errors(form: RecordForm, error: ValidationError) -> None:
    for name, problems in error.error_dict.items():
        form.add_error(name if name in form.fields else None, problems)


class CreatePage(_FormPage):
    """A form for a new record."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show the empty form."""
        self.need("create")
        return self.show(self.form_for(self.resource.model()))

    def post(self, request: HttpRequest) -> HttpResponse:
        """Create the record."""
        self.need("create")
        return self.store(self.form_for(self.resource.model(), request.POST))


class EditPage(_FormPage):
    """A form for changing a record."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show the form with the record as it is."""
        return self.show(self.form_for(self.record(pk, "edit")))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Change the record, merging with what others changed since the form was opened."""
        record = self.record(pk, "edit")
        version = request.POST.get("version", "")
        if version.isdigit() and 0 < int(version) < record.version:
            record = self.resource.model.at_version(pk, int(version))
        return self.store(self.form_for(record, request.POST))
