"""Acceptance cases 8 and 9, and what belongs to them: loops end, threads are of their customer, nothing is doubled."""

from __future__ import annotations

import pytest
from django.core import mail as postbox

from opscharter.customers.models import Contact
from opscharter.kernel import moment
from opscharter.kernel.access.actor import Actor, system_actor
from opscharter.kernel.notices.models import Notice
from opscharter.kernel.timeline.entries import entries_of
from opscharter.kernel.timeline.models import TimelineEntry
from opscharter.service.mailbox.models import MailMessage, OutgoingMail, RawMail
from opscharter.service.mailbox.opening import ticket_of
from opscharter.service.mailbox.tokens import token_for
from opscharter.service.tickets.models import Incident, ServiceRequest
from tests.service.conftest import bring_to_work, resolve
from tests.service.mailbox.conftest import later, post

pytestmark = pytest.mark.django_db


def comments(ticket):
    return list(entries_of(ticket).filter(kind=TimelineEntry.Kind.COMMENT).order_by("at", "id"))


@pytest.mark.parametrize("how", ["header", "subject", "bounce", "unmarked"])
def test_thirty_automatic_answers_in_ten_minutes_make_one_ticket_and_one_acknowledgement_and_the_agent_is_told(
    how, anna, head, take, write
):
    first = take(write(subject="Cannot sign in"))
    assert post() == 1
    ours = postbox.outbox[0].extra_headers["Message-ID"]
    machine = {
        "header": {"sender": anna.email, "subject": "Away", "auto_submitted": "auto-replied", "in_reply_to": ours},
        "subject": {"sender": anna.email, "subject": "Automatic reply: Re: Cannot sign in"},
        "bounce": {"sender": "MAILER-DAEMON@east.example", "subject": "Undelivered Mail Returned to Sender",
                   "text": f"could not be delivered\n\nMessage-ID: {ours}\n", "references": ours},
        "unmarked": {"sender": anna.email, "subject": "I am away", "text": "Back in a week.", "message_id": None},
    }[how]  # fmt: skip
    for number in range(30):
        with later(seconds=20 * number + 1):
            text = machine.get("text", f"I am away. {number}")
            message = write(**{**machine, "text": text})
            take(message + (f"X-Number: {number}".encode() if how == "unmarked" else b""))
            post()
    expected = 2 if how == "unmarked" else 1  # nothing marks the first one as a machine's: it is a matter of its own
    assert Incident.objects.count() == expected
    assert len(postbox.outbox) == expected
    told = Notice.objects.filter(user=head.user, type__in=["service.mail-machine", "service.mail-returned"])
    assert told.count() == 1
    ticket = Incident.objects.get(pk=first.ticket_id)
    if how != "unmarked":
        assert entries_of(ticket).filter(verb="mail-silenced").count() == 1
        assert comments(ticket) == []


def test_the_same_message_id_three_times_makes_one_entry(anna, take, write):
    content = write(message_id="<once@east.example>")
    for copy in (content, content, b"Received: by another.example\r\n" + content):
        take(copy)
    assert Incident.objects.count() == 1
    assert RawMail.objects.count() == 2  # the same bytes are kept once, another copy for itself
    states = sorted(MailMessage.objects.values_list("state", flat=True))
    assert states == ["COPY", "TAKEN_IN"]
    assert OutgoingMail.objects.count() == 1


def test_customer_b_with_the_token_of_a_gets_a_new_ticket_and_learns_nothing_of_a(anna, bob, take, write):
    of_a = ticket_of(take(write(subject="Secret migration of the ledger")))
    token = token_for(of_a)
    message = take(write(sender=bob.email, subject=f"Re: my own trouble {token}", text="Printer is broken."))
    post()
    of_b = ticket_of(message)
    assert of_b.pk != of_a.pk
    assert of_b.customer_id == bob.customer_id
    assert comments(of_a) == []
    assert of_a.number not in of_b.title + of_b.description
    to_b = [mail for mail in postbox.outbox if mail.to == [bob.email]]
    assert len(to_b) == 1
    said = to_b[0].subject + to_b[0].body + str(to_b[0].extra_headers)
    assert of_a.number not in said.upper()
    assert "ledger" not in said


def test_customer_b_with_references_to_a_gets_a_new_ticket_too(anna, bob, take, write):
    first = take(write())
    post()
    ours = postbox.outbox[0].extra_headers["Message-ID"]
    message = take(write(sender=bob.email, in_reply_to=f"<{first.message_id}>", references=ours))
    assert message.why == "new"
    assert message.ticket_id != first.ticket_id


