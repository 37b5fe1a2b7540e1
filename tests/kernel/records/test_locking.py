"""Two people at one record: different fields merge, the same field conflicts, and of opposite steps one succeeds."""

from __future__ import annotations

import datetime as dt

import pytest

from opscharter.kernel import moment
from opscharter.kernel.access.actor import Actor
from opscharter.kernel.audit.models import AuditEntry
from opscharter.kernel.controls.decisions import grant_exception
from opscharter.kernel.errors import Conflict
from tests.kernel.library import make_paper, office
from tests.kernel.testapp import guards
from tests.kernel.testapp.models import Paper

REPLY = "字" * 600


def at_version_seven(actor: Actor) -> Paper:
    """Return a paper that six edits brought to version 7."""
    paper = make_paper(actor, pages=1)
    for pages in range(2, 8):
        paper.pages = pages
        paper.save_as(actor)
    assert paper.version == 7
    return paper


def test_case_14_another_field_merges_as_version_9(system: Actor) -> None:
    paper = at_version_seven(system)
    first = Paper.objects.get(pk=paper.pk)
    first.title = "On tides"
    assert first.save_as(system).version == 8
    second = Paper.at_version(paper.pk, 7)
    assert (second.title, second.pages) == ("On clocks", 7)
    second.body = REPLY
    assert second.save_as(system).version == 9
    stored = Paper.objects.get(pk=paper.pk)
    assert (stored.version, stored.title, stored.body) == (9, "On tides", REPLY)
    assert AuditEntry.objects.latest("pk").changes == {"body": ["Clocks stand still at night.", REPLY]}


def test_case_14_the_same_field_conflicts_and_the_reply_is_kept(system: Actor) -> None:
    paper = at_version_seven(system)
    first = Paper.objects.get(pk=paper.pk)
    first.body = "short"
    first.save_as(system)
    second = Paper.at_version(paper.pk, 7)
    second.body, second.title = REPLY, "On tides"
    with pytest.raises(Conflict) as raised:
        second.save_as(system)
    (conflict,) = raised.value.fields
    assert raised.value.current_version == 8
    assert (conflict.name, conflict.base, conflict.theirs, conflict.mine) == (
        "body", "Clocks stand still at night.", "short", REPLY,
    )  # fmt: skip
    assert (second.body, second.title) == (REPLY, "On tides")
    stored = Paper.objects.get(pk=paper.pk)
    assert (stored.version, stored.body, stored.title) == (8, "short", "On clocks")


def test_case_14_of_opposite_steps_one_succeeds(system: Actor) -> None:
    pk = make_paper(system).pk
    Paper.objects.get(pk=pk).move("submit", system)
    publisher, returner = Paper.objects.get(pk=pk), Paper.objects.get(pk=pk)
    returner.move("return", system, reason="too short")
    with pytest.raises(Conflict) as raised:
        publisher.move("publish", system)
    assert raised.value.fields[0].name == "state"
    assert Paper.objects.get(pk=pk).state == "draft"


def test_the_same_value_twice_is_no_conflict(system: Actor) -> None:
    pk = make_paper(system).pk
    first, second = Paper.objects.get(pk=pk), Paper.objects.get(pk=pk)
    first.title = second.title = "On tides"
    first.save_as(system)
    assert second.save_as(system).version == 2


def test_a_step_keeps_what_others_edited_meanwhile(system: Actor) -> None:
    pk = make_paper(system).pk
    mover, editor = Paper.objects.get(pk=pk), Paper.objects.get(pk=pk)
    editor.title = "On tides"
    editor.save_as(system)
    mover.move("submit", system)
    stored = Paper.objects.get(pk=pk)
    assert (stored.title, stored.state, stored.version) == ("On tides", "review", 3)


def test_an_earlier_version_is_rebuilt_through_every_kind_of_field(system: Actor) -> None:
    when = office(2026, 10, 1, 9)
    paper = make_paper(system, cost="10.50", words=["time"], expires_at=when)
    paper.cost, paper.words, paper.expires_at, paper.pages = 11, ["night"], office(2027, 1, 1, 0), None
    paper.save_as(system)
    paper.move("weigh", system, cost=12)
    before = Paper.at_version(paper.pk, 1)
    assert (str(before.cost), before.words, before.expires_at, before.pages) == ("10.50", ["time"], when, 3)
    assert before.version == 1
    before.words.append("dawn")
    with pytest.raises(Conflict):
        before.save_as(system)


def test_other_audit_entries_do_not_rewind_a_field_of_the_same_name(system: Actor) -> None:
    """An exception is audited with its own `expires_at`; the paper's must not be taken for it."""
    when = office(2027, 1, 1, 0)
    paper = make_paper(system, expires_at=when)
    paper.pages = 4
    paper.save_as(system)
    grant_exception(paper, guards.LONG_ENOUGH, system, reason="urgent", expires_at=moment.now() + dt.timedelta(3))
    assert Paper.at_version(paper.pk, 1).expires_at == when


def test_reading_again_moves_the_base_of_a_change(system: Actor) -> None:
    pk = make_paper(system).pk
    mine = Paper.objects.get(pk=pk)
    theirs = Paper.objects.get(pk=pk)
    theirs.title = "On tides"
    theirs.save_as(system)
    mine.refresh_from_db()
    mine.title = "On moons"
    assert mine.save_as(system).title == "On moons"
