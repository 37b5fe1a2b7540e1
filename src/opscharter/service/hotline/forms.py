"""The forms of the desk: the ticket, as every page makes it but for what follows from the call; and the caller."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from opscharter.customers.models import Customer
from opscharter.kernel.access.actor import Actor
from opscharter.kernel.resources.links import list_url
from opscharter.kernel.resources.site import site
from opscharter.kernel.web.forms import RecordForm, RelationSelect, form_class_for
from opscharter.service.hotline.models import PhoneCall
from opscharter.service.tickets.models import Incident, ServiceRequest
from opscharter.service.tickets.models.ticket import Channel

KINDS: dict[str, type[Any]] = {"incident": Incident, "request": ServiceRequest}
FROM_THE_CALL = ("customer", "contact", "reported_by", "channel")


def ticket_form(kind: str, call: PhoneCall, actor: Actor, data: Any = None, draft: Any = None) -> RecordForm:
    """Return the form of the ticket made while talking; customer, contact and channel are the call's."""
    model = KINDS.get(kind, Incident)
    resource = site.resource(model)
    ticket = model(
        customer=call.customer, contact=call.contact, channel=Channel.PHONE,
        reported_by="" if call.contact_id else call.caller[:120],
    )  # fmt: skip
    made = form_class_for(resource, creating=True)
    several = {name for name, field in made.base_fields.items() if isinstance(field, forms.ModelMultipleChoiceField)}
    initial = {
        name: [int(value) for value in values if value.isdigit()] if name in several else values[-1]
        for name, values in (draft or {}).items() if name in made.base_fields and values
    }  # fmt: skip
    form = made(data, instance=ticket, initial=initial, resource=resource, actor=actor)
    for name in FROM_THE_CALL:
        form.fields.pop(name, None)
    if "assets" in form.fields and call.customer_id is not None:
        assets: Any = form.fields["assets"]
        assets.queryset = assets.queryset.filter(customer_id=call.customer_id)
        assets.widget.attrs["data-options-url"] = f"/service/hotline/{call.pk}/assets/?field=assets"
    return form


class CallerForm(forms.Form):
    """Who calls when the number does not say it: a name, at which customer, and how to write to them."""

    new_name = forms.CharField(label=_("name"), max_length=80, required=False)
    caller_customer = forms.ModelChoiceField(Customer.objects.none(), label=_("customer"), required=False)
    new_title = forms.CharField(label=_("title"), max_length=80, required=False)
    new_email = forms.EmailField(label=_("e-mail"), required=False)

    def __init__(self, actor: Actor, draft: Any = None, data: Any = None) -> None:
        initial = {name: values[-1] for name, values in (draft or {}).items() if values}
        super().__init__(data, initial=initial)
        field: Any = self.fields["caller_customer"]
        field.queryset = Customer.objects.visible_to(actor).current()
        field.widget = RelationSelect(
            attrs={"data-options-url": f"{list_url(site.resource(PhoneCall))}options/?field=customer"}
        )
        field.widget.choices = field.choices
