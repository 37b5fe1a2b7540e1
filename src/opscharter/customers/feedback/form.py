"""The form of feedback; a contact in the portal only says what there is to say."""

from __future__ import annotations

from typing import Any

from opscharter.customers.feedback.models import Feedback
from opscharter.customers.models.customer import Contact
from opscharter.kernel.web.forms import RecordForm

INSIDE = ("customer", "contact", "channel", "department", "handler", "answer")
"""What the company fills in; for a contact it follows from who they are."""


class FeedbackForm(RecordForm):
    """Feedback as an employee records it, or as a contact gives it for the own organization."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        contact = Contact.objects.filter(user_id=self.actor.user_id or 0).first() if self.actor.external else None
        if contact is None:
            return
        for name in INSIDE:
            self.fields.pop(name, None)
        if self.instance.pk is None:
            self.instance.customer, self.instance.contact = contact.customer, contact
            self.instance.channel = Feedback.Channel.PORTAL
