"""The bell and the inbox: one's own notices, worded for their reader now."""

from __future__ import annotations

import pytest
from django.utils import translation

from opscharter.kernel import moment
from opscharter.kernel.notices.catalogue import TYPES, NoticeType, notice_type, wording
from opscharter.kernel.notices.inbox import inbox, unread_count
from opscharter.kernel.notices.models import Notice
from opscharter.kernel.notices.sending import mark_read, send
from opscharter.kernel.users.models import User
from tests.kernel.library import office


@pytest.fixture
def due(monkeypatch: pytest.MonkeyPatch) -> NoticeType:
    """Return a type of message."""
    monkeypatch.setitem(TYPES, "library.due", NoticeType("library.due", "Due", "%(title)s is due", "100 %%", "9.1"))
    return TYPES["library.due"]


@pytest.fixture
def ann(db: None) -> User:
    """Return somebody."""
    return User.objects.create_user("ann")


def tell(kind: NoticeType, user: User, *titles: str) -> None:
    """Tell somebody of events, a minute after each other."""
    for minute, title in enumerate(titles):
        with moment.at(office(2026, 10, 1, 10, minute)):
            send(kind, [user], key=title, data={"title": title})


def test_the_newest_notice_comes_first_in_words(due: NoticeType, ann: User) -> None:
    tell(due, ann, "Emma", "Persuasion")
    lines = inbox(ann)
    assert [(line.subject, line.body, line.clause, line.urgent) for line in lines] == [
        ("Persuasion is due", "100 %", "9.1", False),
        ("Emma is due", "100 %", "9.1", False),
    ]
    assert [line.subject for line in inbox(ann, limit=1)] == ["Persuasion is due"]


def test_one_sees_counts_and_reads_ones_own_notices_only(due: NoticeType, ann: User) -> None:
    bob = User.objects.create_user("bob")
    tell(due, ann, "Emma", "Persuasion")
    tell(due, bob, "Emma")
    assert (unread_count(ann), unread_count(bob)) == (2, 1)
    theirs = Notice.objects.get(user=bob).pk
    assert mark_read(ann, [theirs]) == 0
    assert mark_read(ann, [Notice.objects.get(user=ann, key="Emma").pk, theirs]) == 1
    assert (unread_count(ann), unread_count(bob)) == (1, 1)
    with moment.at(office(2026, 10, 2, 8)):
        assert mark_read(ann) == 1
    assert (unread_count(ann), unread_count(bob), len(inbox(ann))) == (0, 1, 2)
    assert Notice.objects.get(user=ann, key="Persuasion").read_at == office(2026, 10, 2, 8)


def test_what_was_read_keeps_its_moment(due: NoticeType, ann: User) -> None:
    tell(due, ann, "Emma")
    mark_read(ann)
    before = Notice.objects.get().read_at
    assert mark_read(ann) == 0
    assert Notice.objects.get().read_at == before


def test_more_than_99_are_not_counted(due: NoticeType, ann: User) -> None:
    now = office(2026, 10, 1, 9)
    Notice.objects.bulk_create(Notice(user=ann, type=due.code, key=str(n), created_at=now) for n in range(120))
    assert unread_count(ann) == 99


def test_an_old_notice_without_a_word_that_came_later_is_still_shown(due: NoticeType, ann: User) -> None:
    send(due, [ann], key="1", data={})
    assert [line.subject for line in inbox(ann)] == ["… is due"]


def test_a_type_that_is_gone_is_left_out(due: NoticeType, ann: User, monkeypatch: pytest.MonkeyPatch) -> None:
    tell(due, ann, "Emma")
    monkeypatch.delitem(TYPES, "library.due")
    assert inbox(ann) == []


@pytest.mark.parametrize("language", ["zh-hant", "zh-hans", "en"])
def test_every_message_of_the_product_can_be_worded(language: str) -> None:
    assert TYPES
    for code in TYPES:
        subject, body = wording(code, {}, language)
        assert subject
        assert body
        with translation.override(language):
            assert wording(code, {}) == (subject, body)
            assert str(TYPES[code].label)


def test_a_type_is_declared_once() -> None:
    with pytest.raises(ValueError, match="twice"):
        notice_type(next(iter(TYPES)), label="", subject="", body="")
