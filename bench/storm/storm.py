"""Acceptance case 10 at full size: a storm of alerts against real web and worker processes on PostgreSQL.

10,000 deliveries in 60 s (`--scale 0.1`: a tenth of both) of 40 fingerprints of 3 customers; every one is a new
occurrence. Midway the worker is killed and started again. Then everything recovers. Prints what became of it and ends
with 1 where something was lost or doubled, or too much was opened. DATABASE_URL names a server on which a database may
be created; without it a local one is used, or a private one is started.
"""

from __future__ import annotations

import argparse
import datetime as dt
import http.client
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tools"))
from postgres import free_port, server

DELIVERIES, SECONDS, FINGERPRINTS, CUSTOMERS, SENDERS = 10_000, 60.0, 40, 3, 8
DRAIN_WITHIN, RESOLVE_WITHIN = 120, 180
DATABASE = f"opscharter_storm_{os.getpid()}"
NEVER = "0001-01-01T00:00:00Z"


@contextmanager
def database() -> Iterator[str]:
    """Create a database for the storm and drop it afterwards; yields its URL."""
    given = os.environ.get("DATABASE_URL")
    if given:
        with created(given) as url:
            yield url
        return
    with server() as local, created(local) as url:
        yield url


@contextmanager
def created(url: str) -> Iterator[str]:
    """Create the database beside the one that the URL names."""
    base, _slash, _name = url.rpartition("/")
    name = sql.Identifier(DATABASE)
    with psycopg.connect(f"{base}/postgres", autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(name))
        try:
            yield f"{base}/{DATABASE}"
        finally:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))


def build() -> str:
    """Found a company with an engineer on duty, three customers and a source; returns the token."""
    from django.core.management import call_command

    from opscharter.customers.models import Customer
    from opscharter.demo.found import install_foundation
    from opscharter.kernel.access.actor import system_actor
    from opscharter.kernel.calendars.models import BusinessCalendar
    from opscharter.kernel.users.models import User
    from opscharter.organization.models import Department, Employee, Post
    from opscharter.service.alerts.intake import issue_token
    from opscharter.service.alerts.models import AlertRule, AlertSource
    from opscharter.service.oncall.models import Roster, RosterShift, ShiftMember

    call_command("migrate", verbosity=0)
    install_foundation()
    house = system_actor()
    calendar = BusinessCalendar(name="Office", holidays="cn").save_as(house)
    team = Department(code="SYS", name="Systems").save_as(house)
    post = Post(title="Engineer", level="engineer").save_as(house)
    roster = Roster(name="Systems", team=team, calendar=calendar).save_as(house)
    shift = RosterShift(roster=roster, name="day", level=1, since=dt.date(2026, 1, 1)).save_as(house)
    person = Employee(name="On duty", department=team, post=post, joined_on=dt.date(2020, 1, 1))
    person.user = User.objects.create_user("on-duty")
    ShiftMember(shift=shift, position=1, employee=person.save_as(house)).save_as(house)
    source = AlertSource(name="Storm", code="storm", kind="alertmanager", quiet_minutes=0, team=team).save_as(house)
    for number in range(CUSTOMERS):
        customer = Customer(name=f"Customer {number}", team=team).save_as(house)
        AlertRule(source=source, position=number, label="tenant", value=str(number), customer=customer).save_as(house)
    return issue_token(source, house)


