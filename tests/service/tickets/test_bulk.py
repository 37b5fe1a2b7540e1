"""One step with many tickets: inputs asked once, each taken or refused by itself."""

from __future__ import annotations

import pytest

from opscharter.kernel.access.actor import system_actor
from opscharter.kernel.timeline.entries import entries_of
from opscharter.kernel.users.models import User
from opscharter.organization.models import Role, RoleGrant
from opscharter.service.tickets.models import Incident

pytestmark = pytest.mark.django_db
URL = "/service/incidents/bulk/"


@pytest.fixture
def browser(client):
    """Return a browser of somebody who may do everything."""
    role = Role(code="administrator", name="all").save_as(system_actor())
    RoleGrant(role=role, record_type="*", action="*", reach="all").save_as(system_actor())
    client.force_login(User.objects.create_superuser("root"), backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_assigning_many_asks_for_team_and_engineer_once_and_assigns_all(browser, incident, team, engineer):
    ids = [incident().pk, incident().pk]
    asked = browser.post(URL, {"move": "assign", "id": ids})
    assert asked.status_code == 200
    assert 'name="confirmed"' in asked.content.decode()
    assert set(Incident.objects.values_list("state", flat=True)) == {"NEW"}
    given = {"move": "assign", "id": ids, "confirmed": "1", "team": team.pk, "assignee": engineer.pk}
    assert browser.post(URL, given).status_code == 302
    assert list(Incident.objects.values_list("state", "assignee")) == [("ASSIGNED", engineer.pk)] * 2


def test_priority_and_comment_for_many(browser, incident):
    ids = [incident().pk, incident().pk]
    browser.post(URL, {"move": "prioritise", "id": ids, "confirmed": "1", "priority": "1", "reason": "fair"})
    assert list(Incident.objects.values_list("priority", "priority_reason")) == [(1, "fair")] * 2
    browser.post(URL, {"move": "comment", "id": ids, "confirmed": "1", "text": "Known.", "visibility": "customer"})
    for ticket in Incident.objects.all():
        assert entries_of(ticket, ["customer"]).filter(text="Known.").exists()


def test_missing_inputs_are_asked_for_again_and_nothing_is_done(browser, incident):
    ids = [incident().pk]
    answer = browser.post(URL, {"move": "prioritise", "id": ids, "confirmed": "1", "priority": "", "reason": ""})
    assert answer.status_code == 422
    assert Incident.objects.get().priority == 3


def test_each_is_refused_by_itself_and_named(browser, incident):
    good, bad = incident(), incident(title="Already gone")
    bad.move("cancel", system_actor(), reason="x")
    answer = browser.post(
        URL, {"move": "prioritise", "id": [good.pk, bad.pk], "confirmed": "1", "priority": "2", "reason": "y"},
        follow=True,
    )  # fmt: skip
    good.refresh_from_db()
    assert good.priority == 2
    assert "Already gone" in answer.content.decode()
