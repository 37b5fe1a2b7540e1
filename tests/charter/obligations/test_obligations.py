"""The register of obligations: owned, kept by clauses, reviewed in time."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.exceptions import ValidationError

from opscharter.charter.evaluation import evaluate
from opscharter.charter.obligations.checks import obligations_reviewed
from opscharter.charter.obligations.install import install_obligations
from opscharter.charter.obligations.models import Obligation
from opscharter.kernel import moment
from opscharter.kernel.access.actor import system_actor
from opscharter.kernel.users.models import User

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("regulation")]


@pytest.fixture
def law(db):
    """Return an obligation that is to be reviewed in ten days."""
    return Obligation(
        code="Law 1", title="A law", asks="Something.", clauses="§3.4.2，1.3.1", controls="request.assigned-in-time",
        owner=User.objects.create_user("owner"), review_due_on=moment.today() + dt.timedelta(days=10),
    ).save_as(system_actor())  # fmt: skip


def test_clauses_are_kept_in_one_form_and_order(law):
    assert law.clauses == "1.3.1, 3.4.2"


def test_unknown_clauses_and_controls_are_refused_by_name(law):
    law.clauses = "3.4.2, 12.3.4"
    with pytest.raises(ValidationError, match=r"12\.3\.4"):
        law.save_as(system_actor())
    law.clauses, law.controls = "3.4.2", "nothing.like-this"
    with pytest.raises(ValidationError, match=r"nothing\.like-this"):
        law.save_as(system_actor())


def test_a_review_sets_the_next_one_a_year_later(law):
    law.move("review", system_actor(), review_note="Still right.")
    assert law.reviewed_on == moment.today()
    assert law.review_due_on.year == moment.today().year + 1


def test_the_check_passes_while_reviews_are_in_time_and_fails_the_day_after(law):
    assert evaluate(obligations_reviewed).state == "pass"
    with moment.at(moment.now() + dt.timedelta(days=11)):
        assert evaluate(obligations_reviewed).state == "fail"
        law.move("review", system_actor(), review_note="Still right.")
        assert evaluate(obligations_reviewed).state == "pass"


def test_the_default_list_is_entered_once_and_stands_as_unowned():
    assert install_obligations(system_actor()) == Obligation.objects.count() > 9
    assert install_obligations(system_actor()) == 0
    result = evaluate(obligations_reviewed)
    assert result.exceptions == result.population == Obligation.objects.count()
