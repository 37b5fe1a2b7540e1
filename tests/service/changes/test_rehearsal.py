"""Acceptance case 5 of the charter: an amendment is rehearsed on the changes of the last 90 days."""

from __future__ import annotations

import datetime as dt

import pytest

from opscharter.charter.amendments import drafts
from opscharter.charter.amendments.rehearsing import rehearse
from opscharter.charter.install import install_default_regulation
from opscharter.charter.models import Rehearsal
from opscharter.charter.standing import in_force
from opscharter.kernel import moment
from opscharter.kernel.access.actor import system_actor
from opscharter.kernel.controls.decisions import settings_at
from opscharter.kernel.controls.registry import CHECKS, GUARDS
from tests.service.changes.conftest import MONDAY_NINE, TONIGHT
from tests.service.changes.test_measures import finished_tonight
from tests.service.conftest import bring_to_work, resolve

pytestmark = pytest.mark.django_db
CONTROL = "change.verified-in-time"


@pytest.fixture
def draft():
    install_default_regulation(system_actor())
    return drafts.start_draft(system_actor(), "verify sooner")


def test_raising_verified_in_time_from_3_to_1_days_lists_exactly_the_changes_verified_later_than_1_day(
    change, manager, draft
):
    done = [finished_tonight(change(title=f"No. {n}"), manager) for n in range(4)]
    for days, each in zip((1, 1, 2, 3), done):
        with moment.at(TONIGHT + dt.timedelta(days=days)):
            each.move("verify", system_actor(), verification="fine")
    with moment.at(TONIGHT + dt.timedelta(days=60)):
        wanted = {"mode": "enforce", "parameters": {"target": 95.0, "days": 1}}
        drafts.set_control(draft, CHECKS[CONTROL], system_actor(), wanted, "3.4.3")
        rehearsal = rehearse(Rehearsal(edition=draft).save_as(system_actor()))
        assert in_force().label == "1", "nothing is published"
        assert settings_at([CHECKS[CONTROL]])[CONTROL].parameters["days"] == 3
    entry = next(entry for entry in rehearsal.checks if entry["control"] == CONTROL)
    assert (entry["now"], entry["draft"]) == ([4, 0, "100.0", "pass"], [4, 2, "50.0", "fail"])
    assert [(row[1], row[4]) for row in entry["failing"]] == [(done[2].pk, True), (done[3].pk, True)]
    assert rehearsal.newly_failing == 2


def test_changes_older_than_90_days_are_not_rehearsed(change, manager, draft):
    old = finished_tonight(change(), manager)
    with moment.at(TONIGHT + dt.timedelta(days=2)):
        old.move("verify", system_actor(), verification="fine")
    with moment.at(TONIGHT + dt.timedelta(days=91)):
        wanted = {"mode": "enforce", "parameters": {"target": 95.0, "days": 1}}
        drafts.set_control(draft, CHECKS[CONTROL], system_actor(), wanted, "3.4.3")
        rehearsal = rehearse(Rehearsal(edition=draft).save_as(system_actor()))
    assert rehearsal.newly_failing == 0


def test_a_guard_set_stricter_names_the_steps_that_would_have_been_refused(incident, draft):
    guard = GUARDS["request.has-plan"]
    with moment.at(MONDAY_NINE):
        taken = incident(impact=3, urgency=3)
        resolve(bring_to_work(taken))
    with moment.at(MONDAY_NINE + dt.timedelta(days=10)):
        wanted = {"mode": "enforce", "parameters": {"up_to_priority": 4}}
        drafts.set_control(draft, guard, system_actor(), wanted, "3.2.2")
        rehearsal = rehearse(Rehearsal(edition=draft).save_as(system_actor()))
    entry = next(entry for entry in rehearsal.guards if entry["control"] == guard.id)
    assert [(row[1], row[3]) for row in entry["refused"]] == [(taken.pk, "resolve")]
    assert rehearsal.newly_refused == 1
