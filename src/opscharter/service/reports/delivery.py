"""Delivering a report: its one PDF, kept with it, and a mail to each recipient with a link that signs."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.conf import settings
from django.core import signing
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.mail import EmailMessage
from django.utils.translation import gettext as _
from django.utils.translation import override

from opscharter.customers.models import Contact
from opscharter.kernel import moment
from opscharter.kernel.access.actor import Actor, Grant, Reach, system_actor
from opscharter.kernel.files.attachments import attach
from opscharter.kernel.files.models import Attachment
from opscharter.kernel.jobs.queue import job
from opscharter.service.reports.document import pdf_of
from opscharter.service.reports.effects import BY_LINK
from opscharter.service.reports.grants import REPORT
from opscharter.service.reports.models import ReportMail, ServiceReport

SALT = "opscharter.service-report"
LIFETIME = dt.timedelta(days=60)
"""How long the link in a mail can be used."""


def file_name(report: ServiceReport) -> str:
    """Return what the PDF is called."""
    return f"{report.number}-{report.period}-v{report.revision}.pdf"


def find_pdf(report: ServiceReport) -> Attachment | None:
    """Return the PDF that the customer has, once it was sent or signed."""
    found = Attachment.objects.filter(record_type=REPORT, record_id=report.pk, name=file_name(report))
    return found.filter(archived_at__isnull=True).first()


def kept_pdf(report: ServiceReport) -> Attachment:
    """Return the PDF that the customer has; it is set once, when it is sent or signed, and never again."""
    if (found := find_pdf(report)) is not None:
        return found
    uploaded = SimpleUploadedFile(file_name(report), pdf_of(report), content_type="application/pdf")
    return attach(report, system_actor(), uploaded, visibility="customer")


def queue_mails(report: ServiceReport) -> None:
    """Queue one mail for each recipient, in the transaction that delivers the report."""
    people = report.definition.recipients.filter(archived_at__isnull=True).exclude(email="")
    ReportMail.objects.bulk_create(
        [ReportMail(report=report, contact=contact, address=contact.email) for contact in people], ignore_conflicts=True
    )
    send_report.enqueue(report.pk)


@job(in_transaction=False)
def send_report(pk: int) -> int:
    """Send what has not been sent of a report; returns how many. A recipient is not sent twice what arrived."""
    report = ServiceReport.objects.select_related("customer", "definition").get(pk=pk)
    kept = kept_pdf(report)
    sent = 0
    for mail in ReportMail.objects.filter(report=report, sent_at__isnull=True).select_related("contact"):
        with override(report.language):
            _message(report, mail, kept).send()
        mail.sent_at = moment.now()
        mail.save(update_fields=["sent_at"])
        sent += 1
    return sent


def _message(report: ServiceReport, mail: ReportMail, kept: Attachment) -> EmailMessage:
    subject = _("Service report %(number)s for %(period)s") % {"number": report.number, "period": report.span.label}
    lines = [
        _("Dear %(name)s,") % {"name": mail.contact.name},
        _("the service report for %(period)s is attached.") % {"period": report.span.label},
        report.summary,
        _("To sign it, or to say why not, open:"),
        link_of(report, mail.contact),
        _("SHA-256 of the PDF: %(hash)s") % {"hash": kept.sha256},
    ]
    message = EmailMessage(" ".join(subject.split()), "\n\n".join(filter(None, lines)), None, [mail.address])
    with default_storage.open(kept.path) as stored:
        message.attach(kept.name, stored.read(), "application/pdf")
    return message


def token_of(report: ServiceReport, contact: Contact) -> str:
    """Return the signed text of a link: bound to the report as it was delivered and to its recipient."""
    return signing.dumps([report.pk, contact.pk, report.content_hash[:16]], salt=SALT)


def link_of(report: ServiceReport, contact: Contact) -> str:
    """Return the whole address at which a recipient signs."""
    return f"{settings.PUBLIC_URL}/service-reports/{token_of(report, contact)}/"


def opened_by(token: str) -> tuple[ServiceReport, Contact] | None:
    """Return the report and the recipient of a link; None when it was altered, is too old, or nobody's any more."""
    try:
        pk, contact_pk, stamp = signing.loads(token, salt=SALT, max_age=LIFETIME)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    report = ServiceReport.objects.current().select_related("customer", "contract", "definition").filter(pk=pk).first()
    if report is None or not report.frozen or report.content_hash[:16] != stamp:
        return None
    contact = report.definition.recipients.filter(pk=contact_pk, archived_at__isnull=True).first()
    return (report, contact) if contact is not None and contact.customer_id == report.customer_id else None


@dataclass(frozen=True)
class Recipient(Actor):
    """Whoever holds a recipient's link: may answer for reports to the customer and do nothing else."""

    contact_id: int | None = None


def recipient(contact: Contact, name: str, address: str) -> Recipient:
    """Return the actor of a recipient's link, who signs with a name."""
    return Recipient(
        user=contact.user, label=name or contact.name, customers=frozenset({contact.customer_id}), via=BY_LINK,
        grants=tuple(Grant(REPORT, action, Reach.CUSTOMER) for action in ("view", "sign", "refuse")),
        address=address, external=True, contact_id=contact.pk,
    )  # fmt: skip
