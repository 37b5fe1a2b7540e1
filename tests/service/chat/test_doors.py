"""Whoever comes sees the own chat and no other: contacts, visitors, agents of other teams."""

import pytest
from django.test import Client

from opscharter.customers.models import Customer
from opscharter.kernel import moment
from opscharter.kernel.access.actor import actor_for, system_actor
from opscharter.kernel.search.find import find
from opscharter.service.chat import doors
from opscharter.service.chat.conversation import say
from opscharter.service.chat.filing import make_ticket
from opscharter.service.chat.lifecycle import State
from opscharter.service.chat.models import Chat
from opscharter.service.tickets.models import ServiceRequest
from tests.service.chat.conftest import CLOSED_AT, OPEN_AT

pytestmark = pytest.mark.django_db
VISITOR = {"name": "Zhao", "email": "Zhao@East.example", "text": "Do you serve Suzhou?"}


@pytest.fixture(autouse=True)
def _on_a_tuesday_at_ten():
    with moment.at(OPEN_AT):
        yield


def browser(user=None):
    client = Client(headers={"accept-language": "en"})
    if user is not None:
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def come(client, desk, **given):
    return client.post(f"/chat/door/{desk.code}/", {**VISITOR, **given})


def test_a_contact_begins_talks_leaves_and_rates_in_the_portal(desk, contact, agent):
    he, wang = browser(contact.user), browser(agent.user)
    begun = he.post("/chat/", {"text": "Printer on fire", "key": "a1"})
    chat = Chat.objects.get()
    assert begun.url == f"/chat/{chat.pk}/"
    assert "number 1 in the queue" in he.get(begun.url).content.decode()
    wang.post(f"/service/chats/{chat.pk}/moves/take/")
    assert wang.post(f"/service/chats/{chat.pk}/talk/", {"text": "On my way", "key": "b1"}).status_code == 200
    news = he.get(f"{begun.url}talk/?after=1").json()
    assert "On my way" in news["html"]
    assert news["mark"].startswith("ACTIVE:")
    he.post(f"{begun.url}leave/")
    he.post(f"{begun.url}rate/", {"rating": "4", "text": "thanks"})
    he.post(f"{begun.url}rate/", {"rating": "1"})
    chat.refresh_from_db()
    assert (chat.state, chat.rating) == (State.LEFT, 4)


def test_notes_of_the_house_never_reach_the_customer(chat, agent, contact):
    chat.move("take", agent)
    say(chat, agent, "they never pay", note=True)
    he = browser(contact.user)
    assert "never pay" not in he.get(f"/chat/{chat.pk}/").content.decode()
    assert "never pay" not in he.get(f"/chat/{chat.pk}/talk/?after=0").content.decode()


def test_another_customers_contact_and_a_colleague_at_the_same_one_find_no_trace(chat, enrol, customer, team, agent):
    west = Customer(name="West Bank", team=team).save_as(system_actor())
    make_ticket(chat.move("take", agent), "request", agent)
    for other in (enrol(west, "West Person"), enrol(customer, "Colleague There")):
        client, actor = browser(other.user), actor_for(other.user)
        for address in (f"/chat/{chat.pk}/", f"/chat/{chat.pk}/talk/", f"/service/chats/{chat.pk}/",
                        f"/service/chats/{chat.pk}/talk/", f"/api/v1/service/chats/{chat.pk}/"):  # fmt: skip
            assert client.get(address).status_code == 404, address
        for address in (f"/chat/{chat.pk}/talk/", f"/chat/{chat.pk}/leave/", f"/service/chats/{chat.pk}/talk/",
                        f"/service/chats/{chat.pk}/ticket/", f"/service/chats/{chat.pk}/moves/rate/"):  # fmt: skip
            assert client.post(address, {"text": "x", "kind": "request", "rating": "1"}).status_code == 404, address
        assert client.get("/service/chat-desk/").status_code == 404
        assert not any(hit.record_type == "service.chat" for hit in find(actor, chat.number))


def test_staff_have_no_customers_door_and_visitors_no_portal(agent, desk):
    assert browser(agent.user).get("/chat/").status_code == 404
    assert browser().get("/chat/").status_code == 302


