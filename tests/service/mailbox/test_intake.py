"""What becomes of a message: strangers wait for a decision, files are kept within limits, nothing is lost or altered."""

from __future__ import annotations

import base64

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import override_settings

from opscharter.customers.models import Contact
from opscharter.kernel.access.actor import Actor, Grant, system_actor
from opscharter.kernel.controls.registry import CHECKS
from opscharter.kernel.errors import Refused
from opscharter.kernel.files.models import Attachment
from opscharter.kernel.notices.models import Notice
from opscharter.kernel.timeline.entries import entries_of
from opscharter.service.mailbox import intake
from opscharter.service.mailbox.intake import keep, process
from opscharter.service.mailbox.models import MailMessage, OutgoingMail, RawMail
from opscharter.service.mailbox.opening import ticket_of
from opscharter.service.mailbox.tasks import messages_to_decide
from opscharter.service.tickets.models import Incident
from tests.service.mailbox.conftest import later, post

pytestmark = pytest.mark.django_db
DESK = Actor(label="desk", grants=tuple(
    Grant(kind, action, "all") for kind in ("service.mailmessage", "service.incident", "customers.contact", "customers.customer")
    for action in ("view", "create", "edit", "comment", "accept", "discard", "examine-again")
))  # fmt: skip


def with_file(write, name="plan.pdf", content=b"%PDF-1.7 x", kind="application/pdf", sender="anna@east.example"):
    encoded = base64.b64encode(content).decode()
    text = (
        "--b\r\nContent-Type: text/plain\r\n\r\nSee the file.\r\n--b\r\n"
        f'Content-Type: {kind}\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: attachment; filename="{name}"\r\n\r\n'
        f"{encoded}\r\n--b--"
    )
    return write(sender=sender, text=text, content_type="multipart/mixed; boundary=b")


