"""A refusal is told to every reader in their own language, whatever language the refused person had."""

from __future__ import annotations

import ast
import csv
import datetime as dt
import inspect
import io
import textwrap

import pytest
from django.test import Client
from django.utils.functional import Promise
from django.utils.translation import override

from opscharter.customers.models import Customer
from opscharter.kernel.access.actor import system_actor
from opscharter.kernel.audit.models import AuditEntry
from opscharter.kernel.audit.trail import write_entry
from opscharter.kernel.controls.models import GuardDecision
from opscharter.kernel.controls.registry import GUARDS
from opscharter.kernel.errors import Refused
from opscharter.kernel.resources.links import record_url
from opscharter.kernel.users.models import User
from opscharter.organization.models import Department, Employee, Post, Role, RoleGrant
from opscharter.organization.seed import install_roles
from opscharter.service.tickets.models import Incident
from opscharter.service.tickets.models.test_step import TestStep
from tests.charter.company import hire

SAID = {
    "en": "Finish the test checklist: 1 of 5 steps have a result.",
    "zh-hant": "請完成測試清單：5 步中已有結果 1 步。",
    "zh-hans": "请完成测试清单：5 步中已有结果 1 步。",
}


@pytest.fixture
def incident(db, regulation):
    """Return an incident of whose test steps one has a result."""
    system = system_actor()
    customer = Customer(name="Customer", short_name="C").save_as(system)
    row = Incident(title="Down", description="x", urgency=2, customer=customer).save_as(system)
    team = Department(code="SYS", name="Systems").save_as(system)
    post = Post(title="Engineer", level="engineer").save_as(system)
    person = Employee(name="Li", department=team, post=post, joined_on=dt.date(2020, 1, 1)).save_as(system)
    row.move("assign", system, team=team, assignee=person)
    row.move("assess", system, category="x", severity="x", scope_note="x", impact=3, urgency=3)
    TestStep(incident=row, position=1, step="ping", result="passed").save_as(system)
    TestStep(incident=row, position=2, step="log in").save_as(system)
    return row


def refuse(incident, language):
    with override(language), pytest.raises(Refused):
        incident.move("resolve", system_actor(), cause="c", fix="f")
    return GuardDecision.objects.get(guard="incident.fully-tested")


def browser_of(user, language):
    browser = Client(headers={"accept-language": language})
    browser.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return browser


def others(language):
    return [said for code, said in SAID.items() if code != language]


@pytest.mark.parametrize("refused_in", SAID)
@pytest.mark.parametrize("read_in", SAID)
def test_page_file_and_api_tell_a_refusal_in_the_readers_language(read_in, refused_in, incident):
    row = refuse(incident, refused_in)
    assert SAID[refused_in] in row.message, "what the refused person was told stays as it was told"
    install_roles(system_actor())
    browser = browser_of(User.objects.create_superuser("root"), read_in)
    page = browser.get("/regulation/guard-log/").content.decode()
    (entry,) = [
        each for each in browser.get("/api/v1/charter/clauses/guard-log/").json()["results"] if each["id"] == row.pk
    ]
    answer = browser.get("/regulation/guard-log/export/", {"guard": "incident.fully-tested"})
    with override(refused_in):
        text = b"".join(answer.streaming_content).decode("utf-8-sig")
    (line,) = csv.DictReader(io.StringIO(text))
    for told in (page, entry["reason"], line["reason"]):
        assert SAID[read_in] in told
        assert not [said for said in others(read_in) if said in told]
    assert AuditEntry.objects.latest("pk").action == "export"


@pytest.mark.parametrize("read_in", SAID)
def test_a_records_history_tells_a_refusal_in_the_readers_language(read_in, incident):
    refuse(incident, "zh-hans" if read_in == "en" else "en")
    install_roles(system_actor())
    browser = browser_of(User.objects.create_superuser("root"), read_in)
    page = browser.get(record_url(incident) + "history/").content.decode()
    assert SAID[read_in] in page
    assert not [said for said in others(read_in) if said in page]


def test_a_history_of_before_reasons_were_kept_has_the_words_then_said(incident):
    before = {"reasons": [None, [{"message": "從前的話"}]]}
    write_entry(system_actor(), "refused:resolve", record=incident, changes=before)
    install_roles(system_actor())
    page = browser_of(User.objects.create_superuser("root"), "en").get(record_url(incident) + "history/")
    assert "從前的話" in page.content.decode()


def test_rows_of_before_reasons_were_kept_so_have_the_words_then_said(incident):
    row = refuse(incident, "zh-hant")
    old = GuardDecision(message="完成測試清單：2 步中 1 步有結果。", kept=None)
    for language in SAID:
        with override(language):
            assert old.reason == "完成測試清單：2 步中 1 步有結果。"
            assert SAID[language] in row.reason


def test_the_api_shows_only_decisions_on_records_within_reach_and_names_a_bad_day(incident):
    row = refuse(incident, "en")
    install_roles(system_actor())
    role = Role(code="narrow", name="narrow").save_as(system_actor())
    RoleGrant(role=role, record_type="charter.clause", action="view", reach="all").save_as(system_actor())
    narrow = browser_of(hire("narrow", "narrow").user, "en")
    assert narrow.get("/api/v1/charter/clauses/guard-log/").json()["results"] == []
    assert narrow.get("/regulation/guard-log/export/").status_code == 404
    supervisor = browser_of(hire("quality", "quality-supervisor").user, "en")
    found = supervisor.get("/api/v1/charter/clauses/guard-log/", {"outcome": "refused", "clause": "3.3.3"}).json()
    assert [(each["id"], each["number"], each["step_label"]) for each in found["results"]] == [
        (row.pk, incident.number, "Mark as resolved")
    ]
    assert found["next_before"] is None
    before = supervisor.get("/api/v1/charter/clauses/guard-log/", {"before": row.pk, "clause": "3.3.3"}).json()
    assert before["results"] == []
    wrong = supervisor.get("/api/v1/charter/clauses/guard-log/", {"from": "2026-02-31"})
    assert (wrong.status_code, wrong.json()["errors"][0]["field"]) == (400, "from")
    assert supervisor.get("/regulation/guard-log/export/", {"to": "soon"}).status_code == 400


@pytest.mark.parametrize("name", sorted(GUARDS))
def test_every_guard_says_what_is_missing_in_words_that_can_be_told_in_every_language(name):
    """Sentences of guards are lazy messages or Wordings: one put together on the spot has one language for ever."""
    function = inspect.unwrap(GUARDS[name].function)
    tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    marks = {
        each
        for each in {node.func.id for node in ast.walk(tree) if isinstance(node, ast.Call) and hasattr(node.func, "id")}
        if each in ("_", "_t", "gettext", "gettext_lazy")
    }
    eager = [each for each in marks if not isinstance(function.__globals__[each]("Yes"), Promise)]
    assert not eager, f"{name} translates at once: use gettext_lazy"
    for node in ast.walk(tree):
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod) and isinstance(node.left, ast.Call):
            assert getattr(node.left.func, "id", "") not in marks, f"{name} puts figures in at once: use Wording"
