"""The form of a case: a contract or a calendar, a promise, and what happened; it becomes the command's document."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.forms.formsets import BaseFormSet, formset_factory
from django.utils.translation import gettext_lazy as _

from opscharter.customers.deadlines.documents import calendar_document, policy_document
from opscharter.customers.models import Contract, SlaTarget
from opscharter.customers.models.contract import Priority
from opscharter.kernel.access.actor import Actor
from opscharter.kernel.calendars.models import BusinessCalendar
from opscharter.kernel.clocks.case import CaseError

WHEN = "%Y-%m-%dT%H:%M"
DEEDS = [
    ("", "—"), ("wait", _("wait")), ("resume", _("go on")), ("priority", _("change the priority")),
    ("told", _("the customer is told")), ("calendar", _("a day is declared closed")), ("resolve", _("resolve")),
    ("reopen", _("reopen")), ("cancel", _("cancel")),
]  # fmt: skip
PEOPLE = [
    ("customer", _("customer")), ("vendor", _("vendor")), ("problem", _("problem")), ("evidence", _("evidence")),
]  # fmt: skip
WHAT = [
    ("", "—"), (_("wait for"), PEOPLE), (_("new priority"), [(each.name, each.label) for each in Priority]),
]  # fmt: skip
UNITS = [
    ("hours", _("hours")), ("minutes", _("minutes")), ("working", _("working days")), ("calendar", _("calendar days")),
]  # fmt: skip
EVENT = re.compile(r"events\[(\d+)\](?:\.(\w+))?")


def _moment_input() -> forms.DateTimeInput:
    return forms.DateTimeInput(attrs={"type": "datetime-local"}, format=WHEN)


class CaseForm(forms.Form):
    """What is promised, by which calendar, and since when it runs."""

    contract = forms.ModelChoiceField(
        Contract.objects.none(), required=False, label=_("contract"), empty_label=_("none: a promise of its own")
    )
    kind = forms.ChoiceField(
        choices=SlaTarget.Kind.choices, initial="resolve", required=False, label=_("step of the contract")
    )
    priority = forms.ChoiceField(
        choices=[(each.name, each.label) for each in Priority], initial="P3", required=False, label=_("priority")
    )
    calendar = forms.ModelChoiceField(
        BusinessCalendar.objects.none(), required=False, label=_("calendar, without a contract"),
        empty_label=_("round the clock"),
    )  # fmt: skip
    amount = forms.DecimalField(
        required=False, min_value=0, max_digits=8, decimal_places=2, label=_("promised, without a contract")
    )
    unit = forms.ChoiceField(choices=UNITS, required=False, label=_("unit"))
    opened = forms.CharField(widget=_moment_input(), label=_("opened"))
    until = forms.CharField(
        widget=_moment_input(), required=False, label=_("looked at"), help_text=_("Empty: at the last event.")
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        contracts: Any = self.fields["contract"]
        contracts.queryset = Contract.objects.visible_to(actor).current().select_related("calendar").order_by("number")
        calendars: Any = self.fields["calendar"]
        calendars.queryset = BusinessCalendar.objects.visible_to(actor).current().order_by("name")

    def clean(self) -> dict[str, Any]:
        """Ask for a promise where no contract gives one."""
        given = super().clean() or {}
        if not given.get("contract") and not given.get("amount") and "amount" not in self.errors:
            self.add_error("amount", _("Say how long, or choose a contract."))
        return given


class EventForm(forms.Form):
    """One thing that happened."""

    at = forms.CharField(widget=_moment_input(), required=False, label=_("when"))
    do = forms.ChoiceField(choices=DEEDS, required=False, label=_("what"))
    what = forms.ChoiceField(choices=WHAT, required=False, label=_("for, to"))
    day = forms.CharField(widget=forms.DateInput(attrs={"type": "date"}), required=False, label=_("closed day"))
    reason = forms.CharField(max_length=100, required=False, label=_("reason"))

    @property
    def filled(self) -> bool:
        """Say whether the row says anything."""
        return any(str(self.cleaned_data.get(name, "")).strip() for name in self.fields)

    def document(self) -> dict[str, Any]:
        """Return the event as a case writes it down; what is missing the reader of the case names."""
        given = self.cleaned_data
        event: dict[str, Any] = {"at": given["at"], "do": given["do"]}
        if given["do"] == "wait" and given["what"]:
            event["for"] = given["what"]
        if given["do"] == "priority" and given["what"]:
            event["to"] = given["what"]
        if given["do"] == "calendar" and given["day"]:
            event["days"] = {given["day"]: []}
        if given["reason"]:
            event["reason"] = given["reason"]
        return event


EventForms: type[BaseFormSet[EventForm]] = formset_factory(EventForm, extra=0, max_num=40)
ROWS = 4
FIELDS = {"for": "what", "to": "what", "days": "day"}
"""Where the form keeps what a case calls otherwise."""


def document_of(form: CaseForm, events: BaseFormSet[EventForm]) -> dict[str, Any]:
    """Return the case that valid forms describe."""
    given = form.cleaned_data
    contract: Contract | None = given["contract"]
    document: dict[str, Any] = {}
    if contract is not None:
        document["calendar"] = calendar_document(contract.calendar)
        document["policy"] = {**policy_document(contract, given["kind"] or "resolve"), "priority": given["priority"]}
    else:
        document["calendar"] = calendar_document(given["calendar"])
        number = int(given["amount"]) if given["amount"] == int(given["amount"]) else float(given["amount"])
        unit = given["unit"] or "hours"
        target = {"days": number, "day": unit} if unit in ("working", "calendar") else {unit: number}
        document["policy"] = {"target": target}
    document["events"] = [{"at": given["opened"], "do": "open"}, *(row.document() for row in _filled(events))]
    if given["until"]:
        document["until"] = given["until"]
    return document


def _filled(events: BaseFormSet[EventForm]) -> list[EventForm]:
    return [row for row in events.forms if row.filled]


def blame(error: CaseError, form: CaseForm, events: BaseFormSet[EventForm]) -> None:
    """Put what is wrong with the case beside the field of the form that it came from."""
    found = EVENT.match(error.place)
    rows = _filled(events)
    if found and int(found[1]) > 0:
        row = rows[int(found[1]) - 1]
        name = FIELDS.get(found[2] or "", found[2] or "")
        row.add_error(name if name in row.fields else "do", error.problem)
    elif found:
        form.add_error("opened", error.problem)
    elif error.place == "until":
        form.add_error("until", error.problem)
    elif error.place.startswith("policy.target"):
        form.add_error("amount", error.problem)
    elif error.place.startswith("policy.priority"):
        form.add_error("priority", error.problem)
    else:
        form.add_error(None, str(error))
