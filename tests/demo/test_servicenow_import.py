"""Taking the incident log of a real ServiceNow instance in, as it is."""

from __future__ import annotations

import datetime as dt
import io
import json
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.management import CommandError, call_command
from django.utils.translation import override

from opscharter.charter.models import CheckResult
from opscharter.demo.servicenow import importer
from opscharter.demo.servicenow.importer import take_in
from opscharter.kernel.access.actor import system_actor
from opscharter.kernel.audit.models import AuditEntry
from opscharter.kernel.indicators.figures import value
from opscharter.kernel.indicators.periods import Period
from opscharter.kernel.timeline.entries import entries_of
from opscharter.kernel.timeline.models import TimelineEntry
from opscharter.service.tickets.models import Incident

DATA = Path(__file__).resolve().parents[3] / "shared/data/itsm"
pytestmark = pytest.mark.django_db
ZONE = ZoneInfo("UTC")

HEAD = (
    "number,incident_state,active,reassignment_count,reopen_count,sys_mod_count,made_sla,caller_id,opened_by,opened_at,"
    "sys_created_by,sys_created_at,sys_updated_by,sys_updated_at,contact_type,location,category,subcategory,u_symptom,"
    "cmdb_ci,impact,urgency,priority,assignment_group,assigned_to,knowledge,u_priority_confirmation,notify,problem_id,"
    "rfc,vendor,caused_by,closed_code,resolved_by,resolved_at,closed_at"
)


def row(number="INC0000001", state="New", mod=0, updated="1/3/2016 09:10", **more: Any) -> str:
    """Return a line of the log; keywords replace cells by column name."""
    cells = {
        "number": number, "incident_state": state, "active": "true", "reassignment_count": "0", "reopen_count": "0",
        "sys_mod_count": str(mod), "made_sla": "true", "caller_id": "Caller 1", "opened_by": "Opened by  8",
        "opened_at": "1/3/2016 09:00", "sys_created_by": "?", "sys_created_at": "?", "sys_updated_by": "Updated by 1",
        "sys_updated_at": updated, "contact_type": "Phone", "location": "Location 1", "category": "Category 55",
        "subcategory": "Subcategory 170", "u_symptom": "Symptom 72", "cmdb_ci": "?", "impact": "2 - Medium",
        "urgency": "2 - Medium", "priority": "3 - Moderate", "assignment_group": "Group 56", "assigned_to": "?",
        "knowledge": "true", "u_priority_confirmation": "false", "notify": "Do Not Notify", "problem_id": "?",
        "rfc": "?", "vendor": "?", "caused_by": "?", "closed_code": "code 5", "resolved_by": "Resolved by 149",
        "resolved_at": "1/3/2016 11:00", "closed_at": "6/3/2016 11:00", **more,
    }  # fmt: skip
    return ",".join(cells[name] for name in HEAD.split(","))


def log(*rows: str) -> io.BytesIO:
    return io.BytesIO("\n".join([HEAD, *rows, ""]).encode())


LIFE = (
    row(), row(state="Active", mod=1, updated="1/3/2016 09:40", assigned_to="Resolver 3"),
    row(state="Resolved", mod=4, updated="1/3/2016 11:00"),
    row(state="Closed", mod=5, updated="6/3/2016 11:00", active="false", made_sla="false", reopen_count="1"),
)  # fmt: skip


def test_an_incident_arrives_as_it_ended_with_its_events_in_their_own_order():
    outcome = take_in(log(LIFE[2], LIFE[0], LIFE[3], LIFE[1]), ZONE, system_actor())
    assert (outcome.created, outcome.log.figures.events_imported) == (1, 4)
    incident = Incident.objects.get(number="INC0000001")
    assert (incident.state, incident.priority, incident.imported_from) == ("CLOSED", 3, "servicenow")
    assert incident.resolution_met is False
    assert incident.reopen_count == 1
    assert incident.reported_by == "Caller 1"
    assert incident.closed_at == dt.datetime(2016, 3, 6, 11, tzinfo=dt.UTC)
    told = list(entries_of(incident).order_by("id").values_list("verb", flat=True))
    assert told == ["New", "Active", "Resolved", "Closed"]
    assert AuditEntry.objects.filter(record_type="service.incident", action="create").count() == 1


def test_nothing_is_made_up():
    take_in(log(*LIFE), ZONE, system_actor())
    incident = Incident.objects.get()
    assert (incident.plan, incident.cause, incident.fix, incident.tested_at) == ("", "", "", None)
    assert incident.assessed_at is None
    assert incident.customer is None


def test_a_second_run_changes_nothing():
    take_in(log(*LIFE), ZONE, system_actor())
    before = (Incident.objects.get().version, TimelineEntry.objects.count(), AuditEntry.objects.count())
    again = take_in(log(*LIFE), ZONE, system_actor())
    assert (again.created, again.changed, again.unchanged, again.events_unchanged) == (0, 0, 1, 4)
    assert again.as_dict()["events_imported"] == 0
    assert (Incident.objects.get().version, TimelineEntry.objects.count(), AuditEntry.objects.count()) == before


