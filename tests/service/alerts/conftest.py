"""A source of alerts with its token, an engineer on duty, and ways to deliver and to let the worker work."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from opscharter.kernel import moment
from opscharter.kernel.access.actor import system_actor
from opscharter.kernel.users.models import User
from opscharter.organization.models import Department, Employee
from opscharter.service.alerts.intake import issue_token
from opscharter.service.alerts.models import AlertSource, Delivery
from opscharter.service.alerts.processing import process_alerts
from opscharter.service.oncall.models import Roster, RosterShift, ShiftMember
from tests.service.conftest import MONDAY_NINE

NEVER = "0001-01-01T00:00:00Z"


class Sender:
    """A monitoring system with a token."""

    def __init__(self, source: AlertSource) -> None:
        self.source = source
        self.token = issue_token(source, system_actor())
        self.client = Client()

    def post(self, body: bytes | str | Any, token: str | None = None) -> Any:
        """Deliver bytes, a text, or something as JSON."""
        content = body if isinstance(body, bytes | str) else json.dumps(body)
        return self.client.post(
            f"/hooks/alerts/{self.source.code}/", content, content_type="application/json",
            headers={"Authorization": f"Bearer {self.token if token is None else token}"},
        )  # fmt: skip

    def tell(self, *alerts: dict[str, Any]) -> Any:
        """Deliver alerts in Alertmanager's shape."""
        answer = self.post({"version": "4", "status": "firing", "alerts": list(alerts), "truncatedAlerts": 0})
        assert answer.status_code == 202, answer.content
        return answer


def alert(name: str, started: dt.datetime, ended: dt.datetime | None = None, **labels: str) -> dict[str, Any]:
    """Return one alert in Alertmanager's shape."""
    return {
        "status": "resolved" if ended else "firing",
        "labels": {"alertname": name, "severity": "warning", **labels},
        "annotations": {"summary": f"{name} on {labels.get('instance', '?')}"},
        "startsAt": started.isoformat(),
        "endsAt": ended.isoformat() if ended else NEVER,
        "fingerprint": f"{name}-{labels.get('instance', '')}",
    }


def work(source: AlertSource | None = None) -> None:
    """Let the worker do everything that waits."""
    sources = [source] if source else list(AlertSource.objects.all())
    for each in sources:
        while Delivery.objects.filter(source=each, state="waiting").exists():
            process_alerts.func(each.pk)


MakeSender = Callable[..., Sender]


@pytest.fixture
def sender(customer: Any, service: Any) -> MakeSender:
    """Return a maker of senders; keywords replace fields of the source."""

    def make(**fields: Any) -> Sender:
        code = fields.pop("code", "prom")
        given = {"name": code, "code": code, "kind": "alertmanager", "customer": customer, "service": service, **fields}
        return Sender(AlertSource(**given).save_as(system_actor()))

    return make


@pytest.fixture
def on_duty(team: Department, engineer: Employee, calendar: Any) -> Employee:
    """Return the engineer who is on duty for the team, with an account."""
    with moment.at(MONDAY_NINE):
        engineer.user = User.objects.create_user("on-duty")
        engineer.save_as(system_actor())
        roster = Roster(name="SYS", team=team, calendar=calendar).save_as(system_actor())
        shift = RosterShift(roster=roster, name="d", level=1, since=MONDAY_NINE.date()).save_as(system_actor())
        ShiftMember(shift=shift, position=1, employee=engineer).save_as(system_actor())
    return engineer