@dataclass
class Storm:
    """What is sent, and what was answered."""

    count: int
    seconds: float
    port: int
    token: str
    begin: dt.datetime
    accepted: int = 0
    retried: int = 0
    refused: list[str] = field(default_factory=list)
    last: float = 0.0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def started(self, number: int) -> dt.datetime:
        """Return when the alert of a delivery began: never twice the same."""
        return self.begin + dt.timedelta(milliseconds=number)

    def body(self, number: int, ended: dt.datetime | None = None) -> bytes:
        """Return one delivery."""
        which = number % FINGERPRINTS
        item = {
            "status": "resolved" if ended else "firing", "fingerprint": f"f{which:02}",
            "labels": {"alertname": f"Storm{which}", "tenant": str(which % CUSTOMERS), "severity": "warning"},
            "annotations": {"summary": f"Storm {which}"}, "startsAt": self.started(number).isoformat(),
            "endsAt": ended.isoformat() if ended else NEVER,
        }  # fmt: skip
        return json.dumps({"version": "4", "status": item["status"], "alerts": [item], "truncatedAlerts": 0}).encode()

    def send_all(self) -> None:
        """Send the deliveries at their times with several senders; what is not answered is sent again."""
        began = time.monotonic()
        threads = [threading.Thread(target=self._send, args=(first, began)) for first in range(SENDERS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def _send(self, first: int, began: float) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        for number in range(first, self.count, SENDERS):
            time.sleep(max(0.0, began + number * self.seconds / self.count - time.monotonic()))
            self.deliver(connection, self.body(number))
        connection.close()

    def deliver(self, connection: http.client.HTTPConnection, body: bytes) -> None:
        """Deliver one body until it is answered."""
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        for _try in range(20):
            try:
                connection.request("POST", "/hooks/alerts/storm/", body, headers)
                answer = connection.getresponse()
                text = answer.read()
            except (OSError, http.client.HTTPException):
                connection.close()
                with self.lock:
                    self.retried += 1
                time.sleep(0.2)
                continue
            with self.lock:
                if answer.status == 202:
                    self.accepted += 1
                    self.last = time.monotonic()
                else:
                    self.refused.append(f"{answer.status} {text[:80]!r}")
            return


def wait_for(what: Callable[[], bool], seconds: float) -> float | None:
    """Wait until something holds; returns after how many seconds, None when it did not come."""
    begun = time.monotonic()
    while time.monotonic() - begun < seconds:
        if what():
            return time.monotonic() - begun
        time.sleep(0.25)
    return None


def start(*arguments: str) -> subprocess.Popen[bytes]:
    """Start a process of the product."""
    return subprocess.Popen([sys.executable, *arguments], start_new_session=True)


def run(scale: float) -> int:
    """Let the storm pass over, and print what it left."""
    import django

    django.setup()
    from opscharter.config.processes import answers, web_command
    from opscharter.service.alerts.models import Delivery
    from opscharter.service.tickets.models import Incident

    token, port = build(), free_port()
    print(f"founded; {DELIVERIES * scale:,.0f} deliveries in {SECONDS * scale:.0f} s", flush=True)
    storm = Storm(int(DELIVERIES * scale), SECONDS * scale, port, token, dt.datetime.now(dt.UTC))
    web, worker = start(*web_command("127.0.0.1", port, 1)), start("-m", "django", "worker")
    try:
        if wait_for(lambda: answers("127.0.0.1", port), 60) is None:
            print("the web process does not answer")
            return 1
        sender, began = threading.Thread(target=storm.send_all), time.monotonic()
        sender.start()
        time.sleep(storm.seconds / 2)
        worker.kill()
        worker.wait()
        print("the worker was killed", flush=True)
        time.sleep(1)
        worker = start("-m", "django", "worker")
        sender.join()
        waiting = Delivery.objects.filter(state=Delivery.State.WAITING)
        drained = wait_for(lambda: not waiting.exists(), DRAIN_WITHIN * 2)
        drain = time.monotonic() - storm.last if drained is not None else None
        report = figures(storm, storm.last - began, drain)
        report |= recover(storm, lambda: set(Incident.objects.values_list("state", flat=True)) == {"RESOLVED"})
    finally:
        for process in (worker, web):
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)  # with what the web server has started, which would live on
            process.wait()
    return tell(storm, report)


def figures(storm: Storm, sending: float, drain: float | None) -> dict[str, Any]:
    """Count what is there against what was sent."""
    from django.db.models import Count, Sum

    from opscharter.service.alerts.models import Alert, Delivery, MajorCandidate, Occurrence
    from opscharter.service.oncall.models import Call
    from opscharter.service.tickets.models import Incident

    sent = {(f"f{n % FINGERPRINTS:02}", storm.started(n)) for n in range(storm.count)}
    found = list(Occurrence.objects.values_list("alert__fingerprint", "started_at"))
    told = Occurrence.objects.aggregate(n=Sum("deliveries"))["n"] or 0
    done = Delivery.objects.filter(state=Delivery.State.DONE).count()
    calls = Call.objects.values("callout__record_id", "employee").annotate(n=Count("pk"))
    return {
        "sent": storm.count, "accepted": storm.accepted, "refused": len(storm.refused), "sent again": storm.retried,
        "sending seconds": round(sending, 1), "deliveries kept": Delivery.objects.count(), "processed": done,
        "fingerprints": Alert.objects.count(), "occurrences": len(found), "incidents": Incident.objects.count(),
        "major candidates": MajorCandidate.objects.count(),
        "pages per engineer and incident": max((row["n"] for row in calls), default=0),
        "lost": len(sent - set(found)), "doubled": len(found) - len(set(found)) + told - done,
        "drain seconds": None if drain is None else round(drain, 1),
    }  # fmt: skip


def recover(storm: Storm, resolved: Callable[[], bool]) -> dict[str, Any]:
    """Tell that everything has ended, and wait until the incidents are resolved."""
    connection = http.client.HTTPConnection("127.0.0.1", storm.port, timeout=30)
    for number in range(storm.count - FINGERPRINTS, storm.count):
        storm.deliver(connection, storm.body(number, dt.datetime.now(dt.UTC)))
    connection.close()
    seconds = wait_for(resolved, RESOLVE_WITHIN)
    return {"resolved after recovery, seconds": None if seconds is None else round(seconds, 1)}


def tell(storm: Storm, report: dict[str, Any]) -> int:
    """Print the figures; 1 where the case does not hold."""
    for name, value in report.items():
        print(f"{name:34}{value if value is not None else 'not in time':>12}")
    for line in storm.refused[:5]:
        print(f"refused: {line}")
    holds = {
        "every delivery is one occurrence": report["occurrences"] == storm.count,
        "nothing lost, nothing doubled": report["lost"] == report["doubled"] == 0,
        "at most 3 incidents and 1 candidate": report["incidents"] <= CUSTOMERS and report["major candidates"] <= 1,
        "one page per engineer and incident": report["pages per engineer and incident"] == 1,
        "drained in time": report["drain seconds"] is not None and report["drain seconds"] <= DRAIN_WITHIN,
        "recoveries resolve": report["resolved after recovery, seconds"] is not None,
    }
    for name, held in holds.items():
        print(f"{'holds ' if held else 'BROKEN'}  {name}")
    return 0 if all(holds.values()) else 1


def main() -> int:
    """Make a place for it and let it storm."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scale", type=float, default=1)
    options = parser.parse_args()
    with database() as url, tempfile.TemporaryDirectory() as folder:
        os.environ.update(
            DATABASE_URL=url, OPSCHARTER_DATA=folder, DJANGO_SETTINGS_MODULE="opscharter.config.settings",
            PYTHONWARNINGS="ignore",
        )  # fmt: skip
        try:
            return run(options.scale)
        finally:
            from django.db import connections

            connections.close_all()


if __name__ == "__main__":
    sys.exit(main())
