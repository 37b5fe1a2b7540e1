"""Compliance packs: what they say of one customer, what they never say of another, and who gets them."""

from __future__ import annotations

import datetime as dt
import io
import json
import zipfile

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from django.utils.translation import override

from opscharter.charter.attestations.models import Attestation, AttestationPlan
from opscharter.charter.evaluation import run
from opscharter.charter.install import install_default_regulation
from opscharter.customers.feedback.models import Feedback
from opscharter.customers.models import CompliancePack, Customer
from opscharter.customers.packs.making import make_pack
from opscharter.customers.packs.sealing import verify
from opscharter.kernel import moment
from opscharter.kernel.access.actor import actor_for, system_actor
from opscharter.kernel.audit.models import AuditEntry
from opscharter.kernel.calendars.models import BusinessCalendar
from opscharter.kernel.controls.decisions import change_setting, log_decisions
from opscharter.kernel.controls.models import GuardDecision
from opscharter.kernel.errors import Reason, Refused
from opscharter.kernel.users.models import User
from opscharter.organization.models import Department, Employee, EmployeeRole, Post
from opscharter.organization.seed import install_roles

pytestmark = pytest.mark.django_db
NOVEMBER = timezone.make_aware(dt.datetime(2026, 11, 5, 10, 0))
NOVEMBER_ENDS = timezone.make_aware(dt.datetime(2026, 11, 30, 18, 0))
DECEMBER = timezone.make_aware(dt.datetime(2026, 12, 2, 10, 0))
OTHER = "Westerly Insurance"


