"""The management review is frozen when it is held."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from opscharter.kernel.access.actor import system_actor
from opscharter.organization.models import Decision, ManagementReview
from opscharter.organization.reviews.pages import content_of, document
from opscharter.service.tickets.models import Incident

pytestmark = pytest.mark.django_db


@pytest.fixture
def held(company):
    """Return a review of the boss that was held."""
    boss, people = company.actor("boss"), company.people
    review = ManagementReview(month="2026-10", planned_on="2026-11-05", chair=people["boss"])
    review.save_as(boss, links={"attendees": [people["boss"], people["head"]]})
    return review.move("hold", boss, minutes="looked at", conclusions="go on")


def test_figures_and_hash_stay_whatever_happens_afterwards(company, held):
    before, digest = held.content, held.content_hash
    assert {row["code"] for row in before["figures"]} >= {"service.timely-resolution", "customers.feedback-answered"}
    assert len(before["clauses"]) > 50
    Incident(title="x", description="y", urgency=2, team=company.departments["SYS"], imported_from="t").save_as(
        system_actor()
    )
    Decision(title="t", proposal="p", options="a\nb", proposer=company.people["head"]).save_as(system_actor())
    again = ManagementReview.objects.get(pk=held.pk)
    assert (again.content, again.content_hash, again.unchanged) == (before, digest, True)
    assert content_of(again, company.actor("boss"))["held"]


def test_a_review_that_was_held_cannot_be_rewritten(company, held):
    held.minutes = "something else"
    with pytest.raises(ValidationError):
        held.save_as(company.actor("boss"))
    held.refresh_from_db()
    with pytest.raises(ValidationError):
        held.save_as(company.actor("boss"), links={"attendees": [company.people["head"]]})


def test_the_review_becomes_a_pdf_in_each_language(company, held):
    assert document(held, company.actor("boss")).startswith(b"%PDF")
