"""What the steps of a complaint bring about."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from opscharter.kernel import moment
from opscharter.kernel.access.actor import Actor
from opscharter.kernel.notices.sending import send
from opscharter.kernel.resources.links import record_url
from opscharter.service.complaints import notices

Inputs = Mapping[str, Any]


def mark_replied(complaint: Any, actor: Actor, inputs: Inputs) -> None:
    """Note the first reply, which the clock is about, and the latest."""
    complaint.replied_at = moment.now()
    complaint.first_replied_at = complaint.first_replied_at or complaint.replied_at
    complaint.replied_by_id = actor.person_id


def mark_accepted(complaint: Any, actor: Actor, inputs: Inputs) -> None:
    """Note that the customer is content."""
    complaint.customer_answer = "accepted"


def mark_closed(complaint: Any, actor: Actor, inputs: Inputs) -> None:
    """Note the end."""
    complaint.closed_at = moment.now()


def mark_not_content(complaint: Any, actor: Actor, inputs: Inputs) -> None:
    """Count it; what was said about the first reply no longer holds."""
    complaint.refusals += 1
    complaint.customer_answer, complaint.closed_at = "", None


def _data(complaint: Any) -> dict[str, Any]:
    return {
        "number": complaint.number, "subject": complaint.subject, "customer": str(complaint.customer),
        "due": moment.in_office(complaint.due_at).strftime("%Y-%m-%d %H:%M"),
    }  # fmt: skip


def tell_owner(complaint: Any, actor: Actor, inputs: Inputs) -> None:
    """Tell whoever has it now."""
    user = complaint.owner.user if complaint.owner else None
    if user is not None and user.pk != actor.user_id:
        key = f"{complaint.number}:{complaint.version}"
        send(notices.MINE, [user], key=key, record=complaint, url=record_url(complaint), data=_data(complaint))


def tell_customer(complaint: Any, actor: Actor, inputs: Inputs) -> None:
    """Tell the contact, where they have an account; the reply is on the complaint's page."""
    user = complaint.contact.user if complaint.contact else None
    if user is not None:
        key = f"{complaint.number}:{complaint.version}"
        send(notices.REPLIED, [user], key=key, record=complaint, url=record_url(complaint), data=_data(complaint))