@pytest.mark.parametrize("how", ["reference", "own reference", "token", "token in small letters"])
def test_an_answer_of_the_customer_is_an_entry_of_the_ticket(how, anna, take, write):
    first = take(write())
    ticket = ticket_of(first)
    post()
    headers = {
        "reference": {"in_reply_to": postbox.outbox[0].extra_headers["Message-ID"]},
        "own reference": {"references": f"<{first.message_id}>"},
        "token": {"subject": f"Re: what was it {token_for(ticket)}"},
        "token in small letters": {"subject": f"re: what was it {token_for(ticket).lower()}"},
    }[how]
    message = take(write(text="Still broken.\n\n> old words", **headers))
    assert (message.state, message.why, message.ticket_id) == ("TAKEN_IN", "reply", first.ticket_id)
    entry = comments(ticket)[0]
    assert (entry.text, entry.who, entry.visibility) == ("Still broken.", "Anna", "customer")
    assert entry.data["folded"] == "> old words"
    assert Incident.objects.count() == 1
    assert post() == 0  # an answer is not acknowledged


def test_a_token_that_is_not_rightly_signed_leads_nowhere(anna, take, write):
    ticket = ticket_of(take(write()))
    forged = f"[{ticket.number}:AAAAAAAAAA]"
    message = take(write(subject=f"Other {forged}", text="Else."))
    assert message.why == "new"
    assert "AAAAAAAAAA" not in ticket_of(message).title


def test_an_answer_to_a_closed_ticket_opens_one_linked_ticket_and_the_next_answer_goes_there(anna, take, write):
    first = take(write())
    ticket = ticket_of(first)
    bring_to_work(ticket)
    resolve(ticket).move("confirm", system_actor())
    for number in range(3):
        with later(hours=number + 1):
            answer = take(write(subject=f"Re: again {token_for(ticket)}", text=f"It is back, {number}."))
    assert Incident.objects.count() == 2
    following = ticket_of(answer)
    assert answer.why == "reply"
    assert "It is back, 0." in following.description
    assert len(comments(following)) == 2
    linked = entries_of(following).get(verb="linked")
    assert linked.data["number"] == ticket.number
    ticket.refresh_from_db()
    assert ticket.state == "CLOSED"


def test_what_the_team_says_to_the_customer_goes_out_threaded_signed_and_marked(anna, take, write, head):
    first = take(write(subject="無法登入", text="系統無法登入，請協助處理問題。"))
    ticket = ticket_of(first)
    worker = Actor(user=head.user, label="Li Min", system=True)
    ticket.comment_as(worker, "只給內部看")
    ticket.comment_as(worker, "我們正在處理。", visibility="customer")
    assert post() == 2
    acknowledgement, word = postbox.outbox
    assert "已收到" in acknowledgement.body  # in the language the customer wrote
    assert "我們正在處理。" in word.body
    assert "只給內部看" not in word.body + acknowledgement.body
    for mail in postbox.outbox:
        assert mail.to == [anna.email]
        assert token_for(ticket) in mail.subject
        headers = mail.message()
        assert headers["In-Reply-To"] == f"<{first.message_id}>"
        assert headers["References"] == f"<{first.message_id}>"
        assert headers["Auto-Submitted"] in ("auto-replied", "auto-generated")
        assert headers["Message-ID"].endswith("@huarui.example>")
        assert "support@huarui.example" in headers["From"]
    assert len({mail.extra_headers["Message-ID"] for mail in postbox.outbox}) == 2


def test_whoever_wrote_to_a_ticket_that_was_merged_hears_of_the_one_that_goes_on(anna, customer, take, write):
    colleague = Contact(customer=customer, name="Carl", email="carl@east.example").save_as(system_actor())
    kept, merged = ticket_of(take(write())), ticket_of(take(write(sender=colleague.email, subject="same here")))
    merged.move("merge", system_actor(), merged_into=kept)
    post()
    kept.refresh_from_db()
    kept.comment_as(system_actor(), "We are on it.", visibility="customer")
    post()
    assert sorted(mail.to[0] for mail in postbox.outbox if "We are on it." in mail.body) == [
        anna.email,
        colleague.email,
    ]
    answer = take(write(sender=colleague.email, subject=f"Re: {token_for(merged)}", text="Good."))
    assert answer.ticket_id == kept.pk


def test_our_own_mail_that_comes_back_to_us_is_silenced(anna, take, write):
    take(write())
    post()
    answer = postbox.outbox[0].message().as_bytes()
    message = take(answer)
    assert (message.state, message.why) == ("SILENCED", "own")
    assert Incident.objects.count() == 1
    assert post() == 0


def test_a_ticket_that_waits_for_the_customer_goes_on_when_the_answer_comes(anna, take, write):
    ticket = ticket_of(take(write()))
    bring_to_work(ticket).move("wait", system_actor(), waiting_for="customer", reason="Which user?")
    assert OutgoingMail.objects.filter(purpose="step", body__contains="Which user?").count() == 1
    take(write(subject=f"Re: {token_for(ticket)}", text="User 7."))
    ticket.refresh_from_db()
    assert ticket.state == "IN_PROGRESS"


def test_a_mailbox_may_open_service_requests(anna, mailbox, take, write):
    mailbox.opens = "request"
    mailbox.save_as(system_actor())
    take(write())
    request = ServiceRequest.objects.get()
    assert (request.channel, request.customer_id, request.contact_id) == ("email", anna.customer_id, anna.pk)
    assert request.opened_at == moment.now()
