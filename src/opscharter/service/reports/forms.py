"""The form of a report agreement: sections are ticked."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from opscharter.kernel.web.forms import RecordForm
from opscharter.service.reports.sections import SectionKind


class AgreementForm(RecordForm):
    """What a contract asks to be reported."""

    sections: Any = forms.MultipleChoiceField(
        label=_("sections"), choices=SectionKind.choices, widget=forms.CheckboxSelectMultiple
    )
