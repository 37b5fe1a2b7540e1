"""Files in a chat: both ends, within the rules of all files, never across customers, carried into the ticket."""

from __future__ import annotations

import base64

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from opscharter.customers.models import Customer
from opscharter.kernel import moment
from opscharter.kernel.access.actor import Actor, actor_for, system_actor
from opscharter.kernel.api.tokens import issue
from opscharter.kernel.audit.models import AuditEntry
from opscharter.kernel.files.models import Attachment
from opscharter.kernel.timeline.entries import entries_of
from opscharter.service.chat import conversation, doors
from opscharter.service.chat.conversation import say
from opscharter.service.chat.filing import make_ticket
from opscharter.service.chat.models import Chat, ChatMessage
from tests.service.chat.conftest import OPEN_AT

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _on_a_tuesday_at_ten():
    with moment.at(OPEN_AT):
        yield


def browser(user=None):
    client = Client(headers={"accept-language": "en"})
    if user is not None:
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def picture(name="screen.txt", content=b"what I see"):
    return SimpleUploadedFile(name, content)


@pytest.fixture
def talking(chat, agent):
    """Return a chat that the agent has taken."""
    return chat.move("take", agent)


def test_both_ends_send_and_fetch_files(talking, contact, agent):
    he, wang = browser(contact.user), browser(agent.user)
    assert he.post(f"/chat/{talking.pk}/talk/", {"text": "", "key": "f1", "file": picture()}).status_code == 200
    assert wang.post(f"/service/chats/{talking.pk}/talk/", {"text": "try this", "file": picture("fix.txt", b"do")})
    sent, answered = Attachment.objects.order_by("pk")
    assert f"/files/{sent.pk}/" in wang.get(f"/service/chats/{talking.pk}/talk/?after=0").json()["html"]
    assert b"".join(wang.get(f"/files/{sent.pk}/").streaming_content) == b"what I see"
    news = he.get(f"/chat/{talking.pk}/talk/?after=0").json()["html"]
    assert f"/chat/{talking.pk}/files/{answered.pk}/" in news
    page = he.get(f"/chat/{talking.pk}/files/{answered.pk}/")
    assert b"".join(page.streaming_content) == b"do"
    assert page.headers["Content-Disposition"].startswith("attachment")
    assert AuditEntry.objects.filter(action="download", record_id=talking.pk).count() == 2


def test_sent_twice_under_one_key_a_file_is_kept_once(talking, contact):
    he = browser(contact.user)
    for _try in range(2):
        he.post(f"/chat/{talking.pk}/talk/", {"text": "", "key": "f1", "file": picture()})
    assert Attachment.objects.count() == 1


def test_another_customer_or_contact_or_visitor_fetches_none_of_them(talking, contact, enrol, team, desk):
    he = browser(contact.user)
    he.post(f"/chat/{talking.pk}/talk/", {"text": "", "file": picture()})
    pk = Attachment.objects.get().pk
    other = Customer(name="West Bank", team=team).save_as(system_actor())
    stranger, colleague = browser(enrol(other, "Bob").user), browser(enrol(contact.customer, "Cui").user)
    come = {"name": "Zhao", "email": "zhao@x.example", "text": "hello"}
    mine = browser().post(f"/chat/door/{desk.code}/", come).url
    for who in (stranger, colleague):
        assert who.get(f"/chat/{talking.pk}/files/{pk}/").status_code == 404
        assert who.get(f"/files/{pk}/").status_code == 404
    assert browser().get(f"{mine}files/{pk}/").status_code == 404
    own = doors.begin(desk, doors.at_the_door(Actor(user=enrol(other, "Dan").user), "Dan"), "hi",
                      visitor_name="Dan", visitor_email="d@x.example")  # fmt: skip
    assert browser().get(f"/chat/with/{doors.token_of(own)}/files/{pk}/").status_code == 404


def test_a_visitor_sends_and_fetches_by_the_signed_address_only(desk):
    come = {"name": "Zhao", "email": "zhao@x.example", "text": "hello"}
    mine = browser().post(f"/chat/door/{desk.code}/", come).url
    assert browser().post(f"{mine}talk/", {"text": "", "file": picture()}).status_code == 200
    pk = Attachment.objects.get().pk
    assert browser().get(f"{mine}files/{pk}/").status_code == 200
    assert browser().get(f"/files/{pk}/").status_code == 302


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [("run.exe", b"MZ..", "Programs"), ("page.html", b"<b>", "Programs"), ("a.png", b"no png", "not what its name"),
     ("empty.txt", b"", "empty")],
)  # fmt: skip
def test_the_rules_of_all_files_hold_and_the_reason_is_said(talking, contact, name, content, said):
    he = browser(contact.user)
    answer = he.post(f"/chat/{talking.pk}/talk/", {"text": "look", "file": picture(name, content)})
    assert answer.status_code == 409
    assert said in answer.json()["problem"]
    assert ChatMessage.objects.filter(text="look").count() == 0


