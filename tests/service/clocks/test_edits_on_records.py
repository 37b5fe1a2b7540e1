"""Cases 3, 6 and 7 on real tickets: contracts and calendars are edited, running clocks follow, what is settled stays."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from opscharter.customers.models import Contract, SlaTarget
from opscharter.kernel import moment
from opscharter.kernel.access.actor import system_actor
from opscharter.kernel.calendars.models import BusinessCalendar, CalendarDay
from opscharter.kernel.clocks import ledger
from opscharter.kernel.clocks.models import Clock, ClockInterval
from opscharter.kernel.notices.models import Notice
from opscharter.kernel.resources.declaration import Foretold
from opscharter.kernel.resources.foretelling import clocks_moved
from opscharter.kernel.users.models import User
from opscharter.organization.models import Role, RoleGrant
from opscharter.service.tickets.services import warn_of_deadlines
from tests.service.conftest import bring_to_work, resolve

pytestmark = pytest.mark.django_db


def at(month, day, hour, minute=0):
    return timezone.make_aware(dt.datetime(2025, month, day, hour, minute))


def level(contract, minutes, priority=3, kind="resolve", **more):
    return SlaTarget(contract=contract, priority=priority, kind=kind, minutes=minutes, **more).save_as(system_actor())


def the_clock(ticket, kind="resolve"):
    return Clock.objects.get(record_type=ticket._meta.label_lower, record_id=ticket.pk, kind=kind)


@pytest.fixture
def contract(customer):
    return Contract.objects.get(customer=customer)


@pytest.fixture
def browser(client):
    role = Role(code="administrator", name="all").save_as(system_actor())
    RoleGrant(role=role, record_type="*", action="*", reach="all").save_as(system_actor())
    client.force_login(User.objects.create_superuser("root"), backend="django.contrib.auth.backends.ModelBackend")
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


def opened(incident, *when, **fields):
    with moment.at(at(*when)):
        ticket = incident(**fields)
        return bring_to_work(ticket)


def solved(ticket, *when):
    with moment.at(at(*when)):
        ticket.plan = "replace it"
        return resolve(ticket.save_as(system_actor()))


def test_case_7_an_october_ticket_solved_in_two_and_a_half_hours_stays_met_whatever_is_edited(
    incident, contract, calendar
):
    level(contract, 240)
    october = solved(opened(incident, 10, 13, 9), 10, 13, 11, 30)
    with moment.at(at(10, 31, 17)):
        level(contract, 120, since=dt.date(2025, 11, 1))
        CalendarDay(calendar=calendar, day=dt.date(2025, 10, 13), windows=[["11:00", "12:00"]], reason="x").save_as(
            system_actor()
        )
    with moment.at(at(11, 3, 9)):
        first = SlaTarget.objects.get(since=None)
        first.minutes = 60
        first.save_as(system_actor())
        warn_of_deadlines()
        ledger.recalculate_stale()
    october.refresh_from_db()
    clock = the_clock(october)
    assert (october.resolution_met, clock.met, clock.elapsed_seconds, clock.target_seconds) == (True, True, 9000, 14400)
    november = solved(opened(incident, 11, 3, 9), 11, 3, 11, 30)
    assert (november.resolution_met, the_clock(november).target_seconds) == (False, 7200)


def test_an_october_ticket_still_open_in_november_keeps_the_target_of_its_day(incident, contract):
    level(contract, 240)
    ticket = opened(incident, 10, 31, 16)
    with moment.at(at(10, 31, 17)):
        level(contract, 120, since=dt.date(2025, 11, 1))
    with moment.at(at(11, 3, 9)):
        warn_of_deadlines()
        ticket.refresh_from_db()
        ticket.move("prioritise", system_actor(), reason="asked for", priority=3)
    assert (the_clock(ticket).due_at, the_clock(ticket).target_seconds) == (at(11, 3, 11), 14400)


def test_a_level_put_right_counts_for_running_tickets_from_where_they_count_and_tells_so(incident, contract):
    first = level(contract, 480)
    running, settled = opened(incident, 10, 13, 9), solved(opened(incident, 10, 13, 9), 10, 13, 16, 30)
    with moment.at(at(10, 13, 10)):
        first.minutes = 240
        first.save_as(system_actor())
    clock = the_clock(running)
    assert clock.due_at == at(10, 13, 14, 30)
    reasons = list(ClockInterval.objects.filter(clock=clock).order_by("start", "pk").values_list("reason", flat=True))
    assert reasons == ["started", "contract changed"]
    assert the_clock(settled).target_seconds == 480 * 60


def test_other_service_hours_of_a_contract_move_running_tickets_and_leave_a_paused_one_paused(incident, contract):
    level(contract, 480)
    running, waiting = opened(incident, 10, 13, 16), opened(incident, 10, 13, 16)
    long_days = BusinessCalendar(name="Long", week=[[["08:00", "20:00"]]] * 5 + [[], []], holidays="cn")
    with moment.at(at(10, 13, 17)):
        waiting.move("wait", system_actor(), waiting_for="customer", reason="log asked for")
        contract.calendar = long_days.save_as(system_actor())
        contract.save_as(system_actor())
    assert the_clock(running).due_at == at(10, 14, 12), "one hour counted before, seven from 17:00 by the long days"
    assert (the_clock(waiting).state, the_clock(waiting).due_at) == (Clock.State.PAUSED, None)


def test_case_6_a_preview_lists_the_tickets_and_saving_moves_them_but_not_what_is_closed(
    incident, contract, calendar, browser
):
    level(contract, 480)
    running = opened(incident, 10, 13, 16)
    settled = solved(opened(incident, 10, 13, 9), 10, 13, 17)
    before = the_clock(settled)
    sent = {"calendar": calendar.pk, "day": "2025-10-14", "windows": "[]", "reason": "typhoon"}
    with moment.at(at(10, 13, 20)):
        assert the_clock(running).due_at == at(10, 14, 16, 30)
        asked = browser.post("/charter/calendar-days/new/", sent)
        assert asked.status_code == 200
        lines = asked.context_data["foretold"].lines
        resolution = [line for line in lines if line.what == "Resolution"]
        assert [(x.label, x.before, x.after) for x in resolution] == [
            (str(running), at(10, 14, 16, 30), at(10, 15, 16, 30))
        ]
        assert not CalendarDay.objects.exists(), "a preview saves nothing"
        assert the_clock(running).due_at == at(10, 14, 16, 30)
        assert browser.post("/charter/calendar-days/new/", sent | {"seen": "1"}).status_code == 302
    with moment.at(at(10, 13, 20, 1)):
        warn_of_deadlines()
    assert the_clock(running).due_at == at(10, 15, 16, 30)
    after = the_clock(settled)
    assert (after.due_at, after.elapsed_seconds, after.met) == (before.due_at, before.elapsed_seconds, True)
    reasons = ClockInterval.objects.filter(clock=the_clock(running)).order_by("start", "pk")
    assert [each.why for each in reasons] == ["started", "the calendar was changed"]


def test_a_closed_day_taken_back_moves_the_deadline_back(incident, contract, calendar):
    level(contract, 480)
    running = opened(incident, 10, 13, 16)
    with moment.at(at(10, 13, 20)):
        day = CalendarDay(calendar=calendar, day=dt.date(2025, 10, 14), reason="typhoon").save_as(system_actor())
        warn_of_deadlines()
        assert the_clock(running).due_at == at(10, 15, 16, 30)
        day.archive_as(system_actor(), reason="the typhoon turned away")
        warn_of_deadlines()
    assert the_clock(running).due_at == at(10, 14, 16, 30)


def test_a_preview_names_only_what_one_may_see_and_counts_the_rest(incident, contract, calendar, make_actor):
    level(contract, 480)
    opened(incident, 10, 13, 16)
    clerk = make_actor(("kernel.calendarday", "create", "all"))
    with moment.at(at(10, 13, 20)):
        day = CalendarDay(calendar=calendar, day=dt.date(2025, 10, 14), reason="typhoon")
        foretold = clocks_moved()(day, clerk, {})
        assert foretold == Foretold([], 1)
        assert day.pk is None


def test_a_service_level_asks_first_too_and_saves_at_once_where_nothing_moves(incident, contract, browser):
    level(contract, 480)
    ticket = opened(incident, 10, 13, 16)
    sent = {"contract": contract.pk, "priority": 2, "kind": "resolve", "minutes": 60}
    with moment.at(at(10, 13, 17)):
        assert browser.post("/customers/service-levels/new/", sent).status_code == 302
        url = f"/customers/service-levels/{SlaTarget.objects.get(priority=3).pk}/edit/"
        changed = sent | {"priority": 3, "minutes": 240, "version": 1}
        (line,) = browser.post(url, changed).context_data["foretold"].lines
        assert (line.label, line.after) == (str(ticket), at(10, 14, 11))
        assert SlaTarget.objects.get(priority=3).minutes == 480
        assert browser.post(url, changed | {"seen": "1"}).status_code == 302
    assert the_clock(ticket).due_at == at(10, 14, 11)


@pytest.mark.parametrize(("retroactive", "due", "breached"), [(False, (10, 13, 19), None), (True, None, (10, 13, 13))])
def test_case_3_a_new_priority_on_a_real_ticket(incident, contract, engineer, retroactive, due, breached):
    level(contract, 1440, priority=3)
    level(contract, 240, priority=1, round_the_clock=True)
    contract.retroactive = retroactive
    contract.save_as(system_actor())
    engineer.user = User.objects.create_user("engineer")
    engineer.save_as(system_actor())
    ticket = opened(incident, 10, 13, 9, urgency=2, impact=2, assignee=engineer)
    assert (ticket.priority, the_clock(ticket).due_at) == (3, at(10, 16, 10, 30))
    with moment.at(at(10, 13, 15)):
        ticket.refresh_from_db()
        ticket.move("prioritise", system_actor(), reason="the whole bank is down", priority=1)
    with moment.at(at(10, 13, 15, 1)):
        warn_of_deadlines()
    clock = the_clock(ticket)
    assert (clock.breached_at, clock.met) == ((at(*breached), False) if breached else (None, None))
    told = Notice.objects.filter(record_id=ticket.pk, key__contains=":resolve:", user=engineer.user)
    if due:
        assert clock.due_at == at(*due)
        assert not told.exists()
    else:
        assert told.count() == 1, "one notice, no replayed warnings"
    with moment.at(at(10, 13, 15, 2)):
        ticket.refresh_from_db()
        ticket.move("prioritise", system_actor(), reason="it was not", priority=3)
        warn_of_deadlines()
    assert the_clock(ticket).met is (False if breached else None), "back to P3: a breach remains"


def test_the_reason_of_a_pause_reaches_the_ledger(incident, contract):
    ticket = opened(incident, 10, 13, 9)
    with moment.at(at(10, 13, 11)):
        ticket.move("wait", system_actor(), waiting_for="vendor", reason="the part is on its way")
    paused = ClockInterval.objects.get(clock=the_clock(ticket), counted=False)
    assert paused.why == "waiting for the vendor · the part is on its way"


def test_a_priority_that_promises_words_to_the_customer_lets_their_clock_stand_while_one_waits(incident, contract):
    ticket = opened(incident, 10, 13, 9, urgency=3, impact=3)
    assert not Clock.objects.filter(record_id=ticket.pk, kind="update").exists()
    with moment.at(at(10, 13, 11)):
        ticket.move("wait", system_actor(), waiting_for="customer", reason="log asked for")
        ticket.move("prioritise", system_actor(), reason="asked for", priority=2)
    clock = the_clock(ticket, "update")
    assert (clock.state, clock.due_at) == (Clock.State.PAUSED, None)
    with moment.at(at(10, 14, 9)):
        ticket.refresh_from_db()
        ticket.move("resume", system_actor())
    assert the_clock(ticket, "update").due_at == at(10, 14, 11)
