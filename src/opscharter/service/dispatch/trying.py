"""The form of the dry run: a ticket that there is, one that might come in, or the last so many."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from opscharter.customers.models import Customer, Service
from opscharter.customers.models.contract import Priority
from opscharter.kernel import moment
from opscharter.kernel.access.actor import Actor
from opscharter.service.dispatch.matching import KINDS, Case, case_of, serving_team
from opscharter.service.dispatch.models import AssignmentRule
from opscharter.service.tickets.models.ticket import Channel

WHEN = "%Y-%m-%dT%H:%M"
LAST = (10, 20, 50)


class TryForm(forms.Form):
    """What is tried: a ticket by its number, or the fields of one that might come in."""

    number = forms.CharField(
        max_length=40, required=False, label=_("number of a ticket"), help_text=_("Or describe one that might come in:")
    )
    customer = forms.ModelChoiceField(Customer.objects.none(), required=False, label=_("customer"))
    service = forms.ModelChoiceField(Service.objects.none(), required=False, label=_("service"))
    kind = forms.ChoiceField(choices=AssignmentRule.Kind.choices, required=False, label=_("type"))
    priority = forms.TypedChoiceField(
        choices=Priority.choices, coerce=int, empty_value=None, initial=3, required=False, label=_("priority")
    )
    channel = forms.ChoiceField(choices=Channel.choices, required=False, label=_("channel"))
    at = forms.DateTimeField(
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=WHEN), required=False, label=_("comes in"),
        help_text=_("Empty: now."),
    )  # fmt: skip

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.actor = actor
        customers: Any = self.fields["customer"]
        customers.queryset = Customer.objects.visible_to(actor).current().select_related("team").order_by("name")
        services: Any = self.fields["service"]
        services.queryset = Service.objects.visible_to(actor).current().select_related("team").order_by("name")

    def clean_number(self) -> str:
        """Find the ticket among those that the actor may see."""
        number: str = self.cleaned_data["number"].strip()
        if number and self._ticket(number) is None:
            raise forms.ValidationError(_("There is no such ticket that you may see."))
        return number

    def _ticket(self, number: str) -> Any:
        for model in KINDS.values():
            rows = model.objects.visible_to(self.actor).filter(number__iexact=number)
            if ticket := rows.select_related("customer__team", "service__team", "team__head", "assignee").first():
                return ticket
        return None

    @property
    def ticket(self) -> Any:
        """Return the ticket that was asked for, if any."""
        return self._ticket(self.cleaned_data["number"]) if self.cleaned_data.get("number") else None

    def case(self) -> Case:
        """Return what the rules are asked about."""
        given = self.cleaned_data
        at = given["at"] or moment.now()
        if (ticket := self.ticket) is not None:
            return case_of(ticket, at)
        customer, service = given["customer"], given["service"]
        return Case(
            given["kind"] or "service.incident", customer, service, given["priority"], given["channel"],
            serving_team(customer, service), at,
        )  # fmt: skip
