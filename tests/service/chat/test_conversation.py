"""A chat from the queue to its ticket: each message once, in one order; what was asked is never lost."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError

from opscharter.kernel import moment
from opscharter.kernel.access.actor import actor_for
from opscharter.kernel.errors import NotPermitted, Refused
from opscharter.kernel.live.channels import channel_of, numbers_of
from opscharter.kernel.notices.models import Notice
from opscharter.kernel.timeline.entries import entries_of
from opscharter.service.chat import doors
from opscharter.service.chat.conversation import say
from opscharter.service.chat.effects import DESK
from opscharter.service.chat.filing import join_ticket, make_ticket
from opscharter.service.chat.lifecycle import State
from opscharter.service.chat.models import Chat, ChatThread
from opscharter.service.tickets.models import Incident, ServiceRequest
from tests.service.chat.conftest import CLOSED_AT, OPEN_AT

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _on_a_tuesday_at_ten():
    with moment.at(OPEN_AT):
        yield


def later(seconds):
    return moment.at(OPEN_AT + dt.timedelta(seconds=seconds))


def spoken(chat):
    return [(m.seq, m.side, m.text) for m in chat.messages.exclude(side="event").order_by("seq")]


def test_it_waits_is_taken_and_answered_and_the_seconds_count(chat, agent, guest):
    assert (chat.state, doors.place_in_queue(chat)) == (State.WAITING, 1)
    chat.move("take", agent)
    with later(42):
        say(chat, agent, "Good morning, let me look.")
    with later(90):
        say(chat, agent, "Found it.")
    chat.refresh_from_db()
    assert (chat.state, chat.answer_seconds, chat.answered_in_time) == (State.ACTIVE, 42, True)
    assert [side for _seq, side, _text in spoken(chat)] == ["customer", "agent", "agent"]


def test_a_message_sent_again_under_its_key_is_there_once(chat, agent, guest):
    chat.move("take", agent)
    first = say(chat, agent, "On it.", key="k1")
    again = say(chat, agent, "On it.", key="k1")
    assert first.pk == again.pk
    assert [text for _seq, _side, text in spoken(chat)].count("On it.") == 1
    begun = doors.begin(chat.desk, guest, "twice", key="k2", contact=chat.contact)
    assert begun.pk == chat.pk, "one contact has one live chat; the text goes into it"
    doors.begin(chat.desk, guest, "twice", key="k2", contact=chat.contact)
    assert [text for _seq, _side, text in spoken(chat)].count("twice") == 1


def test_numbers_have_no_gap_and_every_message_wakes_both_ends(chat, agent, guest):
    chat.move("take", agent)
    before = numbers_of([channel_of(chat), DESK])
    say(chat, agent, "one")
    say(chat, doors.at_the_door(guest, "He"), "two")
    after = numbers_of([channel_of(chat), DESK])
    assert all(after[name] >= before[name] + 2 for name in before)
    assert list(chat.messages.order_by("seq").values_list("seq", flat=True)) == [1, 2, 3, 4]
    assert ChatThread.objects.get(chat=chat).last_seq == 4


def test_only_who_has_the_chat_speaks_to_the_customer_colleagues_write_notes(chat, agent, hire):
    chat.move("take", agent)
    colleague = actor_for(hire("Chen Zhiyuan", "technical-support").user)
    with pytest.raises(Refused, match="Wang Yating"):
        say(chat, colleague, "Hello")
    say(chat, colleague, "Ask for the log.", note=True)
    assert spoken(chat)[-1][1] == "note"
    chat.refresh_from_db()
    chat.move("pass-on", agent, agent=hire("Li Na"))
    with pytest.raises(Refused):
        say(chat, agent, "one more thing")


def test_nothing_and_too_much_are_refused(chat, agent):
    chat.move("take", agent)
    for text in ("  ", "x" * 4001):
        with pytest.raises(ValidationError):
            say(chat, agent, text)


def test_handed_over_the_colleague_is_told_and_the_customer_reads_who_goes_on(chat, agent, hire):
    chat.move("take", agent)
    colleague = hire("Chen Zhiyuan", "technical-support")
    chat.move("pass-on", agent, agent=colleague)
    assert Notice.objects.filter(user=colleague.user, type="service.chat-passed").count() == 1
    assert chat.messages.filter(side="event", who="Chen Zhiyuan", text="passed").exists()


def test_put_back_it_keeps_its_old_place_in_the_queue(chat, agent, enrol, customer, desk):
    chat.move("take", agent)
    with later(30):
        other = enrol(customer, "Second Person")
        second = doors.begin(desk, doors.at_the_door(agent, "x"), "me too", contact=other)
        chat.move("put-back", agent, reason="another site")
        assert (doors.place_in_queue(chat), doors.place_in_queue(second)) == (1, 2)
        assert chat.agent is None


def test_it_becomes_a_request_in_one_action_with_all_that_is_known(chat, agent, guest):
    chat.move("take", agent)
    say(chat, agent, "Which site?")
    say(chat, agent, "Probably the certificate.", note=True)
    made = make_ticket(chat, "request", agent)
    assert isinstance(made, ServiceRequest)
    assert (made.customer, made.contact, made.channel) == (chat.customer, chat.contact, "chat")
    assert made.title == "The gateway answers with 502"
    assert made.description == "The gateway answers with 502\nsince nine o'clock"
    told = {entry.text: entry.visibility for entry in entries_of(made).filter(kind="comment")}
    assert told == {
        "The gateway answers with 502\nsince nine o'clock": "customer", "Which site?": "customer",
        "Probably the certificate.": "internal",
    }  # fmt: skip
    chat.refresh_from_db()
    assert (chat.request, chat.outcome) == (made, "ticket")
    say(chat, agent, "You hear from us by e-mail.")
    assert entries_of(made).filter(kind="comment", text="You hear from us by e-mail.").count() == 1
    assert entries_of(made).filter(kind="comment").count() == 4


def test_a_second_ticket_is_refused_and_the_first_is_named(chat, agent):
    chat.move("take", agent)
    made = make_ticket(chat, "incident", agent, urgency=2)
    with pytest.raises(Refused, match=made.number):
        make_ticket(chat, "incident", agent)
    assert Incident.objects.count() == 1


def test_it_joins_a_ticket_of_its_customer_and_of_no_other(chat, agent, incident, enrol, team, calendar):
    from opscharter.customers.models import Customer
    from opscharter.kernel.access.actor import system_actor

    other = Customer(name="West Bank", team=team).save_as(system_actor())
    theirs, ours = incident(customer=other), incident()
    chat.move("take", agent)
    with pytest.raises(ValidationError):
        join_ticket(chat, theirs.number, agent)
    assert not entries_of(theirs).filter(kind="comment").exists()
    join_ticket(chat, ours.number.lower(), agent)
    assert entries_of(ours).filter(kind="comment", visibility="customer").count() == 1


def test_it_does_not_end_before_it_is_said_what_became_of_it(chat, agent):
    chat.move("take", agent)
    with pytest.raises(Refused) as refused:
        chat.move("end", agent)
    assert [(r.control, r.clause) for r in refused.value.reasons] == [("chat.settled", "3.1.2")]
    with pytest.raises(Refused):
        chat.move("end", agent, outcome="ticket")
    chat.move("end", agent, outcome="answered", note="told the way")
    assert chat.state == State.ENDED


def test_the_customer_leaves_and_rates_once(chat, agent, guest):
    chat.move("take", agent)
    door = doors.at_the_door(guest, "He")
    chat.move("hang-up", door)
    assert chat.state == State.LEFT
    with pytest.raises(Refused):
        say(chat, door, "still here?")
    chat.move("rate", door, rating=5, rating_text="quick")
    with pytest.raises(Refused):
        chat.move("rate", door, rating=1)
    with pytest.raises(ValidationError):
        Chat(desk=chat.desk, subject="x", visitor_name="V", rating=6).save_as(door)


def test_outside_the_opening_hours_it_is_a_message_and_says_when_the_desk_opens(desk, contact, guest):
    with moment.at(CLOSED_AT):
        assert doors.opens_at(desk) == dt.datetime(2025, 10, 15, 1, 0, tzinfo=dt.UTC)
        left = doors.begin(desk, guest, "Please call me", contact=contact)
    assert left.state == State.MESSAGE


def test_nobody_but_somebody_of_the_house_takes_a_chat(chat, guest, system):
    with pytest.raises(NotPermitted):
        chat.move("take", guest)
    with pytest.raises(Refused, match="works here"):
        chat.move("take", system)
