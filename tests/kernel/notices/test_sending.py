"""People are told once of an event, in their language, by the ways and at the hours they want."""

from __future__ import annotations

import datetime as dt
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from django.core import mail
from django.db import connection, transaction
from django.utils.functional import lazy
from django.utils.translation import get_language
from django_tasks_db.models import DBTaskResult

from opscharter.kernel import moment
from opscharter.kernel.notices import sending
from opscharter.kernel.notices.catalogue import TYPES, NoticeType, notice_type
from opscharter.kernel.notices.models import Channel, Delivery, Notice
from opscharter.kernel.notices.sending import deliver_due, send, when_to_send
from opscharter.kernel.users.models import User
from tests.kernel.library import make_paper, office

MORNING = office(2026, 10, 1, 10, 0)
SUBJECTS = {"zh-hant": "%(title)s 已到期", "zh-hans": "%(title)s 已到期（简）", "en": "%(title)s is due"}
in_language = lazy(lambda: SUBJECTS[get_language() or "en"], str)
MakeUser = Callable[..., User]


@pytest.fixture(autouse=True)
def _own_catalogue(monkeypatch: pytest.MonkeyPatch) -> None:
    for code in list(TYPES):
        monkeypatch.delitem(TYPES, code)


@pytest.fixture
def due() -> NoticeType:
    """Return a type of message."""
    return notice_type("library.due", label="Due", subject=in_language(), body="Bring back %(title)s.")


@pytest.fixture
def fire() -> NoticeType:
    """Return an urgent type of message."""
    return notice_type("library.fire", label="Fire", subject="Fire: %(title)s", body="Run.", urgent=True)


@pytest.fixture
def make_user(db: None) -> MakeUser:
    """Return a maker of accounts with channels: `make_user("ann", {"digest": True})`."""

    def make(name: str, *channels: dict[str, Any], language: str = "en", **values: Any) -> User:
        user = User.objects.create_user(name, language=language, **values)
        for channel in channels:
            Channel.objects.create(user=user, **{"kind": "email", "address": f"{name}@example.org", **channel})
        return user

    return make


def deliver(at: dt.datetime) -> int:
    """Send what may go out at a moment; returns how many."""
    with moment.at(at):
        return int(deliver_due.call())


def tell(
    kind: NoticeType, *users: User, key: str = "1", at: dt.datetime = MORNING, title: str = "Emma"
) -> list[Notice]:
    """Tell people of an event."""
    with moment.at(at):
        return send(kind, users, key=key, data={"title": title})


def states() -> list[tuple[str, int, str]]:
    """Return state, tries and error of every delivery."""
    return list(Delivery.objects.order_by("pk").values_list("state", "attempts", "error"))


def test_a_type_is_declared_once(due: NoticeType) -> None:
    with pytest.raises(ValueError, match="twice"):
        notice_type("library.due", label="Due", subject="", body="")


def test_each_person_is_told_once_of_an_event(due: NoticeType, make_user: MakeUser) -> None:
    ann, bob, cid = make_user("ann", {}), make_user("bob", {}), make_user("cid", {})
    assert [notice.user for notice in tell(due, ann, bob, ann)] == [ann, bob]
    assert [notice.user for notice in tell(due, bob, cid)] == [cid]
    assert tell(due, ann, bob, cid) == []
    assert [notice.user for notice in tell(due, ann, key="2")] == [ann]
    assert Notice.objects.count() == Delivery.objects.count() == 4


def test_a_closed_account_is_not_told(due: NoticeType, make_user: MakeUser) -> None:
    assert tell(due, make_user("ann", {}, is_active=False)) == []
    assert not Delivery.objects.exists()


def test_a_notice_remembers_its_record_and_the_moment(due: NoticeType, make_user: MakeUser, system: Any) -> None:
    paper = make_paper(system)
    with moment.at(MORNING):
        (notice,) = send(due, [make_user("ann")], key="1", record=paper, url="/papers/1/", data={"title": paper})
    notice.refresh_from_db()
    assert (notice.record_type, notice.record_id, notice.url) == ("testapp.paper", paper.pk, "/papers/1/")
    assert (notice.created_at, notice.read_at) == (MORNING, None)


def test_a_change_that_is_rolled_back_tells_nobody(due: NoticeType, make_user: MakeUser) -> None:
    ann = make_user("ann", {})
    with suppress(KeyError), transaction.atomic():
        assert tell(due, ann)
        raise KeyError
    assert not Notice.objects.exists()
    assert not Delivery.objects.exists()
    assert not DBTaskResult.objects.exists()
    assert tell(due, ann)
    assert DBTaskResult.objects.get().task_path == deliver_due.module_path


