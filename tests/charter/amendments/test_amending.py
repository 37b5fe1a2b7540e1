"""A draft binds nobody until it was rehearsed, approved by another person and published; the past stays as it was."""

from __future__ import annotations

import datetime as dt
import json
from io import StringIO

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db.models import Q

from opscharter.charter.amendments import drafts
from opscharter.charter.amendments.effects import take_due_editions
from opscharter.charter.amendments.redline import ADDED, REMOVED, SAME, compare, pieces
from opscharter.charter.amendments.rehearsing import rehearse
from opscharter.charter.amendments.replay import digest
from opscharter.charter.evaluation import run
from opscharter.charter.management.commands.clauses import row_of
from opscharter.charter.models import Rehearsal
from opscharter.charter.standing import end_of, in_force, standings
from opscharter.kernel import moment
from opscharter.kernel.access.actor import system_actor
from opscharter.kernel.approvals.models import ApprovalRequest
from opscharter.kernel.approvals.requests import latest, open_request, vote
from opscharter.kernel.controls.decisions import change_setting, settings_at
from opscharter.kernel.controls.registry import CHECKS, find
from opscharter.kernel.errors import Refused
from opscharter.organization.models import Department
from tests.charter.amendments.conftest import BEGIN
from tests.charter.company import acting, amend, publish

pytestmark = pytest.mark.django_db
CONTROL = "request.assigned-in-time"


def set_in(draft, control, officer, **figures):
    declared = find(control)
    present = drafts.setting_in(draft, declared)
    wanted = {"mode": present["mode"], "parameters": {**present["parameters"], **figures}}
    return drafts.set_control(draft, declared, acting(officer), wanted, draft.clause_of(declared))


def snapshot(on):
    at = end_of(on)
    edition = in_force(at)
    return [edition.label, *(
        [row_of(each), each.clause.text, each.tone, str(each.value), [str(label) for _c, label in each.modes],
         [(c.mode, dict(c.parameters), c.result.hash if c.result else "") for c in each.checks],
         [(g.mode, g.refused, g.overridden) for g in each.guards], each.exceptions_granted]
        for each in standings(edition, at=at)
    )]  # fmt: skip


def test_case_4_standing_on_a_past_date_after_three_amendments_and_later_edits_equals_what_was_shown_that_day(
    officer, director, declare
):
    check = declare("named", Q(name__startswith="Bad"), target=60)
    shown = {}
    with moment.at(BEGIN):
        rooms = [Department(code=f"X{n}", name=f"Bad {n}" if n < 2 else f"Good {n}").save_as(system_actor())
                 for n in range(5)]  # fmt: skip
    for number, target in enumerate((60, 70, 80, 50)):
        with moment.at(BEGIN + dt.timedelta(days=10 * number)):
            if number:
                draft = amend(officer, "2.1.1", "", f"（{number}）")
                set_in(draft, check.id, officer, target=target)
                publish(draft, officer, director)
            run(system_actor())
        with moment.at(BEGIN + dt.timedelta(days=10 * number, hours=13)):
            shown[moment.today()] = snapshot(moment.today())
        with moment.at(BEGIN + dt.timedelta(days=10 * number + 3)):
            rooms[number].name = f"Bad again {number}" if number > 1 else f"Mended {number}"
            rooms[number].save_as(system_actor())
            change_setting(CONTROL, system_actor(), mode="off" if number % 2 else "warn", parameters={}, reason="try")
    assert [entry[0] for entry in shown.values()] == ["1", "2", "3", "4"]
    with moment.at(BEGIN + dt.timedelta(days=60)):
        for day, before in shown.items():
            assert snapshot(day) == before, day
        out = StringIO()
        call_command("clauses", "--json", "--on", str(BEGIN.date()), stdout=out)
        assert json.loads(out.getvalue()) == [line[0] for line in shown[BEGIN.date()][1:]]


def test_a_draft_binds_nobody_before_publication_and_its_parameters_hold_from_then(officer, director):
    with moment.at(BEGIN):
        draft = amend(officer, "3.4.3", "三個工作日", "一個工作日")
        set_in(draft, CONTROL, officer, p1=10)
        assert settings_at([CHECKS[CONTROL]])[CONTROL].parameters["p1"] == 15
        assert in_force().label == "1"
        with pytest.raises(Refused, match="Rehearse the draft"):
            draft.move("publish", acting(officer), effective_on=moment.today(), interpreter="總經理辦公會")
        publish(draft, officer, director)
        assert (in_force().label, settings_at([CHECKS[CONTROL]])[CONTROL].parameters["p1"]) == ("2", 10)
        assert in_force().base.state == "SUPERSEDED"
        clause = in_force().clauses.get(number="3.4.3")
        clause.texts = {**clause.texts, "en": "otherwise"}
        with pytest.raises(ValidationError, match="new edition"):
            clause.save_as(acting(officer))
        with pytest.raises(Refused, match="new edition"):
            in_force().clauses.get(number="3.4.3").archive_as(system_actor(), reason="gone")