@pytest.fixture(autouse=True)
def _here(tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path
    with override("en"):
        yield


@pytest.fixture
def world(db):
    """Return two customers with unanswered feedback of November, and their service and project managers."""
    actor = system_actor()
    roles, unit = install_roles(actor), Department(code="S", name="S").save_as(actor)
    install_default_regulation(actor)
    BusinessCalendar(name="office", time_zone="Asia/Shanghai", holidays="cn").save_as(actor)
    post = Post(title="p").save_as(actor)
    people = {}
    for name in ("service-manager", "project-manager", "engineer"):
        user = User.objects.create(username=name)
        people[name] = Employee(name=name, department=unit, post=post, joined_on=dt.date(2020, 1, 1), user=user)
        people[name].save_as(actor)
        EmployeeRole(employee=people[name], role=roles[name], valid_from=dt.date(2020, 1, 1)).save_as(actor)
    east = Customer(name="Eastern Bank", account_manager=people["project-manager"]).save_as(actor)
    west = Customer(name=OTHER, short_name="WINS").save_as(actor)
    with moment.at(NOVEMBER):
        for customer in (east, west):
            for number in range(2):
                Feedback(
                    customer=customer, subject=f"slow {number} at {customer.name}", body=f"unlike {OTHER}"
                ).save_as(actor)
        plan = AttestationPlan(
            clause="1.1.1", statement=f"served, {OTHER} too", owner=people["engineer"].user, next_due_on=NOVEMBER.date()
        ).save_as(actor)
        told = Attestation(plan=plan, due_on=NOVEMBER.date()).save_as(actor)
        told.move("deny", actor_for(people["engineer"].user), reason="no")
        refusal = [Reason("no answer", "charter.corrective-closed", "2.2.5")]
        log_decisions(GuardDecision.Outcome.REFUSED, refusal, Feedback.objects.first(), actor, "close")
    with moment.at(NOVEMBER_ENDS):
        run(actor, clause="2.2.5")
    return {"east": east, "west": west, **{name: person.user for name, person in people.items()}}


def order(world, customer, who="service-manager", period="2026-11"):
    """Return a pack that was ordered and made in December."""
    with moment.at(DECEMBER):
        pack = CompliancePack(customer=customer, period=period, language="en").save_as(actor_for(world[who]))
        make_pack.func(pack.pk)
    pack.refresh_from_db()
    assert pack.state == "READY", pack.problem
    return pack


def browser_of(world, who):
    browser = Client()
    browser.force_login(world[who], backend="django.contrib.auth.backends.ModelBackend")
    return browser


def fetched(world, pack, who="service-manager"):
    answer = browser_of(world, who).get(f"/customers/compliance-packs/{pack.pk}/file/")
    assert answer.status_code == 200
    return b"".join(answer.streaming_content)


def test_a_pack_holds_report_results_evidence_and_hashes_and_verifies(world, tmp_path, capsys):
    pack = order(world, world["east"])
    content = fetched(world, pack)
    found = verify(io.BytesIO(content), pack.manifest)
    assert found.intact
    with zipfile.ZipFile(io.BytesIO(content)) as files:
        names = set(files.namelist())
        results = json.loads(files.read("results.json"))
        exceptions = json.loads(files.read("evidence/exceptions.json"))
        assert files.read("report.pdf").startswith(b"%PDF")
    assert names >= {"report.pdf", "results.json", "regulation.md", "evidence/exceptions.json", "SHA256SUMS"}
    clause = next(c for c in results["clauses"] if c["clause"] == "2.2.5")
    check = next(c for c in clause["checks"] if c["control"] == "organization.feedback-answered")
    assert check["here"] == {"population": 2, "exceptions": 2, "share": "0.00"}
    assert (check["company"]["share"], len(check["company"]["hash"])) == ("0.00", 64)
    mine = [e for e in exceptions if e["control"] == "organization.feedback-answered"]
    assert [e["reason"] for e in mine] == ["not answered in time"] * 2
    kept = tmp_path / "pack.zip"
    kept.write_bytes(content)
    call_command("verify-pack", str(kept), manifest=pack.manifest)
    assert pack.number in capsys.readouterr().out


def test_nothing_of_another_customer_is_in_it_neither_records_nor_names_that_somebody_typed(world):
    pack = order(world, world["east"])
    with zipfile.ZipFile(io.BytesIO(fetched(world, pack))) as files:
        said = {name: files.read(name).decode() for name in files.namelist() if not name.endswith(".pdf")}
    for name, text in said.items():
        assert OTHER not in text, name
        assert "WINS" not in text, name
    numbers = set(Feedback.objects.filter(customer=world["west"]).values_list("number", flat=True))
    assert not [number for number in numbers for text in said.values() if number in text]
    assert "unlike ▇▇" in said["evidence/exceptions.json"]
    own = Feedback.objects.filter(customer=world["east"]).values_list("number", flat=True)
    assert all(number in said["evidence/exceptions.json"] for number in own)


def test_a_pack_of_the_whole_company_names_everybody(world):
    pack = order(world, None)
    with zipfile.ZipFile(io.BytesIO(fetched(world, pack))) as files:
        exceptions = json.loads(files.read("evidence/exceptions.json"))
        attestations = json.loads(files.read("evidence/attestations.json"))
    mine = [e for e in exceptions if e["control"] == "organization.feedback-answered"]
    assert len(mine) == 4
    assert (attestations[0]["clause"], attestations[0]["state"]) == ("1.1.1", "DENIED")


def test_a_project_manager_orders_and_fetches_packs_of_the_own_customers_only(world):
    pack = order(world, world["east"], "project-manager")
    assert fetched(world, pack, "project-manager").startswith(b"PK")
    for customer in (world["west"], None):
        with pytest.raises(Refused), moment.at(DECEMBER):
            CompliancePack(customer=customer, period="2026-11").save_as(actor_for(world["project-manager"]))
    for other in (order(world, world["west"]), order(world, None)):
        assert browser_of(world, "project-manager").get(f"/customers/compliance-packs/{other.pk}/").status_code == 404
        assert (
            browser_of(world, "project-manager").get(f"/customers/compliance-packs/{other.pk}/file/").status_code == 404
        )
        assert (
            browser_of(world, "project-manager").get(f"/api/v1/customers/compliance-packs/{other.pk}/file/").status_code
            == 404
        )
    assert browser_of(world, "engineer").get(f"/customers/compliance-packs/{pack.pk}/file/").status_code == 404


def test_handing_a_pack_out_is_an_export_in_the_trail_with_its_hashes(world):
    pack = order(world, world["east"])
    fetched(world, pack)
    browser_of(world, "service-manager").get(f"/api/v1/customers/compliance-packs/{pack.pk}/file/")
    entries = AuditEntry.objects.filter(action="export", record_id=pack.pk)
    assert entries.count() == 2
    assert {entry.changes["manifest"][1] for entry in entries} == {pack.manifest}
    assert {entry.user for entry in entries} == {world["service-manager"]}


def test_it_tells_the_standing_of_the_period_and_not_of_today(world):
    with moment.at(DECEMBER):
        change_setting("organization.feedback-answered", system_actor(), mode="off", parameters={}, reason="later")
    pack = order(world, world["east"])
    with zipfile.ZipFile(io.BytesIO(fetched(world, pack))) as files:
        results = json.loads(files.read("results.json"))
    assert results["to"].startswith("2026-11-30")
    clause = next(c for c in results["clauses"] if c["clause"] == "2.2.5")
    assert (clause["standing"], clause["checks"][0]["company"]["collected"][:10]) == ("fail", "2026-11-30")


@pytest.mark.parametrize("period", ["2026-13", "autumn", "2031-01", ""])
def test_what_is_no_period_or_has_not_begun_is_refused(world, period):
    with pytest.raises(ValidationError), moment.at(DECEMBER):
        CompliancePack(customer=world["east"], period=period).save_as(system_actor())


def test_a_pack_that_cannot_be_made_says_why_and_keeps_nobody_waiting(world, monkeypatch):
    monkeypatch.setattr("opscharter.customers.packs.making.report", lambda *_: 1 / 0)
    with moment.at(DECEMBER):
        pack = CompliancePack(customer=world["east"], period="2026-11").save_as(system_actor())
        make_pack.func(pack.pk)
    pack.refresh_from_db()
    assert (pack.state, pack.path) == ("FAILED", "")
    assert "ZeroDivisionError" in pack.problem