def test_too_large_and_too_many_are_refused(talking, contact, monkeypatch):
    monkeypatch.setattr(conversation, "LARGEST", 4)
    monkeypatch.setattr(conversation, "MOST_FILES", 1)
    he = browser(contact.user)
    assert he.post(f"/chat/{talking.pk}/talk/", {"file": picture(content=b"12345")}).status_code == 409
    assert he.post(f"/chat/{talking.pk}/talk/", {"file": picture(content=b"1234")}).status_code == 200
    assert "at most 1" in he.post(f"/chat/{talking.pk}/talk/", {"file": picture(content=b"1")}).json()["problem"]


def test_a_file_of_a_note_stays_in_the_house_by_every_way(talking, contact, agent):
    say(talking, agent, "between us", note=True, uploaded=picture("inside.txt"))
    kept = Attachment.objects.get()
    he = browser(contact.user)
    assert kept.visibility == "internal"
    assert "inside.txt" not in he.get(f"/chat/{talking.pk}/talk/?after=0").json()["html"]
    assert he.get(f"/chat/{talking.pk}/files/{kept.pk}/").status_code == 404
    assert he.get(f"/files/{kept.pk}/").status_code == 404


def test_the_ticket_gets_the_files_with_what_each_may_see(talking, contact, agent, guest):
    say(talking, doors.at_the_door(guest, contact.name), "see", uploaded=picture("seen.txt"))
    say(talking, agent, "hm", note=True, uploaded=picture("inside.txt"))
    ticket = make_ticket(talking, "request", agent)
    say(Chat.objects.get(pk=talking.pk), agent, "and this", uploaded=picture("later.txt"))
    files = Attachment.objects.filter(record_type="service.servicerequest", record_id=ticket.pk).order_by("pk")
    assert [(each.name, each.visibility) for each in files] == [
        ("seen.txt", "customer"), ("inside.txt", "internal"), ("later.txt", "customer"),
    ]  # fmt: skip
    assert "📎 later.txt" in entries_of(ticket).filter(text__startswith="and this").get().text
    he = browser(contact.user)
    assert [he.get(f"/files/{each.pk}/").status_code for each in files] == [200, 404, 200]


def api(user):
    return Client(headers={"authorization": f"Bearer {issue(actor_for(user), 'test', days=1)[1]}"})


def test_the_api_reads_and_says_at_both_ends_with_files(talking, contact, agent):
    he, wang, place = api(contact.user), api(agent.user), f"/api/v1/service/chats/{talking.pk}"
    body = {"text": "by api", "file_name": "log.txt", "file_content": base64.b64encode(b"trace").decode()}
    said = he.post(f"{place}/say/", body, content_type="application/json")
    assert said.status_code == 201, said.content
    assert (said.json()["side"], said.json()["file_name"]) == ("customer", "log.txt")
    assert (
        wang.post(f"{place}/say/", {"text": "hush", "note": True}, content_type="application/json").status_code == 201
    )
    assert [line["text"] for line in wang.get(f"{place}/messages/?after=1").json()][-2:] == ["by api", "hush"]
    assert "hush" not in he.get(f"{place}/messages/").content.decode()
    assert b"".join(wang.get(f"{place}/files/{said.json()['file']}/").streaming_content) == b"trace"
    assert (
        he.post(f"{place}/say/", {"text": "x", "file_content": "?"}, content_type="application/json").status_code == 400
    )
    assert AuditEntry.objects.filter(action="chat", via="api", record_id=talking.pk).count() == 2


def test_the_api_shows_a_contact_no_chat_of_somebody_else(talking, contact, enrol, team):
    other = Customer(name="West Bank", team=team).save_as(system_actor())
    for who in (enrol(other, "Bob"), enrol(contact.customer, "Cui")):
        client, place = api(who.user), f"/api/v1/service/chats/{talking.pk}"
        assert client.get(f"{place}/messages/").status_code == 404
        assert client.post(f"{place}/say/", {"text": "x"}, content_type="application/json").status_code == 404
