"""The form of a complaint; a contact in the portal only says what there is to say."""

from __future__ import annotations

from typing import Any

from opscharter.customers.models import Contact
from opscharter.kernel.web.forms import RecordForm
from opscharter.service.complaints.models import Complaint

SAID = ("subject", "body", "incidents", "requests")
"""What a contact fills in; the rest follows from who they are."""


class ComplaintForm(RecordForm):
    """A complaint as an employee records it, or as a contact makes it for the own organization."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        contact = Contact.objects.filter(user_id=self.actor.user_id or 0).first() if self.actor.external else None
        if contact is None:
            return
        for name in [*self.fields]:
            if name not in SAID and name != "version":
                self.fields.pop(name)
        if self.instance.pk is None:
            self.instance.customer, self.instance.contact = contact.customer, contact
            self.instance.channel = Complaint.Channel.PORTAL
