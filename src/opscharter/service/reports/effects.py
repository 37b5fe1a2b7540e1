"""What the steps of a report bring about. No rule of refusal lives here."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder

from opscharter.customers.models import Contact
from opscharter.kernel import moment
from opscharter.kernel.access.actor import Actor, system_actor
from opscharter.kernel.approvals.requests import latest, open_request
from opscharter.kernel.errors import Refused
from opscharter.kernel.notices.sending import send
from opscharter.kernel.resources.links import record_url
from opscharter.kernel.users.models import User
from opscharter.service.reports import figures, notices
from opscharter.service.reports.sections import NOTES

Inputs = Mapping[str, Any]
BY_LINK = "link"


def gather_figures(report: Any, actor: Actor | None = None, inputs: Inputs | None = None) -> None:
    """Take the figures from the records as they are."""
    report.content = figures.gather(report, figures.before_of(report))
    report.gathered_at = moment.now()


def digest(report: Any) -> str:
    """Return the SHA-256 of every word and figure of a report."""
    words = {name: getattr(report, name) for name in ("period", "revision", "summary", *NOTES)}
    text = json.dumps({**words, "content": report.content}, sort_keys=True, ensure_ascii=False, cls=DjangoJSONEncoder)
    return hashlib.sha256(text.encode()).hexdigest()


def mark_reviewed(report: Any, actor: Actor, inputs: Inputs) -> None:
    """Note who read it against the records."""
    report.reviewed_at, report.reviewed_by_id = moment.now(), actor.person_id


def ask_for_approval(report: Any, actor: Actor, inputs: Inputs) -> None:
    """Put it to those whom the policy names, as it is now."""
    open_request(report, "approve", actor)


def mark_approved(report: Any, actor: Actor, inputs: Inputs) -> None:
    """Note when it was approved."""
    report.approved_at = moment.now()


def mark_returned(report: Any, actor: Actor, inputs: Inputs) -> None:
    """It has to be reviewed and approved again."""
    report.reviewed_at = report.reviewed_by_id = report.approved_at = None


def approval_decided(report: Any, state: str) -> None:
    """Approve it, or send it back with what the voters said; guards may still refuse, and the log says why."""
    reason = "" if state == "approved" else _grounds(report)
    try:
        report.move("approve" if state == "approved" else "return", system_actor(), reason=reason)
    except Refused:
        return


def _grounds(report: Any) -> str:
    request = latest(report, "approve")
    said = request.votes.filter(decision="reject").values_list("comment", flat=True) if request else ()
    return " ".join(text for text in said if text) or "rejected"


def freeze(report: Any, actor: Actor, inputs: Inputs) -> None:
    """Words and figures stay from now on as they are; the hash proves it."""
    report.delivered_at, report.delivered_on = moment.now(), moment.today()
    report.content_hash = digest(report)


def replace_earlier(report: Any, actor: Actor, inputs: Inputs) -> None:
    """A delivered correction takes the place of the version before."""
    if report.corrects is not None:
        report.corrects.move("supersede", system_actor())


def send_out(report: Any, actor: Actor, inputs: Inputs) -> None:
    """Queue the mail to every recipient, and tell those with an account in the portal."""
    from opscharter.service.reports.delivery import queue_mails

    queue_mails(report)
    people = report.definition.recipients.filter(archived_at__isnull=True, user__isnull=False).select_related("user")
    _tell(notices.DELIVERED, report, [contact.user for contact in people], actor)


def mark_signed(report: Any, actor: Actor, inputs: Inputs) -> None:
    """Note who signed which document, by name, time and the hash of the PDF."""
    from opscharter.service.reports.delivery import kept_pdf

    contact = contact_of(actor)
    report.signed_at, report.signed_by = moment.now(), contact
    report.signed_name = (actor.label or (contact.name if contact else ""))[:80]
    report.signed_by_link = actor.via == BY_LINK
    report.signed_hash = kept_pdf(report).sha256


def mark_refused(report: Any, actor: Actor, inputs: Inputs) -> None:
    """Note why the customer does not sign."""
    report.refused_at, report.refusal = moment.now(), inputs["reason"]
    report.signed_by = contact_of(actor)


def contact_of(actor: Actor) -> Contact | None:
    """Return the contact who acts, by the own account or by the link in a mail."""
    if named := getattr(actor, "contact_id", None):
        return Contact.objects.filter(pk=named).first()
    return Contact.objects.filter(user_id=actor.user_id).first() if actor.user_id else None


def draft_correction(report: Any, actor: Actor, inputs: Inputs) -> None:
    """Begin the next version with the same words; its figures are gathered from the records as they are now."""
    words = {name: getattr(report, name) for name in ("summary", *NOTES)}
    type(report)(
        definition=report.definition, period=report.period, revision=report.revision + 1, corrects=report,
        correction_reason=inputs["reason"], due_on=report.due_on, author=report.author, **words,
    ).save_as(system_actor())  # fmt: skip


def _tell(kind: Any, report: Any, users: Iterable[User | None], actor: Actor, **more: Any) -> None:
    people = [user for user in users if user is not None and user.pk != actor.user_id]
    data = {"number": report.number, "customer": str(report.customer), "period": report.period, **more}
    key = f"{report.number}:{report.version}"
    send(kind, people, key=key, record=report, url=record_url(report), data=data)


def _author(report: Any) -> list[User | None]:
    return [report.author.user] if report.author is not None else []


def tell_drafted(report: Any, actor: Actor) -> None:
    """Tell the author what is to be written by when."""
    _tell(notices.DRAFTED, report, _author(report), actor, due=str(report.due_on))


def tell_approved(report: Any, actor: Actor, inputs: Inputs) -> None:
    """Tell the author that it can go out."""
    _tell(notices.APPROVED, report, _author(report), actor)


def tell_returned(report: Any, actor: Actor, inputs: Inputs) -> None:
    """Tell the author what is to be mended."""
    _tell(notices.RETURNED, report, _author(report), actor, reason=inputs.get("reason", ""))


def tell_signed(report: Any, actor: Actor, inputs: Inputs) -> None:
    """Tell the author that the customer has signed."""
    _tell(notices.SIGNED, report, _author(report), actor, name=report.signed_name)


def tell_refused(report: Any, actor: Actor, inputs: Inputs) -> None:
    """Tell the author and the account manager that the customer does not agree."""
    manager = report.customer.account_manager
    people = [*_author(report), manager.user if manager is not None else None]
    _tell(notices.REFUSED, report, people, actor, reason=inputs.get("reason", ""))
