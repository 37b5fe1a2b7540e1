"""A change cannot be started by any path while a guard refuses: page, bulk, API, import, job, administrator."""

from __future__ import annotations

import io

import pytest
from django.test import Client

from opscharter.kernel.access.actor import system_actor
from opscharter.kernel.controls.models import GuardDecision
from opscharter.kernel.errors import Refused
from opscharter.kernel.exchange.importing import import_rows
from opscharter.kernel.resources.site import site
from opscharter.service.changes.models import Change
from tests.service.changes.conftest import approve, assess

pytestmark = pytest.mark.django_db


@pytest.fixture
def waiting(change, manager):
    """Return an approved change whose window has not opened yet."""
    return approve(assess(change()), manager)


@pytest.fixture
def browser(person):
    """Return a browser of the administrator, who is granted everything."""
    client = Client()
    client.force_login(person("Root", "administrator").user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def _by_page(change, browser):
    assert browser.post(f"/service/changes/{change.pk}/moves/start/", {"reason": ""}).status_code == 409


def _by_bulk(change, browser):
    browser.post("/service/changes/bulk/", {"move": "start", "id": [change.pk]})


def _by_api(change, browser):
    answer = browser.post(f"/api/v1/service/changes/{change.pk}/moves/start/", {}, content_type="application/json")
    assert answer.status_code == 409
    assert "change.inside-window" in answer.content.decode()


def _by_api_edit(change, browser):
    body = {"state": "IMPLEMENTING", "started_at": "2025-10-13T09:00:00+08:00"}
    answer = browser.patch(f"/api/v1/service/changes/{change.pk}/", body, content_type="application/json")
    assert answer.status_code == 400


def _by_import(change, browser):
    file = io.BytesIO(f"number,state\n{change.number},IMPLEMENTING\n".encode())
    result = import_rows(site.resource("service.change"), system_actor(), file, "rows.csv", dry_run=False)
    assert (result.refused, result.changed) == (1, 0)


def _by_screen(change, browser):
    answer = browser.post(f"/service/changes/{change.pk}/execution/move/", {"move": "start"}, follow=True)
    assert "§3.4.3" in answer.content.decode()


def _by_step(change, browser):
    """Carrying out the first step of a change that has not begun does not begin it, by page or API."""
    step = change.steps.filter(phase="plan").order_by("position").first()
    browser.post(f"/service/change-tasks/{step.pk}/carry-out/", {"do": "begin"})
    assert browser.post(f"/api/v1/service/change-tasks/{step.pk}/begin/").status_code == 409
    step.refresh_from_db()
    assert step.result == "pending"


def _as_emergency(change, browser):
    """What was approved for a window is no emergency, whichever button is pressed."""
    answer = browser.post(f"/service/changes/{change.pk}/execution/move/", {"move": "start-emergency"}, follow=True)
    assert answer.status_code == 200
    browser.post(f"/api/v1/service/changes/{change.pk}/moves/start-emergency/", {}, content_type="application/json")


def _by_job(change, browser):
    with pytest.raises(Refused, match="The window has not opened yet"):
        change.move("start", system_actor("job"))


JUDGED = [_by_page, _by_bulk, _by_api, _by_import, _by_job, _by_screen]
"""Paths that take the step, which its guard refuses."""
EVERY = [*JUDGED, _by_api_edit, _by_step, _as_emergency]


@pytest.mark.parametrize("path", EVERY)
def test_a_change_is_not_started_by_any_path_while_a_guard_refuses(waiting, browser, path):
    path(waiting, browser)
    waiting.refresh_from_db()
    assert (waiting.state, waiting.started_at) == ("APPROVED", None)
    refused = GuardDecision.objects.filter(guard="change.inside-window", outcome="refused", record_id=waiting.pk)
    assert refused.count() == (1 if path in JUDGED else 0)


def test_a_change_is_not_born_started_by_any_path(browser, customer):
    """Neither page, API nor import makes a change that is under way; the state is reached by its steps alone."""
    born = {"title": "born", "reason": "x", "content": "x", "kind": "normal", "state": "IMPLEMENTING"}
    started = {"started_at": "2025-10-13T09:00:00+08:00", "approved_at": "2025-10-13T09:00:00+08:00"}
    browser.post("/service/changes/new/", {**born, **started})
    browser.post("/api/v1/service/changes/", {**born, **started}, content_type="application/json")
    file = io.BytesIO(b"title,kind,state\nborn,normal,IMPLEMENTING\n")
    result = import_rows(site.resource("service.change"), system_actor(), file, "rows.csv", dry_run=False)
    assert (result.created, result.refused) == (0, 1)
    made = Change.objects.filter(title="born")
    assert {(row.state, row.started_at, row.approved_at) for row in made} <= {("DRAFT", None, None)}
