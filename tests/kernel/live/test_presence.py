"""Two people with one record open see each other; who is gone is not shown, and outsiders neither see nor are seen."""

import datetime as dt

import pytest
from django.test import Client
from django.utils import timezone

from opscharter.kernel.live.channels import LIFETIME, Pass, numbers_of, read_pass, touch
from opscharter.kernel.live.models import Presence
from opscharter.kernel.live.presence import BEAT, GONE, Doing, be_here, leave, who_is_at

pytestmark = pytest.mark.django_db
CHANNEL = "service.incident:7"


def pass_of(person, label):
    return Pass((CHANNEL,), person, label).sign()


def say(signed, doing):
    return Client(enforce_csrf_checks=True).post("/live/", {"pass": signed, "doing": doing})


def age(person, by):
    Presence.objects.filter(person=person).update(seen_at=timezone.now() - by)


def test_each_sees_the_other_and_what_they_do_and_not_oneself():
    li, wang = pass_of("u1", "Li Min"), pass_of("u2", "Wang Wei")
    assert say(li, "views").json()["people"] == []
    seen = say(wang, "edits").json()["people"]
    assert [(each["who"], each["doing"]) for each in seen] == [("Li Min", "views")]
    seen = say(li, "views").json()["people"]
    assert [(each["who"], each["doing"]) for each in seen] == [("Wang Wei", "edits")]
    assert all(each["told"] for each in seen)


def test_an_outsider_learns_who_writes_and_not_who_looks_on():
    be_here(CHANNEL, "u1", "Li Min", Doing.VIEWS)
    be_here(CHANNEL, "u2", "Wang Wei", Doing.WRITES)
    seen = say(Pass((CHANNEL,), "v1", "Visitor", quiet=True).sign(), "views").json()["people"]
    assert [each["who"] for each in seen] == ["Wang Wei"]


def test_one_is_merely_there_at_the_further_channels_of_a_page():
    say(Pass((CHANNEL, "desk"), "u1", "Li Min").sign(), "writes")
    assert [each.doing for each in who_is_at("desk")] == [Doing.VIEWS]


def test_who_closed_the_page_or_was_not_heard_of_is_gone():
    for person in ("u1", "u2", "u3"):
        be_here(CHANNEL, person, person, Doing.VIEWS)
    leave(CHANNEL, "u1")
    age("u2", GONE + dt.timedelta(seconds=1))
    assert [each.person for each in who_is_at(CHANNEL)] == ["u3"]


def test_who_goes_from_one_page_to_the_next_stays_though_word_of_the_closed_one_comes_last():
    be_here(CHANNEL, "u1", "Li Min", Doing.VIEWS, page="first")
    be_here(CHANNEL, "u1", "Li Min", Doing.EDITS, page="second")
    leave(CHANNEL, "u1", page="first")
    assert [each.doing for each in who_is_at(CHANNEL)] == [Doing.EDITS]
    leave(CHANNEL, "u1", page="second")
    assert not who_is_at(CHANNEL)


def test_a_beat_that_is_no_news_wakes_nobody_and_writes_nothing_when_it_comes_too_soon():
    be_here(CHANNEL, "u1", "Li Min", Doing.VIEWS)
    stands = numbers_of([CHANNEL])[CHANNEL]
    seen = Presence.objects.get().seen_at
    assert not be_here(CHANNEL, "u1", "Li Min", Doing.VIEWS)
    assert Presence.objects.get().seen_at == seen
    age("u1", BEAT)
    assert not be_here(CHANNEL, "u1", "Li Min", Doing.VIEWS)
    assert Presence.objects.get().seen_at > timezone.now() - BEAT
    assert numbers_of([CHANNEL])[CHANNEL] == stands
    assert be_here(CHANNEL, "u1", "Li Min", Doing.WRITES), "what they do is news"
    assert numbers_of([CHANNEL])[CHANNEL] == stands + 1


def test_rows_of_yesterday_are_swept_when_somebody_comes():
    be_here(CHANNEL, "u1", "Li Min", Doing.VIEWS)
    age("u1", dt.timedelta(days=2))
    be_here(CHANNEL, "u2", "Wang Wei", Doing.VIEWS)
    assert list(Presence.objects.values_list("person", flat=True)) == ["u2"]


def test_an_altered_or_an_old_pass_opens_nothing(monkeypatch):
    signed = pass_of("u1", "Li Min")
    assert say(signed[:-2] + "xx", "views").status_code == 403
    assert Client().get("/live/", {"pass": "x"}).status_code == 403
    now = timezone.now().timestamp()
    monkeypatch.setattr("django.core.signing.time.time", lambda: now + LIFETIME.total_seconds() + 5)
    assert read_pass(signed) is None
    assert not Presence.objects.exists()


def test_a_pass_without_a_person_follows_but_is_not_there():
    signed = Pass((CHANNEL,)).sign()
    touch(CHANNEL)
    assert Client().get("/live/", {"pass": signed}).json()["numbers"] == {CHANNEL: 1}
    assert say(signed, "views").status_code == 403


def test_where_no_stream_is_kept_the_browser_is_told_where_things_stand_and_asks_again():
    signed = Pass((CHANNEL, "other")).sign()
    touch(CHANNEL, CHANNEL)
    answer = Client().get("/live/", {"pass": signed}, headers={"accept": "text/event-stream"})
    assert answer.headers["Content-Type"] == "text/event-stream"
    assert answer.content.decode() == f'retry: 5000\ndata: {{"{CHANNEL}": 2, "other": 0}}\n\n'
