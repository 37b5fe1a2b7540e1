"""The one improvement register: fed from any record, closed by its effect."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.exceptions import ValidationError

from opscharter.charter.evaluation import evaluate
from opscharter.charter.improvements.checks import improvements_closed
from opscharter.charter.improvements.services import improvements_from, open_improvement
from opscharter.kernel import moment
from opscharter.kernel.access.actor import system_actor
from opscharter.kernel.users.models import User
from opscharter.organization.models import Department

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("regulation")]


@pytest.fixture
def proposed(departments):
    """Return an improvement that comes from a department's drill."""
    return open_improvement(
        system_actor(), title="Shorter", description="Too long.", source="drill", record=departments[0],
        clauses=["7.6.2"],
    )  # fmt: skip


def accept(improvement, days):
    owner = User.objects.create_user(f"owner-{improvement.pk}")
    due = moment.today() + dt.timedelta(days=days)
    return improvement.move("accept", system_actor(), owner=owner, due_on=due, expected_effect="Half the time")


def test_an_improvement_remembers_the_record_it_comes_from(proposed, departments):
    assert improvements_from(departments[0]) == [proposed]
    assert improvements_from(departments[1]) == []
    assert proposed.source_type == Department._meta.label_lower


def test_accepting_needs_owner_due_day_and_expected_effect(proposed):
    with pytest.raises(ValidationError) as refused:
        proposed.move("accept", system_actor())
    assert set(refused.value.message_dict) == {"owner", "due_on", "expected_effect"}


def test_it_closes_only_with_a_measured_effect(proposed):
    accept(proposed, 10)
    proposed.move("implement", system_actor(), done="Done.", effect_due_on=moment.today() + dt.timedelta(days=30))
    with pytest.raises(ValidationError):
        proposed.move("verify", system_actor())
    proposed.move("verify", system_actor(), measured_effect="12 instead of 25 minutes")
    assert (proposed.state, proposed.effect_checked_on) == ("CLOSED", moment.today())


def test_a_clause_that_does_not_exist_is_refused_by_its_number(departments):
    with pytest.raises(ValidationError, match=r"77\.1\.1"):
        open_improvement(
            system_actor(), title="x", description="x", source="idea", record=departments[0], clauses=["77.1.1"]
        )


def test_the_check_fails_on_a_late_improvement_and_passes_once_it_is_closed(proposed):
    assert evaluate(improvements_closed).state == "no-data"
    accept(proposed, 10)
    with moment.at(moment.now() + dt.timedelta(days=11)):
        late = evaluate(improvements_closed)
        assert (late.state, late.population, late.exceptions) == ("fail", 1, 1)
        proposed.move("implement", system_actor(), done="Done.", effect_due_on=moment.today())
        proposed.move("verify", system_actor(), measured_effect="Half the time")
        assert evaluate(improvements_closed).state == "pass"
