"""Guards under their modes, dated settings and exceptions; every decision is in the guard log."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest

from opscharter.kernel import moment
from opscharter.kernel.access.actor import Actor
from opscharter.kernel.audit.models import AuditEntry
from opscharter.kernel.controls import registry
from opscharter.kernel.controls.decisions import change_setting, grant_exception, judge, settings_at
from opscharter.kernel.controls.models import ControlException, ControlSetting, GuardDecision
from opscharter.kernel.controls.registry import Mode
from opscharter.kernel.errors import NotPermitted, Refused
from tests.conftest import MakeActor
from tests.kernel.library import make_paper, office
from tests.kernel.testapp.guards import COMPLETE, LONG_ENOUGH, TITLED
from tests.kernel.testapp.models import Paper

NOW = office(2026, 10, 15, 9)


@pytest.fixture(autouse=True)
def _library_guards_are_declared() -> Iterator[None]:
    """Let settings find the library's guards by their ids."""
    with pytest.MonkeyPatch.context() as patch:
        for control in (LONG_ENOUGH, COMPLETE, TITLED):
            patch.setitem(registry.GUARDS, control.id, control)
        yield


def log() -> list[tuple[Any, ...]]:
    """Return the guard log in order."""
    return list(GuardDecision.objects.order_by("pk").values_list("outcome", "guard", "clause", "step"))


def test_a_refusal_is_logged_with_reason_inputs_and_actor_although_nothing_was_stored(make_actor: MakeActor) -> None:
    actor = make_actor(("testapp.paper", "*", "all"), label="Li Wei").by("api")
    paper = make_paper(actor, body="Short")
    with pytest.raises(Refused) as refused:
        paper.move("submit", actor, pages=9)
    assert [reason.clause for reason in refused.value.reasons] == ["9.1.1"]
    decision = GuardDecision.objects.get()
    assert (decision.outcome, decision.guard, decision.clause, decision.step) == (
        "refused", "testapp.long-enough", "9.1.1", "submit",
    )  # fmt: skip
    assert (decision.record_type, decision.record_id, decision.number) == ("testapp.paper", paper.pk, paper.number)
    assert (decision.message, decision.inputs) == ("The body has fewer than 3 words.", {"pages": 9})
    assert (decision.user, decision.actor_label, decision.via) == (actor.user, "Li Wei", "api")
    entry = AuditEntry.objects.latest("pk")
    assert (entry.action, entry.changes["reasons"][1][0]["clause"]) == ("refused:submit", "9.1.1")
    assert (Paper.objects.get().state, Paper.objects.get().pages) == ("draft", 3)


def test_a_refused_creation_is_logged_without_a_record(system: Actor) -> None:
    with pytest.raises(Refused):
        Paper(title="Untitled").save_as(system)
    assert log() == [("refused", "testapp.titled", "9.1.3", "create")]
    assert GuardDecision.objects.get().record_id is None


def test_the_system_is_bound_by_guards_like_anyone(system: Actor) -> None:
    with pytest.raises(Refused):
        make_paper(system, body="").move("submit", system)


def test_warn_lets_pass_and_says_so_off_says_nothing(system: Actor) -> None:
    change_setting(LONG_ENOUGH.id, system, mode="warn", parameters={}, reason="trial")
    make_paper(system, "One", body="").move("submit", system)
    assert log() == [("warned", "testapp.long-enough", "9.1.1", "submit")]
    change_setting(LONG_ENOUGH.id, system, mode="off", parameters={}, reason="no use")
    make_paper(system, "Two", body="").move("submit", system)
    assert len(log()) == 1


def test_settings_are_dated_and_the_newest_not_in_the_future_holds(system: Actor) -> None:
    with moment.at(NOW):
        change_setting(LONG_ENOUGH.id, system, mode="enforce", parameters={"words": 5}, reason="stricter")
        change_setting(
            LONG_ENOUGH.id, system, mode="warn", parameters={"words": 9}, reason="from November",
            valid_from=office(2026, 11, 1, 0),
        )  # fmt: skip
    held = {
        when: (
            settings_at([LONG_ENOUGH], when)[LONG_ENOUGH.id].mode,
            settings_at([LONG_ENOUGH], when)[LONG_ENOUGH.id].parameters,
        )
        for when in (NOW - dt.timedelta(seconds=1), NOW, office(2026, 10, 31, 23, 59), office(2026, 11, 1, 0))
    }
    assert list(held.values()) == [
        ("enforce", {"words": 3}),
        ("enforce", {"words": 5}),
        ("enforce", {"words": 5}),
        ("warn", {"words": 9}),
    ]


def test_a_parameter_decides_at_once(system: Actor) -> None:
    paper = make_paper(system, body="one two three")
    change_setting(LONG_ENOUGH.id, system, mode="enforce", parameters={"words": 4}, reason="stricter")
    with pytest.raises(Refused, match="fewer than 4"):
        paper.move("submit", system)
    change_setting(LONG_ENOUGH.id, system, mode="enforce", parameters={"words": 2}, reason="milder")
    assert paper.move("submit", system).state == "review"


