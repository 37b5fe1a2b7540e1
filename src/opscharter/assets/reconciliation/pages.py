"""Handing in a scan."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from opscharter.assets.reconciliation.intake import take_in
from opscharter.kernel.errors import NotPermitted
from opscharter.kernel.resources.declaration import Resource
from opscharter.kernel.resources.links import list_url, record_url
from opscharter.kernel.web.base import ResourcePage
from opscharter.kernel.web.forms import LinesField, RecordForm, form_class_for

MOST_BYTES = 60 * 1024 * 1024


class ScanForm(RecordForm):
    """What was scanned; the file comes with it when the scan is new."""

    networks = LinesField(
        label=_("networks"), required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("What was scanned, such as 10.1.0.0/24, one a line; read from the file's command when empty."),
    )  # fmt: skip


@dataclass
class UploadContext:
    """Everything the page draws."""

    resource: Resource
    title: str
    form: RecordForm
    cancel_url: str


class UploadPage(ResourcePage):
    """A file, the customer whose network it is of, and the networks that were scanned."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Ask for the file."""
        self.need("create")
        return self._show(self._form())

    def post(self, request: HttpRequest) -> HttpResponse:
        """Take it in and show what was found, or say what is wrong with it."""
        self.need("create")
        form = self._form(request.POST, request.FILES)
        if not form.is_valid():
            return self._show(form, 422)
        file, given = form.cleaned_data["file"], form.cleaned_data
        try:
            scan = take_in(file.read(), file.name, given["customer"], given["networks"], self.actor)
        except NotPermitted as error:
            raise Http404 from error
        except ValidationError as error:
            for name, problems in error.message_dict.items():
                form.add_error(name if name in form.fields else None, problems)
            return self._show(form, 422)
        messages.success(request, _t("%(record)s is taken in.") % {"record": scan})
        return HttpResponseRedirect(record_url(scan))

    def _form(self, *data: Any) -> RecordForm:
        form = form_class_for(self.resource)(*data, resource=self.resource, actor=self.actor)
        form.fields["file"] = forms.FileField(label=_("nmap's file (-oX)"), validators=[_of_fit_size])
        form.inputs_only = True
        return form

    def _show(self, form: RecordForm, status: int = 200) -> HttpResponse:
        page = UploadContext(self.resource, _t("Take in a network scan"), form, list_url(self.resource))
        return self.render("assets/upload.html", page, status)


def _of_fit_size(file: Any) -> None:
    if file.size > MOST_BYTES:
        raise ValidationError(_t("The file is larger than %(limit)s MB.") % {"limit": MOST_BYTES // 2**20})
