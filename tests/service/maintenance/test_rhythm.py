"""On which days maintenance is due: the rule, the end of short months, days off."""

import datetime as dt

import pytest

from opscharter.kernel.calendars.models import calendar_of
from opscharter.service.maintenance import rhythm

D = dt.date


def test_a_rule_of_the_31st_falls_on_the_last_day_of_shorter_months():
    found = rhythm.days("FREQ=MONTHLY", D(2025, 12, 31), D(2026, 1, 1), D(2026, 5, 31))
    assert found == [D(2026, 1, 31), D(2026, 2, 28), D(2026, 3, 31), D(2026, 4, 30), D(2026, 5, 31)]


def test_a_rule_of_its_own_is_read_as_calendars_write_it():
    found = rhythm.days("RRULE:FREQ=MONTHLY;BYDAY=1MO", D(2026, 1, 1), D(2026, 1, 1), D(2026, 3, 31))
    assert found == [D(2026, 1, 5), D(2026, 2, 2), D(2026, 3, 2)]
    assert rhythm.days("FREQ=MONTHLY;INTERVAL=3", D(2026, 1, 15), D(2026, 2, 1), D(2026, 8, 1)) == [
        D(2026, 4, 15), D(2026, 7, 15),
    ]  # fmt: skip


@pytest.mark.parametrize("rule", ["", "FREQ=SOMETIMES", "FREQ=HOURLY", "DTSTART:20260101\nRRULE:FREQ=DAILY", "x"])
def test_a_rule_that_cannot_be_read_or_is_too_often_is_refused(rule):
    with pytest.raises(ValueError):  # whatever it says: the form has words of its own
        rhythm.read(rule, D(2026, 1, 1))


@pytest.mark.django_db
def test_a_day_off_moves_by_the_contracts_calendar(calendar):
    hours = calendar_of(calendar)
    national_day = D(2025, 10, 1)  # closed from the 1st to the 8th
    assert rhythm.due_on(national_day, hours, "next") == D(2025, 10, 9)
    assert rhythm.due_on(national_day, hours, "before") == D(2025, 9, 30)
    assert rhythm.due_on(national_day, hours, "stay") == national_day
    assert rhythm.due_on(D(2025, 10, 11), hours, "next") == D(2025, 10, 11), "a make-up workday is worked"
    assert rhythm.due_on(D(2048, 1, 1), hours, "next") == D(2048, 1, 1), "nobody knows that year's holidays yet"
