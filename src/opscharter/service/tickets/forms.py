"""The forms of tickets; a customer's contact says only what there is to say."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from opscharter.kernel.attributes.models import definitions_of
from opscharter.kernel.attributes.values import is_empty
from opscharter.kernel.web.attributes import PREFIX, AttributedForm
from opscharter.kernel.web.forms import RecordForm

CONTACTS_FIELDS = ("title", "description", "service", "urgency", "version")
"""What a contact fills in; the rest follows from who they are, or is the company's to say."""


def leave_to_contacts(form: RecordForm) -> None:
    """Take out of a form what a contact does not say."""
    if form.actor.external:
        for name in [name for name in form.fields if name not in CONTACTS_FIELDS and not name.startswith(PREFIX)]:
            del form.fields[name]


class TicketForm(RecordForm):
    """A ticket as an employee records it, or as a contact reports it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        leave_to_contacts(self)


class RequestForm(AttributedForm):
    """A service request with what its catalogue item asks; who takes it down for a customer may leave that out."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        leave_to_contacts(self)

    def _definitions(self) -> list[Any]:
        """Return the questions of the item that is asked for: chosen in the form, or answered before."""
        if self.instance.answered_for_id is not None or "service" not in self.fields:
            return self.instance.attribute_definitions()
        field: Any = self.fields["service"]
        chosen = self.data.get(self.add_prefix("service")) if self.is_bound else self.initial.get("service")
        return definitions_of(field.queryset.filter(pk=chosen).first()) if str(chosen or "").isdigit() else []

    def must_answer(self, given: Mapping[str, Any]) -> bool:
        """Let employees leave the questions out; a contact answers them."""
        return self.actor.external or any(not is_empty(value) for value in given.values())
