"""A failing check raises exactly one corrective item; only the check closes it."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.db.models import Q

from opscharter.charter.corrective.models import CorrectiveItem
from opscharter.charter.corrective.services import follow, remind
from opscharter.charter.evaluation import run
from opscharter.charter.models import CheckResult
from opscharter.kernel import moment
from opscharter.kernel.access.actor import system_actor
from opscharter.kernel.errors import Refused
from opscharter.kernel.notices.models import Notice
from opscharter.kernel.users.models import User
from opscharter.organization.models import Department

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("regulation")]


@pytest.fixture
def failing(declare, departments):
    """Return a check that one of four departments breaks."""
    return declare("a-fails", Q(code="D1"))


def measure():
    return run(system_actor(), clause="1.1.1")


def repair():
    department = Department.objects.get(code="D1")
    department.code = "D9"
    department.save_as(system_actor())


def test_a_check_that_fails_again_and_again_raises_one_item(failing):
    for _time in range(3):
        measure()
    item = CorrectiveItem.objects.get(control=failing.id)
    assert (item.clause, item.state, item.value, item.exceptions) == ("1.1.1", "OPEN", 75, 1)
    assert item.due_on == moment.today() + dt.timedelta(days=30)


def test_it_closes_when_the_check_passes_and_a_new_failure_raises_a_new_one(failing):
    measure()
    repair()
    (passed,) = measure()
    item = CorrectiveItem.objects.get(control=failing.id)
    assert (item.state, item.closed_by) == ("CLOSED", passed.pk)
    Department(code="D1", name="Back").save_as(system_actor())
    measure()
    assert CorrectiveItem.objects.filter(control=failing.id, state="OPEN").count() == 1


def test_nobody_closes_it_by_hand_while_the_check_fails(failing):
    measure()
    item = CorrectiveItem.objects.get(control=failing.id)
    with pytest.raises(Refused) as refused:
        item.move("close", system_actor())
    assert refused.value.reasons[0].clause == "1.3.4"
    assert CorrectiveItem.objects.get(pk=item.pk).state == "OPEN"


@pytest.mark.parametrize("state", ["error", "no-data"])
def test_an_error_or_no_data_neither_raises_nor_closes(state, failing):
    (result,) = measure()
    other = CheckResult.objects.get(pk=result.pk)
    other.state = state
    follow(other, system_actor())
    assert CorrectiveItem.objects.get(control=failing.id).state == "OPEN"
    other.control = "service.none"
    follow(other, system_actor())
    assert CorrectiveItem.objects.count() == 1


def test_an_item_is_not_made_by_hand():
    with pytest.raises(ValidationError):
        CorrectiveItem(control="made-up", clause="1.1.1", due_on=moment.today(), raised_by=1).save_as(system_actor())


def test_the_owner_is_reminded_three_days_before_and_then_weekly(failing):
    measure()
    item = CorrectiveItem.objects.get(control=failing.id)
    item.owner = User.objects.create_user("owner")
    item.save_as(system_actor())
    begun = moment.now()
    told = []
    for day in range(27, 45):
        with moment.at(begun + dt.timedelta(days=day)):
            told += [day] if remind(system_actor()) else []
    assert told == [27, 34, 41]
    assert Notice.objects.filter(type="charter.corrective-due").count() == 3