def test_a_visitor_comes_by_name_and_returns_by_the_signed_address_only(desk, agent):
    stranger = browser()
    begun = come(stranger, desk)
    chat = Chat.objects.get()
    assert (chat.visitor_email, chat.customer, chat.address) == ("zhao@east.example", None, "127.0.0.1")
    assert stranger.get(begun.url).status_code == 200
    assert stranger.post(f"{begun.url}talk/", {"text": "Hello?", "key": "z"}).status_code == 200
    token = begun.url.split("/")[3]
    other = token[:-3] + ("aaa" if not token.endswith("aaa") else "bbb")
    assert stranger.get(f"/chat/with/{other}/").status_code == 404
    assert stranger.get(f"/chat/{chat.pk}/").status_code == 302, "that is the portal's address: sign in"
    assert stranger.post(f"{begun.url}file/").status_code == 404


def test_a_token_does_not_open_a_contacts_chat(chat):
    assert doors.chat_of(doors.token_of(chat)) is None
    assert browser().get(f"/chat/with/{doors.token_of(chat)}/").status_code == 404


def test_the_door_is_shut_where_the_desk_does_not_open_it(desk):
    desk.visitors = False
    desk.save_as(system_actor())
    assert browser().get("/chat/door/hotline/").status_code == 404
    assert come(browser(), desk).status_code == 404


def test_a_visitor_who_says_no_name_no_address_or_nothing_is_told_and_keeps_what_was_typed(desk):
    for wrong in ({"name": " "}, {"email": "nowhere"}, {"text": "  "}):
        answer = come(browser(), desk, **wrong)
        assert answer.status_code == 422
        if "text" not in wrong:
            assert "Do you serve Suzhou?" in answer.content.decode()
    assert not Chat.objects.exists()


def test_the_fourth_open_chat_from_one_address_is_refused(desk):
    for number in range(3):
        assert come(browser(), desk, key=f"k{number}").status_code == 302
    assert come(browser(), desk, key="k3").status_code == 429
    assert come(browser(), desk, key="k1").status_code == 302, "the same form sent again is the same chat"
    assert Chat.objects.count() == 3


def test_what_a_visitor_says_stays_in_the_house_even_in_the_ticket_of_whom_they_name(desk, contact, agent):
    come(browser(), desk, email=contact.email)
    chat = Chat.objects.get().move("take", agent)
    made = make_ticket(chat, "request", agent, contact=contact)
    assert made.customer == contact.customer
    he = browser(contact.user)
    assert "Suzhou" not in str(he.get(f"/api/v1/service/requests/{made.pk}/timeline/").content.decode())
    assert he.get(f"/chat/{chat.pk}/").status_code == 404


def test_outside_the_hours_a_contacts_message_is_a_request_at_once_and_sent_twice_it_is_one(desk, contact):
    he = browser(contact.user)
    with moment.at(CLOSED_AT):
        assert "2025-10-15 09:00" in he.get("/chat/").content.decode()
        for _twice in range(2):
            answer = he.post("/chat/", {"text": "New account for Ms Lin", "urgency": "2", "key": "once"})
    made = ServiceRequest.objects.get()
    assert answer.url == f"/service/requests/{made.pk}/"
    assert (made.urgency, made.contact, made.channel) == (2, contact, "chat")
    assert he.get(answer.url).status_code == 200


def test_an_unknown_visitor_can_be_made_a_ticket_only_for_a_customer_the_agent_names(desk, agent):
    come(browser(), desk)
    chat = Chat.objects.get()
    wang = browser(agent.user)
    wang.post(f"/service/chats/{chat.pk}/moves/take/")
    answer = wang.post(f"/service/chats/{chat.pk}/ticket/", {"kind": "request", "title": "Suzhou"}, follow=True)
    assert "Name the customer" in answer.content.decode()
    assert not ServiceRequest.objects.exists()
    chat.refresh_from_db()
    assert chat.ticket is None


def test_who_merely_looks_on_does_not_count_as_having_read(chat, agent, hire):
    chat.move("take", agent)
    looker = hire("Supervisor", "quality-supervisor")
    browser(looker.user).get(f"/service/chats/{chat.pk}/")
    chat.thread.refresh_from_db()
    assert chat.thread.read_by_agent == 0
    browser(agent.user).get(f"/service/chats/{chat.pk}/")
    chat.thread.refresh_from_db()
    assert chat.thread.read_by_agent == 2