def test_a_change_of_a_control_is_granted_reasoned_known_and_audited(make_actor: MakeActor) -> None:
    owner, reader = make_actor(("kernel.controlsetting", "create", "all")), make_actor()
    with pytest.raises(NotPermitted):
        change_setting(LONG_ENOUGH.id, reader, mode="off", parameters={}, reason="tired of it")
    for mistake in ({"reason": " "}, {"parameters": {"letters": 3}}, {"parameters": {"words": "three"}},
                    {"parameters": {"words": True}}):  # fmt: skip
        given: dict[str, Any] = {"mode": "enforce", "parameters": {"words": 4}, "reason": "stricter", **mistake}
        with pytest.raises(Refused):
            change_setting(LONG_ENOUGH.id, owner, **given)
    with pytest.raises(ValueError):
        change_setting(LONG_ENOUGH.id, owner, mode="sometimes", parameters={}, reason="x")
    assert not ControlSetting.objects.exists()
    change_setting(LONG_ENOUGH.id, owner, mode="warn", parameters={"words": 4}, reason="trial")
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.note, entry.user) == ("control-setting", "trial", owner.user)
    assert entry.changes == {
        "control": [None, "testapp.long-enough"], "words": [3, 4], "mode": ["enforce", "warn"],
    }  # fmt: skip


def test_an_exception_lets_one_record_pass_one_guard_until_it_expires(system: Actor) -> None:
    with moment.at(NOW):
        paper, other = make_paper(system, "One", body=""), make_paper(system, "Two", body="")
        grant_exception(paper, LONG_ENOUGH, system, reason="a picture book", expires_at=NOW + dt.timedelta(days=30))
    with moment.at(NOW + dt.timedelta(days=30)), pytest.raises(Refused):
        paper.move("submit", system)
    with moment.at(NOW + dt.timedelta(days=29)):
        with pytest.raises(Refused):
            other.move("submit", system)
        assert paper.move("submit", system).state == "review"
    assert log()[-1] == ("overridden", "testapp.long-enough", "9.1.1", "submit")


def test_an_exception_does_not_open_other_guards(system: Actor) -> None:
    paper = make_paper(system, body="", pages=None)
    grant_exception(paper, LONG_ENOUGH, system, reason="urgent", expires_at=moment.now() + dt.timedelta(days=1))
    with pytest.raises(Refused) as refused:
        paper.move("submit", system)
    assert [reason.control for reason in refused.value.reasons] == ["testapp.complete"]
    assert [row[:2] for row in log()] == [("refused", "testapp.complete")]


@pytest.mark.parametrize(
    ("days", "reason", "guard", "field"),
    [
        (31, "urgent", LONG_ENOUGH, "expires_at"),
        (0, "urgent", LONG_ENOUGH, "expires_at"),
        (-1, "urgent", LONG_ENOUGH, "expires_at"),
        (30, "  ", LONG_ENOUGH, "reason"),
        (30, "urgent", COMPLETE, ""),
    ],
)
def test_an_exception_is_reasoned_allowed_and_of_thirty_days_at_most(
    system: Actor, days: int, reason: str, guard: Any, field: str
) -> None:
    with moment.at(NOW):
        paper = make_paper(system)
        with pytest.raises(Refused) as refused:
            grant_exception(paper, guard, system, reason=reason, expires_at=NOW + dt.timedelta(days=days))
    assert [(each.field, each.clause) for each in refused.value.reasons] == [(field, guard.clause)]
    assert not ControlException.objects.exists()


def test_an_exception_needs_the_override_grant_and_is_audited(make_actor: MakeActor, system: Actor) -> None:
    paper = make_paper(system)
    author = make_actor(("testapp.paper", "edit", "all"))
    manager = make_actor(("testapp.paper", "override", "all"))
    expires_at = moment.now() + dt.timedelta(days=1)
    with pytest.raises(NotPermitted):
        grant_exception(paper, LONG_ENOUGH, author, reason="please", expires_at=expires_at)
    row = grant_exception(paper, LONG_ENOUGH, manager, reason="urgent", expires_at=expires_at)
    assert (row.granted_by, row.clause, row.record_id) == (manager.user, "9.1.1", paper.pk)
    entry = AuditEntry.objects.latest("pk")
    assert (entry.action, entry.record_id, entry.note) == ("override", paper.pk, "urgent")


def test_judging_takes_the_standings_a_page_has_read(system: Actor, django_assert_num_queries: Any) -> None:
    paper = make_paper(system)
    standings = settings_at([LONG_ENOUGH, COMPLETE])
    assert standings[LONG_ENOUGH.id].mode == Mode.ENFORCE
    with django_assert_num_queries(0):
        assert judge([LONG_ENOUGH, COMPLETE], paper, system, standings).refusals == []
