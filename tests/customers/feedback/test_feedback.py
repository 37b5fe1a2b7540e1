"""Feedback is answered within five working days, and customers give it and read the answer in the portal."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client
from django.utils import timezone

from opscharter.customers.feedback.models import Feedback
from opscharter.customers.models import Contact, Customer
from opscharter.kernel import moment
from opscharter.kernel.access.actor import actor_for, system_actor
from opscharter.kernel.calendars.models import BusinessCalendar
from opscharter.kernel.controls.registry import CHECKS
from opscharter.kernel.users.models import User
from opscharter.organization.models import Department
from opscharter.organization.seed import install_roles

pytestmark = pytest.mark.django_db
THURSDAY = timezone.make_aware(dt.datetime(2026, 11, 5, 10, 0))


@pytest.fixture
def customers(db):
    """Return two customers; the first has a contact with an account."""
    actor = system_actor()
    install_roles(actor)
    BusinessCalendar(name="office", time_zone="Asia/Shanghai", holidays="cn").save_as(actor)
    east, west = Customer(name="East").save_as(actor), Customer(name="West").save_as(actor)
    Contact(customer=east, name="He", reach="organization", user=User.objects.create(username="he")).save_as(actor)
    return east, west


def give(customer, **more):
    return Feedback(customer=customer, subject="slow", body="too slow", **more).save_as(system_actor())


def counts():
    measure = CHECKS["organization.feedback-answered"].measures({"working_days": 5})[0]
    return measure.records.count(), measure.records.filter(measure.exception).count()


def test_an_answer_is_due_in_five_working_days(customers):
    with moment.at(THURSDAY):
        feedback = give(customers[0])
    assert feedback.due_at == timezone.make_aware(dt.datetime(2026, 11, 12, 10, 0)), "a weekend lies between"


def test_the_check_counts_late_answers_and_late_silence_but_not_what_may_still_wait(customers):
    unit, actor = Department(code="S", name="S").save_as(system_actor()), system_actor()
    with moment.at(THURSDAY):
        in_time, late, _silent = (give(customers[0]) for _n in range(3))
        for feedback in (in_time, late):
            feedback.move("route", actor, department=unit)
    with moment.at(THURSDAY + dt.timedelta(days=6)):
        in_time.move("answer", actor, answer="done")
        assert counts() == (1, 0)
    with moment.at(THURSDAY + dt.timedelta(days=8)):
        late.move("answer", actor, answer="done")
        assert counts() == (3, 2)


def test_a_contact_gives_feedback_in_the_portal_and_sees_the_answer_and_no_other_customers(customers):
    east, west = customers
    browser, he = Client(), User.objects.get(username="he")
    browser.force_login(he, backend="django.contrib.auth.backends.ModelBackend")
    answer = browser.post(
        "/customers/feedback/new/", {"kind": "complaint", "subject": "slow", "body": "x", "customer": west.pk}
    )
    assert answer.status_code == 302
    own = Feedback.objects.get()
    assert (own.customer, own.contact.name, own.channel) == (east, "He", "portal")
    unit = Department(code="S", name="S").save_as(system_actor())
    own.move("route", system_actor(), department=unit)
    own.move("answer", system_actor(), answer="We added a machine.")
    assert "We added a machine." in browser.get(f"/customers/feedback/{own.pk}/").content.decode()
    other = give(west)
    assert browser.get(f"/customers/feedback/{other.pk}/").status_code == 404
    assert set(Feedback.objects.visible_to(actor_for(he))) == {own}