def test_a_message_is_kept_before_it_is_read_and_its_bytes_cannot_be_altered(mailbox, write):
    content = write()
    message = keep(content, mailbox=mailbox)
    assert message.state == "RECEIVED"
    assert bytes(message.raw.content) == content
    for statement in ("UPDATE service_rawmail SET size = 0", "DELETE FROM service_rawmail"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_a_message_that_cannot_be_processed_waits_for_somebody_and_can_be_examined_again(
    anna, mailbox, write, monkeypatch
):
    message = keep(write(), mailbox=mailbox)
    with monkeypatch.context() as patch:
        patch.setattr(intake, "nature_of", lambda *given, **more: 1 / 0)
        assert process(message.pk).why == "trouble"
    message.refresh_from_db()
    assert (message.state, message.detail, message.subject) == ("QUARANTINED", "ZeroDivisionError", "Cannot sign in")
    message.move("examine-again", DESK)
    assert process(message.pk).why == "new"


def test_a_message_stays_as_it_is_while_the_database_is_away(mailbox, write, monkeypatch):
    message = keep(write(), mailbox=mailbox)

    def away(*given, **more):
        raise DatabaseError("gone")

    monkeypatch.setattr(intake, "nature_of", away)
    with pytest.raises(DatabaseError):
        process(message.pk)
    message.refresh_from_db()
    assert message.state == "RECEIVED"


def test_a_stranger_waits_for_a_decision_and_is_told_nothing(anna, head, take, write):
    message = take(write(sender="Max <max@east.example>"))
    assert (message.state, message.why) == ("QUARANTINED", "unknown-sender")
    assert post() == 0
    assert Notice.objects.filter(user=head.user, type="service.mail-waits").count() == 1
    assert [task.clause for task in messages_to_decide(DESK)] == ["3.1.1"]
    take(write(sender="Max <max@east.example>", subject="again"))
    assert Notice.objects.filter(type="service.mail-waits").count() == 1  # once an hour
    with later(hours=2):
        take(write(sender="Max <max@east.example>", subject="once more"))
    assert Notice.objects.filter(type="service.mail-waits").count() == 2


def test_somebody_makes_a_ticket_of_a_strangers_message_and_remembers_the_sender(anna, take, write):
    message = take(write(sender="Max Weber <max@east.example>"))
    with pytest.raises(Refused):
        message.move("accept", DESK, customer=anna.customer, contact=anna, make_contact=True)
    message.move("accept", DESK, customer=anna.customer, make_contact=True)
    ticket = ticket_of(message)
    known = Contact.objects.get(email="max@east.example")
    assert (known.name, known.customer_id, ticket.contact_id) == ("Max Weber", anna.customer_id, known.pk)
    assert OutgoingMail.objects.get().to_address == "max@east.example"
    assert take(write(sender="Max Weber <max@east.example>", subject="second")).why == "new"
    assert messages_to_decide(DESK) == []


def test_a_stranger_whose_message_was_taken_in_may_answer_the_ticket(anna, take, write):
    message = take(write(sender="max@else.example"))
    message.move("accept", DESK, customer=anna.customer)
    post()
    sent = OutgoingMail.objects.get()
    answer = take(write(sender="max@else.example", in_reply_to=f"<{sent.message_id}>", text="Thanks."))
    assert (answer.why, answer.ticket_id) == ("reply", message.ticket_id)
    other = take(write(sender="eve@else.example", in_reply_to=f"<{sent.message_id}>", text="Me too."))
    assert other.state == "QUARANTINED"


def test_a_message_joins_only_an_open_ticket_of_the_customer(anna, bob, take, write):
    ticket = ticket_of(take(write()))
    message = take(write(sender="max@else.example", text="More about it."))
    with pytest.raises(Refused) as refused:
        message.move("accept", DESK, customer=bob.customer, join=ticket.number)
    assert refused.value.reasons[0].control == "mail.sender-placed"
    message.move("accept", DESK, customer=anna.customer, join=ticket.number)
    assert message.ticket_number == ticket.number
    assert entries_of(ticket).filter(kind="comment", text="More about it.").count() == 1


def test_refusing_a_message_needs_a_reason_and_keeps_it(anna, take, write):
    message = take(write(sender="max@else.example"))
    with pytest.raises(Refused):
        message.move("discard", DESK)
    message.move("discard", DESK, reason="advertisement")
    assert (message.state, message.why, message.detail) == ("REFUSED", "discarded", "advertisement")
    assert RawMail.objects.count() == 1


def test_a_sender_known_at_two_customers_is_placed_by_the_thread_else_by_somebody(anna, bob, take, write):
    Contact(customer=bob.customer, name="Anna", email="ANNA@east.example").save_as(system_actor())
    message = take(write())
    assert message.why == "ambiguous-sender"
    message.move("accept", DESK, customer=anna.customer, contact=anna)
    sent = OutgoingMail.objects.get()
    assert take(write(in_reply_to=f"<{sent.message_id}>", text="More.")).ticket_id == message.ticket_id


def test_a_mailbox_of_one_customer_takes_in_its_strangers(anna, bob, mailbox, take, write):
    mailbox.customer = anna.customer
    mailbox.save_as(system_actor())
    message = take(write(sender="new@east.example"))
    assert (message.why, message.customer_id, message.contact_id) == ("new", anna.customer_id, None)
    assert ticket_of(message).reported_by == "<new@east.example>"
    assert take(write(sender=bob.email, subject="of b")).customer_id == bob.customer_id


def test_files_are_kept_with_the_ticket_and_the_customer_sees_them(anna, take, write):
    message = take(with_file(write))
    kept = Attachment.objects.get()
    assert (kept.record_id, kept.name, kept.visibility) == (message.ticket_id, "plan.pdf", "customer")
    assert message.files == 1


@pytest.mark.parametrize(
    ("name", "content"), [("x.exe", b"MZ1"), ("a.pdf", b"no pdf"), ("empty.txt", b""), ("p.html", b"<p>")]
)
def test_a_file_that_may_not_be_attached_is_left_out_and_the_ticket_says_so(anna, take, write, name, content):
    message = take(with_file(write, name, content))
    assert message.state == "TAKEN_IN"
    assert not Attachment.objects.exists()
    told = entries_of(ticket_of(message)).get(verb="mail-file-left-out")
    assert told.data["name"] == name


def test_a_message_that_is_too_large_is_refused_with_the_reason(mailbox, write):
    with override_settings(MAX_MAIL_BYTES=50):
        message = process(keep(write(), mailbox=mailbox).pk)
    assert (message.state, message.why) == ("REFUSED", "too-large")
    assert len(bytes(message.raw.content)) == 50
    assert message.size > 50


def test_a_mail_without_sender_or_marked_as_spam_waits(anna, take, write):
    assert take(write(sender="nobody at all")).why == "no-sender"
    assert take(write(x_spam_flag="YES")).why == "spam"


def test_a_flood_of_one_sender_waits_for_a_decision(anna, take, write):
    outcomes = [take(write(subject=f"matter {n}", text=f"{n}")).why for n in range(intake.MOST_OF_ONE_SENDER + 2)]
    assert outcomes[-2:] == ["too-many", "too-many"]
    assert Incident.objects.count() == intake.MOST_OF_ONE_SENDER
    assert OutgoingMail.objects.count() == 3  # however much comes, so many acknowledgements go to one address


def test_the_same_matter_written_twice_in_a_moment_is_one_ticket(anna, take, write):
    first = take(write(text="It fails."))
    second = take(write(text="And by the way: since Monday."))
    assert (second.why, second.ticket_id) == ("reply", first.ticket_id)
    assert take(write(text="It fails.")).why == "repeated"


def test_a_returned_mail_is_marked_and_can_be_sent_again(anna, take, write):
    take(write())
    post()
    sent = OutgoingMail.objects.get()
    report = (
        "--b\r\nContent-Type: text/plain\r\n\r\nfailed\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n"
        f"Reporting-MTA: dns; x\r\n\r\nFinal-Recipient: rfc822; {anna.email}\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n"
        f"--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: <{sent.message_id}>\r\n\r\n--b--"
    )
    message = take(write(sender="MAILER-DAEMON@east.example", subject="Undelivered", text=report,
                         content_type="multipart/report; report-type=delivery-status; boundary=b"))  # fmt: skip
    sent.refresh_from_db()
    assert (message.state, message.why, message.detail) == ("SILENCED", "bounce", anna.email)
    assert message.ticket_id == sent.ticket_id
    assert sent.state == "RETURNED"
    sent.move("send-again", system_actor())
    assert post() == 1


def test_no_message_is_lost_is_measured_on_every_message(mailbox, anna, take, write):
    check = CHECKS["mail.has-outcome"]
    take(write())
    lost = keep(write(subject="lost"), mailbox=mailbox)

    def exceptions():
        measure = check.measures({"minutes": 10, "target": 100})[0]
        return list(measure.records.filter(measure.exception).values_list("pk", flat=True))

    assert exceptions() == []
    with later(minutes=11):
        assert exceptions() == [lost.pk]


def test_a_message_without_mailbox_finds_its_own_by_the_address(anna, mailbox, take, write):
    assert take(write(), mailbox=None).mailbox_id == mailbox.pk


def test_a_contact_never_sees_mail_messages(anna, take, write):
    take(write())
    contact = Actor(label="Anna", external=True, customers=frozenset({anna.customer_id}),
                    grants=(Grant("service.incident", "view", "customer"),))  # fmt: skip
    assert not MailMessage.objects.visible_to(contact).exists()
    assert Incident.objects.visible_to(contact).count() == 1