def test_a_fuller_log_brings_the_incident_up_to_date():
    take_in(log(*LIFE[:2]), ZONE, system_actor())
    assert Incident.objects.get().state == "IN_PROGRESS"
    outcome = take_in(log(*LIFE), ZONE, system_actor())
    assert (outcome.created, outcome.changed) == (0, 1)
    assert Incident.objects.get().state == "CLOSED"
    assert TimelineEntry.objects.exclude(source_key="").count() == 4


def test_a_dry_run_prints_the_same_figures_and_writes_nothing():
    dry = take_in(log(*LIFE), ZONE, system_actor(), dry_run=True)
    assert not Incident.objects.exists()
    assert dry.as_dict() == take_in(log(*LIFE), ZONE, system_actor()).as_dict()


def test_a_damaged_row_is_named_and_the_rest_goes_in():
    damaged = row(number="INC0000002", opened_at="31/2/2016 09:00")
    outcome = take_in(log(LIFE[0], damaged, row(number="INC0000003")), ZONE, system_actor())
    assert [refused.line for refused in outcome.log.refused] == [3]
    assert "opened_at" in outcome.log.refused[0].reason
    assert set(Incident.objects.values_list("number", flat=True)) == {"INC0000001", "INC0000003"}


def test_a_killed_run_can_be_repeated(monkeypatch):
    monkeypatch.setattr(importer, "BATCH", 1)
    real = importer._create

    def die(fresh, actor):
        if fresh and fresh[0][0].number == "INC0000002":
            raise KeyboardInterrupt
        real(fresh, actor)

    lines = [row(), row(number="INC0000002"), row(number="INC0000003")]
    monkeypatch.setattr(importer, "_create", die)
    with pytest.raises(KeyboardInterrupt):
        take_in(log(*lines), ZONE, system_actor())
    assert Incident.objects.count() == 1
    monkeypatch.setattr(importer, "_create", real)
    outcome = take_in(log(*lines), ZONE, system_actor())
    assert (outcome.created, outcome.unchanged, Incident.objects.count()) == (2, 1, 3)


def test_a_number_of_our_own_is_not_overwritten():
    own = Incident(title="ours", description="x", urgency=2, imported_from="other")
    own.number = "INC0000001"
    own.save_as(system_actor())
    outcome = take_in(log(*LIFE), ZONE, system_actor())
    assert [number for number, _reason in outcome.refused_incidents] == ["INC0000001"]
    assert Incident.objects.get().title == "ours"


def test_a_priority_against_the_matrix_is_reported():
    outcome = take_in(log(row(priority="1 - Critical")), ZONE, system_actor())
    difference = outcome.as_dict()["priority_matrix"]["differences"][0]
    assert (difference["expected"], difference["found"], difference["lines"]) == (3, 1, [2])


def test_the_command_refuses_what_is_no_log_and_a_zone_that_is_none(tmp_path):
    wrong = tmp_path / "wrong.csv"
    wrong.write_text("a,b\n1,2\n")
    with override("en"), pytest.raises(CommandError, match="header"):
        call_command("import", "servicenow-incidents", str(wrong))
    with pytest.raises(CommandError, match="time zone"):
        call_command("import", "servicenow-incidents", str(wrong), timezone="Mars/Base")


@pytest.mark.skipif(not DATA.is_dir(), reason="the real incident log (../shared/data/itsm) is not here")
def test_the_real_log_equals_its_truth_and_is_measured_as_it_is(tmp_path):
    truth = json.loads((DATA / "TRUTH_DEV.json").read_text())
    out = io.StringIO()
    call_command("import", "servicenow-incidents", str(next(DATA.glob("*.csv.gz"))), json=True, stdout=out)
    figures = json.loads(out.getvalue())
    assert figures["events_read"] == figures["events_imported"] == truth["events"]
    assert figures["events_refused"] == 0
    assert figures["made_sla"] == truth["final_made_sla"]
    for name in (
        "incidents", "events_by_state", "final_priority", "incidents_reopened", "sum_final_reopen",
        "sum_final_reassignment", "incidents_with_problem_id", "incidents_with_rfc", "distinct_callers_final",
    ):  # fmt: skip
        assert figures[name] == truth[name], name
    assert figures["priority_matrix"]["differences"] == []
    assert Incident.objects.filter(state="CLOSED").count() == truth["incidents"]
    assert Incident.objects.filter(resolved_at__isnull=True).count() == truth["resolved_at_missing"]
    reopened = CheckResult.objects.get(control="incident.stays-solved")
    assert (reopened.population, reopened.exceptions) == (truth["incidents"], truth["incidents_reopened"])
    tested = CheckResult.objects.get(control="incident.tested")
    assert (tested.state, tested.exceptions) == ("fail", truth["incidents"])
    met = sum(value("service.timely-resolution", Period.parse(year)).numerator for year in ("2016", "2017"))
    assert met == truth["final_made_sla"]["true"]
