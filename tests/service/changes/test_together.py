"""Two people at one change at the same moment, on a database where they really are."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from opscharter.kernel import moment
from opscharter.kernel.access.actor import system_actor
from opscharter.kernel.errors import Refused
from opscharter.service.changes import planning
from opscharter.service.changes.execution import begin_step, end_step
from opscharter.service.changes.guards import steps_of
from tests.service.changes.conftest import TONIGHT, approve, assess

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
MANY = 6


def at_once(do):
    """Let several people do it at the same time; returns what each was told, `None` for success."""

    def one(number):
        try:
            with moment.at(TONIGHT):
                do(number)
            return None
        except Refused as refused:
            return str(refused.reasons[0].message)
        finally:
            connection.close()

    with ThreadPoolExecutor(MANY) as pool:
        return list(pool.map(one, range(MANY)))


def test_of_many_who_begin_and_end_one_step_one_does_and_the_rest_are_told(change, manager):
    made = approve(assess(change()), manager)
    with moment.at(TONIGHT):
        made.move("start", system_actor())
    step = steps_of(made, "plan")[0]
    begun = at_once(lambda number: begin_step(step, system_actor()))
    assert (begun.count(None), len(set(begun))) == (1, 2), "one begins it, all others are told the same"
    ended = at_once(lambda number: end_step(step, system_actor(), "failed" if number % 2 else "done", "x"))
    assert (ended.count(None), len(set(ended))) == (1, 2)


def test_of_a_step_begun_and_a_change_turned_back_at_once_neither_is_lost(change, manager):
    made = approve(assess(change()), manager)
    with moment.at(TONIGHT):
        made.move("start", system_actor())
    step = steps_of(made, "plan")[0]

    def act(number):
        if number == 0:
            type(made).objects.get(pk=made.pk).move("roll-back", system_actor(), reason="smoke")
        else:
            begin_step(step, system_actor())

    told = at_once(act)
    assert told[0] is None
    step.refresh_from_db()
    made.refresh_from_db()
    assert made.state == "ROLLING_BACK"
    assert told[1:].count(None) == (1 if step.result == "running" else 0)


def test_steps_added_at_once_each_have_their_place(change):
    planned = assess(change())
    at_once(lambda number: planning.add_step(planned, system_actor(), "plan", {"action": f"{number}", "minutes": 1}))
    assert [step.position for step in steps_of(planned, "plan")] == list(range(1, 3 + MANY))