def test_the_votes_are_bound_to_text_and_parameters_and_the_officer_cannot_approve_alone(officer, director):
    with moment.at(BEGIN):
        draft = amend(officer, "3.4.3", "三個工作日", "一個工作日")
        rehearse(Rehearsal(edition=draft).save_as(acting(officer)))
        request = open_request(draft, "publish", acting(officer))
        with pytest.raises(Refused, match="may not vote"):
            vote(request, draft, acting(officer), "approve")
        clause = draft.clauses.get(number="3.4.2")
        clause.texts = {**clause.texts, "en": "otherwise"}
        clause.save_as(acting(officer))
        assert latest(draft, "publish").state == ApprovalRequest.State.VOID
        with pytest.raises(Refused, match="decided"):
            vote(request, draft, acting(director), "approve")
        draft.refresh_from_db()
        with pytest.raises(Refused, match="changed after its rehearsal"):
            draft.move("publish", acting(officer), effective_on=moment.today(), interpreter="x")


def test_published_for_a_later_day_it_takes_effect_on_that_day(officer, director):
    later = BEGIN.date() + dt.timedelta(days=5)
    with moment.at(BEGIN):
        publish(amend(officer, "3.4.3", "三個工作日", "一個工作日"), officer, director, on=later)
        assert take_due_editions.func() == 0
        assert in_force().label == "1"
    with moment.at(BEGIN + dt.timedelta(days=5)):
        assert take_due_editions.func() == 1
        assert in_force().label == "2"
    assert in_force(end_of(later - dt.timedelta(days=1))).label == "1"


def test_the_redline_goes_by_words_in_english_and_by_characters_in_chinese(officer):
    assert pieces("within three days", "within one day") == [
        (SAME, "within "), (REMOVED, "three"), (ADDED, "one"), (SAME, " "), (REMOVED, "days"), (ADDED, "day"),
    ]  # fmt: skip
    assert pieces("三個工作日內", "一個工作日內") == [(REMOVED, "三"), (ADDED, "一"), (SAME, "個工作日內")]
    with moment.at(BEGIN):
        draft = amend(officer, "3.4.3", "三個工作日", "一個工作日")
        drafts.add_clause(draft, "3.4.4", {"en": "New"}, {"en": "Text"}, acting(officer))
        drafts.remove_clause(draft, draft.clauses.get(number="9.4.2"), acting(officer), "doubled")
        set_in(draft, CONTROL, officer, p1=10)
        redline = compare(draft)
    assert [(c.number, str(c.label)) for c in redline.clauses] == [
        ("3.4.3", "changed"), ("3.4.4", "added"), ("9.4.2", "removed"),
    ]  # fmt: skip
    assert [(c.control.id, c.facts[0][1:]) for c in redline.controls] == [(CONTROL, ("15", "10"))]


def test_a_control_bound_to_another_clause_is_cited_and_measured_there(officer, director):
    with moment.at(BEGIN):
        draft = amend(officer, "3.4.3", "三個工作日", "一個工作日")
        check = find(CONTROL)
        drafts.set_control(draft, check, acting(officer), drafts.setting_in(draft, check), "3.1.1")
        with pytest.raises(Refused, match="no clause 99"):
            drafts.set_control(draft, check, acting(officer), drafts.setting_in(draft, check), "99.1.1")
        publish(draft, officer, director)
        results = run(system_actor(), clause="3.1.1")
        assert {result.control: result.clause for result in results}[CONTROL] == "3.1.1"
        assert CONTROL not in [check.check.id for check in standings(in_force(), ["3.1.2"])[0].checks]


def test_a_rehearsal_is_frozen_and_shows_when_it_was_altered(officer):
    with moment.at(BEGIN):
        draft = amend(officer, "3.4.3", "三個工作日", "一個工作日")
        rehearsal = Rehearsal.objects.get(pk=rehearse(Rehearsal(edition=draft).save_as(acting(officer))).pk)
    assert digest(rehearsal.findings()) == rehearsal.hash
    rehearsal.checks[0]["new"] = 7
    assert digest(rehearsal.findings()) != rehearsal.hash


def test_chapter_10_is_guarded_by_its_own_procedure():
    found = {each.clause.number: each for each in standings(in_force())}
    assert "regulation.dated" in [g.guard.id for g in found["10.1.1"].guards]
    assert "regulation.rehearsed" in [g.guard.id for g in found["10.1.2"].guards]