def test_each_is_written_to_in_their_own_language(due: NoticeType, make_user: MakeUser) -> None:
    tell(due, *(make_user(language or "none", {}, language=language) for language in ("zh-hant", "zh-hans", "en", "")))
    assert deliver(MORNING) == 4
    assert {message.to[0].partition("@")[0]: message.subject for message in mail.outbox} == {
        "zh-hant": "Emma 已到期",
        "zh-hans": "Emma 已到期（简）",
        "en": "Emma is due",
        "none": "Emma 已到期",
    }
    assert mail.outbox[2].body == "Emma is due\nBring back Emma."


def test_a_message_goes_only_by_the_ways_that_want_its_type(
    due: NoticeType, fire: NoticeType, make_user: MakeUser
) -> None:
    ann = make_user("ann", {"address": "all@example.org"}, {"address": "fires@example.org", "types": ["library.fire"]},
                    {"address": "off@example.org", "active": False})  # fmt: skip
    tell(due, ann)
    tell(fire, ann)
    deliver(MORNING)
    assert sorted((message.to[0], message.subject) for message in mail.outbox) == [
        ("all@example.org", "Emma is due (+1)"),
        ("fires@example.org", "Fire: Emma"),
    ]


@pytest.mark.parametrize(
    ("quiet", "now", "then"),
    [
        ((None, None), (23, 0), (1, 23, 0)),
        ((22, 7), (21, 59), (1, 21, 59)),
        ((22, 7), (22, 0), (2, 7, 0)),
        ((22, 7), (23, 30), (2, 7, 0)),
        ((22, 7), (0, 10), (1, 7, 0)),
        ((22, 7), (6, 59), (1, 7, 0)),
        ((22, 7), (7, 0), (1, 7, 0)),
        ((12, 14), (11, 59), (1, 11, 59)),
        ((12, 14), (13, 0), (1, 14, 0)),
        ((12, 14), (14, 0), (1, 14, 0)),
        ((9, 9), (9, 0), (1, 9, 0)),
    ],
)
def test_quiet_hours_put_a_message_off_to_their_end(
    due: NoticeType, fire: NoticeType, quiet: tuple[int | None, int | None], now: tuple[int, int], then: Any
) -> None:
    begin, end = (None if hour is None else dt.time(hour) for hour in quiet)
    channel = Channel(user=User(), quiet_from=begin, quiet_to=end)
    at = office(2026, 10, 1, *now)
    assert when_to_send(due, channel, at) == office(2026, 10, *then)
    assert when_to_send(fire, channel, at) == at


@pytest.mark.parametrize(("now", "day"), [((8, 29), 1), ((8, 30), 2), ((17, 0), 2)])
def test_a_digest_leaves_at_half_past_eight(due: NoticeType, fire: NoticeType, now: tuple[int, int], day: int) -> None:
    channel = Channel(user=User(), digest=True, quiet_from=dt.time(0), quiet_to=dt.time(23))
    at = office(2026, 10, 1, *now)
    assert when_to_send(due, channel, at) == office(2026, 10, day, 8, 30)
    assert when_to_send(fire, channel, at) == at


def test_quiet_hours_and_digests_go_by_the_readers_own_clock(due: NoticeType) -> None:
    lisbon = User(time_zone="Europe/Lisbon")  # seven hours behind the office in October
    channel = Channel(user=lisbon, quiet_from=dt.time(22), quiet_to=dt.time(7))
    assert when_to_send(due, channel, office(2026, 10, 1, 23)) == office(2026, 10, 1, 23)
    assert when_to_send(due, channel, office(2026, 10, 1, 6)) == office(2026, 10, 1, 14)
    assert when_to_send(due, Channel(user=lisbon, digest=True), MORNING) == office(2026, 10, 1, 15, 30)


def test_what_waited_for_the_morning_leaves_as_one_message(due: NoticeType, make_user: MakeUser) -> None:
    ann = make_user("ann", {"quiet_from": dt.time(22), "quiet_to": dt.time(7)})
    for key in "123":
        tell(due, ann, key=key, at=office(2026, 10, 1, 23), title=f"Book {key}")
    assert deliver(office(2026, 10, 2, 6, 59)) == 0
    assert mail.outbox == []
    assert deliver(office(2026, 10, 2, 7)) == 3
    (message,) = mail.outbox
    assert message.subject == "Book 1 is due (+2)"
    assert all(f"Bring back Book {key}." in message.body for key in "123")
    assert deliver(office(2026, 10, 2, 7, 1)) == 0


