"""What the checks of §3.4 count."""

from __future__ import annotations

import datetime as dt

import pytest

from opscharter.kernel import moment
from opscharter.kernel.access.actor import system_actor
from opscharter.kernel.controls.registry import CHECKS
from tests.service.changes.conftest import TONIGHT, approve, assess, carry_out

pytestmark = pytest.mark.django_db


def exceptions(check_id, **parameters):
    """Return the ids of the exceptions of a check, and how many records it measured."""
    check = CHECKS[check_id]
    measures = check.measures({**check.defaults(), **parameters})
    found = {row.pk for measure in measures for row in measure.records.filter(measure.exception)}
    return found, sum(measure.records.count() for measure in measures)


def finished_tonight(change, manager):
    """Carry a change out on Monday night."""
    running = approve(assess(change), manager)
    with moment.at(TONIGHT):
        running.move("start", system_actor())
        carry_out(running)
        return running.move("finish", system_actor())


def test_a_verification_is_in_time_until_the_same_hour_of_the_third_working_day(change, manager):
    intime = finished_tonight(change(), manager)
    late = finished_tonight(change(window_start=TONIGHT, title="Other"), manager)
    thursday = TONIGHT + dt.timedelta(days=3)
    with moment.at(thursday):
        intime.move("verify", system_actor(), verification="fine")
    assert intime.verify_days == 3
    assert exceptions("change.verified-in-time") == (set(), 1)
    with moment.at(thursday + dt.timedelta(seconds=1)):
        assert exceptions("change.verified-in-time") == ({late.pk}, 2)
        late.move("verify", system_actor(), verification="fine")
    assert late.verify_days == 4
    assert exceptions("change.verified-in-time") == ({late.pk}, 2)


def test_another_limit_names_exactly_the_changes_verified_later_than_it(change, manager):
    done = [finished_tonight(change(title=f"No. {n}"), manager) for n in range(3)]
    for days, each in zip((1, 2, 3), done):
        with moment.at(TONIGHT + dt.timedelta(days=days)):
            each.move("verify", system_actor(), verification="fine")
    assert exceptions("change.verified-in-time", days=3)[0] == set()
    assert exceptions("change.verified-in-time", days=1)[0] == {done[1].pk, done[2].pk}
