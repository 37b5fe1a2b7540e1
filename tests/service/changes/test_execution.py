"""Cases 17 and 18: a change that turns back, and an emergency that is approved too late or not at all."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from opscharter.charter.corrective.models import CorrectiveItem
from opscharter.kernel import moment
from opscharter.kernel.access.actor import system_actor
from opscharter.kernel.approvals.requests import latest, vote
from opscharter.kernel.errors import Refused
from opscharter.kernel.indicators import figures
from opscharter.kernel.indicators.periods import Period
from opscharter.kernel.notices.models import Notice
from opscharter.service.changes.execution import begin_step, end_step, give_go
from opscharter.service.changes.models import UnauthorisedChange
from opscharter.service.changes.watching import announce_points, warn_of_missing_ratification
from tests.service.changes.conftest import MONDAY_NINE, TONIGHT, acting, approve, assess, carry_out
from tests.service.changes.test_measures import exceptions

pytestmark = pytest.mark.django_db
OCTOBER = Period(dt.date(2025, 10, 1), 1)


def local(day: int, hour: int, minute: int) -> dt.datetime:
    """Return a moment of October 2025 by the office's clock."""
    return timezone.make_aware(dt.datetime(2025, 10, day, hour, minute))


def test_step_9_of_14_fails_and_the_change_is_rolled_back_counted_failed_linked_and_reviewed(change, manager, doer):
    running = approve(assess(change(plan=14, rollback=4, minutes=5, customer_must_agree=False)), manager)
    assert running.window_end == local(14, 1, 0)
    assert running.point_of_no_return == local(14, 0, 40)
    with moment.at(TONIGHT):
        running.move("start", system_actor())
        carry_out(running, failing=9)
    with moment.at(local(14, 0, 24)):
        assert announce_points() == 0
    with moment.at(local(14, 0, 25)):
        assert announce_points() == 1
    with moment.at(local(14, 0, 40)):
        assert announce_points() == 1
        assert announce_points() == 0
    near, reached = Notice.objects.filter(user=doer.user, type__startswith="change.point").order_by("pk")
    assert (near.type, near.data["at"]) == ("change.point-near", "00:40")
    assert (reached.type, reached.data["minutes"]) == ("change.point-reached", 20)
    with moment.at(local(13, 22, 45)):
        with pytest.raises(Refused, match="A step has failed: roll back"):
            running.move("finish", system_actor())
        running.move("roll-back", acting(doer), reason="step 9 failed")
        with pytest.raises(Refused, match="Step 4 has no result yet"):
            running.move("rolled-back", acting(doer))
        carry_out(running, "rollback")
    with moment.at(local(13, 23, 5)):
        running.move("rolled-back", acting(doer))
    timed = running.steps.filter(phase="rollback", result="done", began_at__isnull=False, ended_at__isnull=False)
    assert timed.count() == 4
    assert running.outcome == "rolled-back"
    assert running.caused_incident is not None
    assert running.review_due_at == local(16, 23, 5)
    assert figures.value("change.failed", OCTOBER).population == 1
    assert figures.value("change.success-rate", OCTOBER).numerator == 0
    for step, words in (("verify", "verification"), ("evaluate", "evaluation")):
        running.move(step, system_actor(), **{words: "as before"})
    with pytest.raises(Refused, match="Hold the review"):
        running.move("close", system_actor())
    running.move("review", system_actor(), review_findings="the test environment differs")
    assert running.move("close", system_actor()).state == "CLOSED"


def test_steps_are_taken_in_order_and_after_the_go_and_what_took_long_is_explained(change, manager):
    planned = change(plan=2)
    gate = planned.steps.filter(phase="plan").first()
    gate.go_no_go = True
    gate.save_as(system_actor())
    running = approve(assess(planned), manager)
    first, second = running.steps.filter(phase="plan")
    with moment.at(TONIGHT):
        with pytest.raises(Refused, match="not to be carried out now"):
            begin_step(first, system_actor())
        running.move("start", system_actor())
        with pytest.raises(Refused, match="Step 1 comes first"):
            begin_step(second, system_actor())
        begin_step(first, system_actor())
    with moment.at(TONIGHT + dt.timedelta(minutes=25)):
        end_step(first, system_actor(), "done")
        with pytest.raises(Refused, match="somebody must give the go"):
            begin_step(second, system_actor())
        give_go(first, system_actor())
        begin_step(second, system_actor())
        end_step(second, system_actor(), "skipped", "not needed after all")
        with pytest.raises(Refused, match="Explain why step 1 took so much longer"):
            running.move("finish", system_actor())


@pytest.fixture
def emergency(change, manager, doer):
    """Return an emergency change begun on Monday at 09:00."""
    made = change(kind="emergency", requester=doer, window_start=MONDAY_NINE)
    return made.move("start-emergency", acting(doer))


@pytest.mark.parametrize(("minutes", "late"), [(24 * 60, False), (24 * 60 + 1, True)])
def test_an_approval_afterwards_at_24_01_is_overdue(emergency, manager, minutes, late):
    with moment.at(MONDAY_NINE + dt.timedelta(minutes=minutes)):
        assert warn_of_missing_ratification() == late
        assert Notice.objects.filter(type="change.ratify-late", user=manager.user).count() == late
        vote(latest(emergency, "ratify"), emergency, acting(manager), "approve")
        emergency.refresh_from_db()
        assert emergency.ratified_at == MONDAY_NINE + dt.timedelta(minutes=minutes)
        assert exceptions("change.emergency-approved-after") == ({emergency.pk} if late else set(), 1)


def test_an_emergency_change_that_is_rejected_is_unauthorised_and_a_nonconformity(emergency, manager):
    vote(latest(emergency, "ratify"), emergency, acting(manager), "reject", "nobody was asked")
    emergency.refresh_from_db()
    assert emergency.unauthorised_at == MONDAY_NINE
    found = UnauthorisedChange.objects.get(change=emergency)
    assert (found.source, found.explanation) == ("rejection", "nobody was asked")
    assert exceptions("change.unauthorised")[0] == {found.pk}
    item = CorrectiveItem.objects.get(control="change.unauthorised")
    assert (item.state, item.clause) == ("OPEN", "3.4.3")
    assert exceptions("change.emergency-approved-after")[0] == {emergency.pk}