def test_a_failed_delivery_is_tried_again_after_2_4_and_8_minutes_then_shows_as_failed(
    due: NoticeType, make_user: MakeUser, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(channel: Channel, subject: str, body: str) -> None:
        raise ConnectionError(f"cannot reach {channel.address}?key=secret")

    monkeypatch.setattr(sending, "_transmit", refuse)
    tell(due, make_user("ann", {}))
    for minute, tries in ((0, 1), (1, 1), (2, 2), (5, 2), (6, 3), (13, 3), (14, 4), (100, 4)):
        assert deliver(MORNING + dt.timedelta(minutes=minute)) == 0
        state = "failed" if tries == 4 else "waiting"
        assert states() == [(state, tries, "ConnectionError")]


def test_one_channel_out_of_order_does_not_hold_up_the_others(
    due: NoticeType, make_user: MakeUser, monkeypatch: pytest.MonkeyPatch
) -> None:
    tell(due, make_user("ann", {"address": "broken"}), make_user("bob", {}))
    send_mail = sending.send_mail

    def choosy(subject: str, body: str, sender: None, to: list[str]) -> int:
        if to == ["broken"]:
            raise ValueError("no such mailbox")
        return int(send_mail(subject, body, sender, to))

    monkeypatch.setattr(sending, "send_mail", choosy)
    assert deliver(MORNING) == 1
    assert [message.to for message in mail.outbox] == [["bob@example.org"]]
    assert states() == [("waiting", 1, "ValueError"), ("sent", 1, "")]
    monkeypatch.setattr(sending, "send_mail", send_mail)
    assert deliver(MORNING + dt.timedelta(minutes=2)) == 1
    assert states() == [("sent", 2, ""), ("sent", 1, "")]


def test_a_message_type_that_is_gone_does_not_hold_up_the_others(
    due: NoticeType, fire: NoticeType, make_user: MakeUser, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann = make_user("ann", {})
    tell(due, ann)
    tell(fire, ann)
    monkeypatch.delitem(TYPES, "library.due")
    assert deliver(MORNING) == 1
    assert [message.subject for message in mail.outbox] == ["Fire: Emma"]
    assert [state for state, _, _ in states()] == ["failed", "sent"]


def test_who_left_or_switched_a_channel_off_meanwhile_is_not_written_to(due: NoticeType, make_user: MakeUser) -> None:
    ann, bob = make_user("ann", {"digest": True}), make_user("bob", {"digest": True})
    tell(due, ann, bob)
    User.objects.filter(pk=ann.pk).update(is_active=False)
    Channel.objects.filter(user=bob).update(active=False)
    assert deliver(MORNING + dt.timedelta(days=2)) == 0
    assert mail.outbox == []
    assert states() == [("failed", 1, "switched off")] * 2


def test_a_subject_is_one_line_whatever_the_event_is_called(fire: NoticeType, make_user: MakeUser) -> None:
    tell(fire, make_user("ann", {}), title="in the cellar\r\nBcc: everybody@example.org")
    assert deliver(MORNING) == 1
    assert mail.outbox[0].subject == "Fire: in the cellar Bcc: everybody@example.org"
    assert mail.outbox[0].recipients() == ["ann@example.org"]


def test_what_a_lost_worker_had_taken_is_sent_by_another_after_ten_minutes(
    due: NoticeType, make_user: MakeUser, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(channel: Channel, subject: str, body: str) -> None:
        raise SystemExit

    tell(due, make_user("ann", {}))
    with monkeypatch.context() as patch, suppress(SystemExit):
        patch.setattr(sending, "_transmit", die)
        deliver(MORNING)
    assert states() == [("waiting", 1, "")]
    assert deliver(MORNING + dt.timedelta(minutes=9)) == 0
    assert deliver(MORNING + dt.timedelta(minutes=10)) == 1


@pytest.mark.django_db(transaction=True)
def test_no_transaction_is_open_while_a_mail_server_is_waited_for(
    due: NoticeType, make_user: MakeUser, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_transactions: list[bool] = []
    monkeypatch.setattr(sending, "_transmit", lambda *_: open_transactions.append(connection.in_atomic_block))
    tell(due, make_user("ann", {}))
    assert deliver(MORNING) == 1
    assert open_transactions == [False]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_several_workers_send_each_message_once(
    due: NoticeType, make_user: MakeUser, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[str] = []

    def slowly(channel: Channel, subject: str, body: str) -> None:
        time.sleep(0.02)
        sent.append(channel.address)

    monkeypatch.setattr(sending, "_transmit", slowly)
    users = [make_user(f"user{number}", {}) for number in range(12)]
    tell(due, *users)
    barrier = threading.Barrier(4)

    def work() -> None:
        barrier.wait()
        try:
            deliver(MORNING)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(sent) == sorted(f"user{number}@example.org" for number in range(12))
    assert states() == [("sent", 1, "")] * 12


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_that_tell_of_one_event_at_once_tell_once(due: NoticeType, make_user: MakeUser) -> None:
    ann = make_user("ann", {})
    barrier, failures = threading.Barrier(4), []

    def work() -> None:
        barrier.wait()
        try:
            with transaction.atomic():
                tell(due, ann)
        except Exception as error:
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert failures == []
    assert (Notice.objects.count(), Delivery.objects.count()) == (1, 1)
