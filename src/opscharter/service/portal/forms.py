"""The form of the portal for a fault, in plain words; what a catalogue item asks is a form of its own request."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from opscharter.customers.models import Contact, Service
from opscharter.service.tickets.models.ticket import Level

Text = str | Promise
HOW_BAD: list[tuple[int, Text]] = [
    (Level.LOW, _("I am hindered")), (Level.MEDIUM, _("Several of us cannot work")), (Level.HIGH, _("Nobody can work")),
]  # fmt: skip
HOW_SOON: list[tuple[int, Text]] = [
    (Level.LOW, _("It can wait a few days")), (Level.MEDIUM, _("Today")), (Level.HIGH, _("Right now")),
]  # fmt: skip


class FaultForm(forms.Form):
    """A fault in the words of who has it."""

    title = forms.CharField(label=_("What does not work"), max_length=200)
    description = forms.CharField(
        label=_("What happens, since when, what you have tried"), widget=forms.Textarea(attrs={"rows": 5})
    )
    service = forms.ModelChoiceField(Service.objects.none(), label=_("Which service"), required=False)
    asset = forms.TypedChoiceField(label=_("Which device or system"), required=False, coerce=int, empty_value=None)
    impact = forms.TypedChoiceField(
        label=_("Who is affected"), choices=HOW_BAD, coerce=int, initial=Level.LOW, widget=forms.RadioSelect
    )
    urgency = forms.TypedChoiceField(
        label=_("How soon"), choices=HOW_SOON, coerce=int, initial=Level.MEDIUM, widget=forms.RadioSelect
    )

    def __init__(self, contact: Contact, services: Any, assets: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        service: Any = self.fields["service"]
        service.queryset = services
        known: Any = self.fields["asset"]
        known.choices = [("", "—"), *((asset.pk, asset.name) for asset in assets.order_by("name")[:500])]
