"""The calendar: changes where they lie, freezes and windows, conflicts marked, nothing one may not see."""

from __future__ import annotations

import datetime as dt

import pytest

from opscharter.customers.models import Customer
from opscharter.kernel.access.actor import system_actor
from opscharter.service.changes.models import ChangeFreeze, ChangeWindow
from tests.service.changes.conftest import TONIGHT, acting, assess, browser_of

pytestmark = pytest.mark.django_db
HOUR = dt.timedelta(hours=1)


def shown(employee, **query):
    answer = browser_of(employee).get("/service/changes/calendar/", {"day": "2025-10-13", **query})
    assert answer.status_code == 200
    return answer.context["page"], answer.content.decode()


def test_a_week_shows_each_change_in_its_band_and_goes_on_in_the_next(change, manager):
    made = assess(change())
    page, html = shown(manager)
    bands = {label: [[entry.change for entry in slot.entries] for slot in slots] for label, slots in page.rows}
    assert bands["22:00"][0] == [made]
    assert bands["00:00"][1] == [made]
    assert [slot.entries[0].went_on for label, slots in page.rows for slot in slots if slot.entries] == [True, False]
    assert "22:00–01:00" in html
    assert "…–01:00" in html, "after midnight it says so, instead of a bar without words"
    assert f'href="/service/changes/{made.pk}/"' in html
    assert [label for label, _slots in page.rows] == ["00:00", "02–22", "22:00"], "idle hours are drawn together"


def test_a_week_without_changes_says_so(manager):
    assert shown(manager)[1].count("No changes in this time.") == 2, "in the table, and in the list for phones"


def test_a_month_holds_whole_weeks_and_leads_to_its_neighbours(change, manager):
    made = change()
    page, _html = shown(manager, view="month")
    assert {len(week) for week in page.weeks} == {7}
    assert (page.before.month, page.after.month) == (9, 11)
    assert [entry.change for week in page.weeks for slot in week for entry in slot.entries] == [made, made]
    assert [slot.outside for slot in page.weeks[0]] == [True, True, False, False, False, False, False]


def test_changes_in_each_others_way_are_marked(change, manager, person):
    first = assess(change(title="One"))
    second = assess(change(title="Two", engineer=person("Zed")))
    apart = assess(change(title="Three", window_start=TONIGHT + 24 * HOUR, window_end=TONIGHT + 26 * HOUR))
    page, _html = shown(manager)
    marked = {entry.change: entry.clashes for slot in page.days for entry in slot.entries}
    assert marked == {first: True, second: True, apart: False}


def test_freezes_and_agreed_windows_are_drawn_where_they_lie(change, manager, customer):
    ChangeFreeze(name="Month end", starts_at=TONIGHT - 2 * HOUR, ends_at=TONIGHT + HOUR).save_as(system_actor())
    ChangeWindow(customer=customer, weekday=2, begins="21:00", minutes=120).save_as(system_actor())
    page, html = shown(manager, customer=customer.pk)
    assert page.days[0].freezes == ["Month end"]
    assert "Freeze: Month end" in html
    assert [slot.windows for slot in page.days[:3]] == [[], ["21:00–23:00"], []]
    assert shown(manager)[0].days[1].windows == [], "windows are a customer's"


def test_the_calendar_holds_only_what_one_may_see(change, manager, person, team):
    mine = change()
    theirs = change(title="Theirs", team=None, customer=Customer(name="Other").save_as(system_actor()))
    assert theirs.team is None
    page, _html = shown(manager)
    assert {entry.change for slot in page.days for entry in slot.entries} == {mine, theirs}
    page, html = shown(person("Eng", "engineer"))
    assert {entry.change for slot in page.days for entry in slot.entries} == {mine}
    assert "Theirs" not in html
    assert browser_of(person("Nobody")).get("/service/changes/calendar/").status_code == 404
    assert acting(manager).may("service.change", "view")


def test_a_day_that_is_none_shows_today(manager):
    page, _html = shown(manager, day="never")
    assert page.first == dt.date(2025, 10, 13)
    assert shown(manager, day="0001-01-01")[0].first == dt.date(2025, 10, 13)
