"""Acceptance case 1: everyone confirms the version in force, is reminded within reason, and nothing is ever lost."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils.translation import override

from opscharter.charter.acknowledgements.campaign import CHECK, confirm, keep_campaign, open_question
from opscharter.charter.acknowledgements.models import Acknowledgement
from opscharter.charter.acknowledgements.pages import campaigns
from opscharter.charter.acknowledgements.tasks import confirmations
from opscharter.charter.evaluation import evaluate
from opscharter.charter.install import install_default_regulation
from opscharter.charter.standing import in_force
from opscharter.kernel import moment
from opscharter.kernel.access.actor import system_actor
from opscharter.kernel.approvals import directory
from opscharter.kernel.calendars.models import BusinessCalendar
from opscharter.kernel.controls.registry import CHECKS
from opscharter.kernel.errors import Refused
from opscharter.kernel.notices.models import Notice
from opscharter.organization.directory import CompanyDirectory
from opscharter.organization.models import Employee
from opscharter.organization.seed import install_roles
from tests.charter.company import acting, amend, day, hire, publish

pytestmark = pytest.mark.django_db
BEGIN = day("2026-03-02")
"""A Monday; two weeks later is a Monday too."""


@pytest.fixture(autouse=True)
def _company(db, monkeypatch):
    monkeypatch.setattr(directory, "_installed", [CompanyDirectory()])
    cache.clear()
    with moment.at(BEGIN):
        install_roles(system_actor())
        install_default_regulation(system_actor())
        BusinessCalendar(name="辦公", holidays="cn").save_as(system_actor())
    with override("en"):
        yield
    cache.clear()


def staff(count):
    officer = hire("Officer", "quality-supervisor")
    director = hire("Director", "top-management")
    return officer, director, [officer, director, *(hire(f"P{n}", manager=director) for n in range(count - 2))]


def answer_of(person, edition):
    return Acknowledgement.objects.get(edition=edition, person=person.pk)


def confirmed(edition):
    return {each.edition.label: (each.confirmed, each.asked) for each in campaigns()}[edition.label]


def run_days(first, last):
    for number in range(first, last + 1):
        with moment.at(BEGIN + dt.timedelta(days=number)):
            keep_campaign.func()


def test_120_staff_confirm_v1_and_v2_starts_at_none_is_reminded_four_times_and_fails_at_97_5_with_three_names():
    officer, director, people = staff(120)
    with moment.at(BEGIN):
        first = in_force()
        keep_campaign.func()
        for person in people:
            confirm(answer_of(person, first), acting(person))
        assert confirmed(first) == (120, 120)
        second = publish(amend(officer, "3.4.3", "三個工作日", "兩個工作日"), officer, director)
        assert (confirmed(first), confirmed(second)) == ((120, 120), (0, 120))
        assert evaluate(CHECKS[CHECK]).state == "no-data", "nothing is due yet, and nothing is claimed"
        for person in people[:60]:
            confirm(answer_of(person, second), acting(person))
    run_days(1, 13)
    with moment.at(BEGIN + dt.timedelta(days=13)):
        for person in people[60:117]:
            confirm(answer_of(person, second), acting(person))
        assert evaluate(CHECKS[CHECK]).state == "pass"
    with moment.at(BEGIN + dt.timedelta(days=14)):
        keep_campaign.func()
        result = evaluate(CHECKS[CHECK])
        assert (result.state, float(result.value), result.population) == ("fail", 97.5, 120)
        assert {row[2] for row in result.sample} == {f"{p.name} · {second.label}" for p in people[117:]}
    run_days(15, 40)
    reminders = list(Acknowledgement.objects.filter(edition=second).values_list("reminders", flat=True))
    assert max(reminders) == 4
    assert Notice.objects.filter(type="charter.read-reminder", user=people[118].user).count() == 4
    assert confirmed(first) == (120, 120)
    with moment.at(BEGIN + dt.timedelta(days=41)):
        leaver = people[119]
        leaver.left_on = moment.today() - dt.timedelta(days=1)
        leaver.save_as(system_actor())
        result = evaluate(CHECKS[CHECK])
        assert (result.population, result.exceptions) == (119, 2), "a leaver drops out on the day itself"
        keep_campaign.func()
        assert answer_of(leaver, second).state == "LEFT"
        assert confirmed(second) == (117, 119)


def test_reminders_go_out_on_working_days_only():
    _officer, _director, people = staff(3)
    with moment.at(BEGIN):
        keep_campaign.func()
    reminded = []
    for number in range(1, 30):
        with moment.at(BEGIN + dt.timedelta(days=number)):
            keep_campaign.func()
        last = answer_of(people[0], in_force()).reminded_on
        if last and last not in reminded:
            reminded.append(last)
    assert reminded == [dt.date(2026, 3, 5), dt.date(2026, 3, 9), dt.date(2026, 3, 12), dt.date(2026, 3, 16)]
    assert all(each.weekday() < 5 for each in reminded)


def test_a_confirmation_is_sealed_and_shows_when_it_was_altered():
    _officer, _director, people = staff(2)
    with moment.at(BEGIN):
        keep_campaign.func()
        answer = confirm(answer_of(people[0], in_force()), acting(people[0]))
    assert answer.intact
    answer.confirmed_at += dt.timedelta(seconds=1)
    assert not answer.intact
    with pytest.raises(Refused, match="never taken away"):
        answer.archive_as(system_actor(), reason="tidy")


def test_nobody_confirms_for_somebody_else_nor_a_version_that_no_longer_binds():
    officer, director, people = staff(3)
    with moment.at(BEGIN):
        keep_campaign.func()
        first = in_force()
        with pytest.raises(Refused, match="Only the person asked"):
            answer_of(people[2], first).move("confirm", system_actor())
        publish(amend(officer, "3.4.3", "三個工作日", "兩個工作日"), officer, director)
        with pytest.raises(Refused, match="not in force"):
            confirm(answer_of(people[2], first), acting(people[2]))


def test_a_newcomer_is_asked_when_joining_and_a_manager_sees_who_is_missing():
    _officer, director, _people = staff(2)
    with moment.at(BEGIN):
        keep_campaign.func()
    joined = BEGIN + dt.timedelta(days=20)
    with moment.at(joined):
        newcomer = hire("New", joined="2026-03-22", manager=director)
        assert open_question(acting(newcomer)) is None
        keep_campaign.func()
        assert open_question(acting(newcomer)).asked_on == moment.today()
        assert [task.clause for task in confirmations(acting(newcomer))] == ["1.2.1"]
        titles = [task.title for task in confirmations(acting(director))]
        assert not any("of your people" in title for title in titles)
    with moment.at(joined + dt.timedelta(days=14)):
        titles = [task.title for task in confirmations(acting(director))]
        assert "1 of your people has not confirmed the regulation" in titles


def test_the_page_confirms_exactly_the_text_that_was_read():
    _officer, _director, people = staff(2)
    person = Employee.objects.get(pk=people[0].pk)
    with moment.at(BEGIN):
        keep_campaign.func()
        browser = Client()
        browser.force_login(person.user, backend="django.contrib.auth.backends.ModelBackend")
        page = browser.get("/regulation/confirm/", headers={"accept-language": "en"})
        assert "I have read it" in page.content.decode()
        browser.post("/regulation/confirm/", {"text": "another text"})
        assert answer_of(person, in_force()).state == "ASKED"
        browser.post("/regulation/confirm/", {"text": page.context["page"].text_hash})
        assert answer_of(person, in_force()).state == "CONFIRMED"
        assert "I have read it" not in browser.get("/regulation/confirm/").content.decode()
