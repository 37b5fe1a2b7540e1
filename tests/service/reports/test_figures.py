"""The figures of a report: reconciled, as of the end of the period, the same as everywhere, each with its records."""

from __future__ import annotations

import datetime as dt

import pytest

from opscharter.kernel import moment
from opscharter.kernel.access.actor import system_actor
from opscharter.kernel.errors import Refused
from opscharter.kernel.indicators import figures
from opscharter.kernel.indicators.periods import Period
from opscharter.service.reports.availability import availability
from opscharter.service.reports.comparing import differences
from tests.service.reports.conftest import day, deliver

pytestmark = pytest.mark.django_db
OCTOBER = Period.parse("2025-10")


@pytest.fixture
def october(tickets):
    """Return a month that begins with 14 open tickets, gets 120 and closes 116 of them."""
    waiting = tickets(14, day(20, month=9))
    return waiting, tickets(116, day(10), day(12)), tickets(4, day(30))


def test_case_20_the_backlog_reconciles_14_and_120_less_116_is_18(october, report, house):
    made = report()
    assert made.content["flow"] == {
        "opening": 14, "opened": 120, "returned": 0, "solved": 116, "withdrawn": 0, "backlog": 18
    }  # fmt: skip
    assert {part: sum(map(len, made.content["records"][f"flow.{part}"].values())) for part in made.content["flow"]} == (
        made.content["flow"]
    )
    deliver(made, house)
    assert made.unchanged


def test_case_20_a_reopening_on_the_3rd_alters_nothing_delivered_or_not(october, report, house):
    delivered = deliver(report(at=day(2, 9, 11)), house, day(2, 12, 11))
    before = dict(delivered.content)
    with moment.at(day(3, 10, 11)):
        october[1][0].move("reopen", system_actor(), reason="came back")
    delivered.refresh_from_db()
    assert delivered.content == before
    assert delivered.unchanged
    with moment.at(day(3, 12, 11)):  # gathered after the reopening, October still ends with 18
        delivered.move("correct", system_actor(), reason="asked for")
    correction = delivered.corrections.get()
    assert correction.content["flow"] == before["flow"]


def test_case_20_a_correction_is_version_2_and_shows_the_difference(october, report, house):
    first = deliver(report(), house)
    duplicate = october[1][0]
    with moment.at(day(5, 10, 11)):
        duplicate.archive_as(system_actor(), reason="entered twice")
        first.move("correct", house.actor(house.author), reason="One ticket was counted twice.")
    second = first.corrections.get()
    assert (second.revision, second.content["flow"]["opened"], second.content["flow"]["solved"]) == (2, 119, 115)
    told = {str(each.label): (each.before, each.after) for each in differences(second)}
    assert told["Newly opened"] == ("120", "119")
    assert told["Solved in the period"] == ("116", "115")
    assert "Open at the end" not in told
    first.refresh_from_db()
    assert first.state == "DELIVERED"
    deliver(second, house, day(6, 10, 11))
    first.refresh_from_db()
    assert first.state == "SUPERSEDED"
    assert first.content["flow"]["opened"] == 120


def test_the_next_report_begins_where_the_last_one_ended(october, report, house):
    deliver(report(), house)
    with moment.at(day(5, 10, 11)):
        october[0][0].move("cancel", system_actor(), reason="not wanted any more")
    november = report("2025-11", at=day(1, 10, 12))
    assert november.content["flow"] == {
        "opening": 18, "opened": 0, "returned": 0, "solved": 0, "withdrawn": 1, "backlog": 17
    }  # fmt: skip


def test_what_was_reopened_is_told_as_come_back(october, report, house):
    deliver(report(), house)
    with moment.at(day(5, 10, 11)):
        october[1][0].move("reopen", system_actor(), reason="came back")
    november = report("2025-11", at=day(1, 10, 12)).content["flow"]
    assert (november["opening"], november["returned"], november["backlog"]) == (18, 1, 19)


def test_timely_resolution_is_the_figure_of_everywhere_with_its_records(tickets, report, customer):
    tickets(3, day(10), day(12))
    late = tickets(1, day(10), day(15), resolution_met=False)
    content = report().content
    share = next(each for each in content["shares"] if each["code"] == "service.timely-resolution")
    everywhere = figures.value("service.timely-resolution", OCTOBER, "customer", customer.pk)
    assert share["value"] == str(everywhere.value) == "75.00"
    assert (share["numerator"], share["population"]) == (3, 4)
    assert content["records"]["service.timely-resolution.rest"] == {"service.incident": [late[0].pk]}


def test_the_mean_time_is_the_figure_of_everywhere(tickets, report, customer):
    tickets(2, day(10), day(12))
    tickets(1, day(10), day(11, 12))
    share = next(e for e in report().content["shares"] if e["code"] == "service.mean-time-to-resolve")
    assert share["value"] == str(figures.value("service.mean-time-to-resolve", OCTOBER, "customer", customer.pk).value)


def test_figures_of_which_a_record_was_taken_away_are_refused_at_delivery(october, report, house):
    made = report()
    october[1][0].archive_as(system_actor(), reason="entered twice")
    with pytest.raises(Refused, match=r"120 tickets opened, the records of 119: gather the figures anew"):
        made.move("review", house.actor(house.reviewer))
    with moment.at(day(3, 10, 11)):
        made.move("gather", house.actor(house.author))
    made.move("review", house.actor(house.reviewer))


def test_figures_that_do_not_add_up_are_refused(october, report, house):
    made = report()
    made.content["flow"]["solved"] = 117
    made.save_as(system_actor())
    with pytest.raises(Refused, match="does not follow from what was opened and solved") as refused:
        made.move("review", house.actor(house.reviewer))
    assert {reason.clause for reason in refused.value.reasons} == {"3.5.1"}


HOUR = dt.timedelta(hours=1)


def test_overlapping_outages_count_once_and_planned_windows_not_at_all():
    whole = (day(1, 0), day(2, 0))
    outages = [(day(1, 2), day(1, 4)), (day(1, 3), day(1, 5)), (day(1, 22), day(2, 3))]
    stood = availability(whole, outages, [])
    assert (stood.down, stood.outages) == (5 * 3600, 2)
    windows = [(day(1, 4), day(1, 6))]
    planned = availability(whole, outages, windows)
    assert (planned.promised, planned.down, planned.planned) == (22 * 3600, 4 * 3600, 2 * 3600)
    assert str(planned.share) == "81.818"


def test_an_incident_of_high_impact_is_an_outage_of_its_service(tickets, report, service):
    tickets(1, day(10, 8), day(10, 11), impact=1, urgency=1, priority=1)
    tickets(1, day(20, 8), day(20, 11), impact=2)
    row = report().content["services"][0]
    assert (row["id"], row["down"], row["outages"]) == (service.pk, 3 * 3600, 1)
    assert row["share"] == "99.597"  # 741 of 744 hours


def test_causes_come_most_frequent_first_with_their_records(tickets, report):
    tickets(2, day(10), day(12), cause="disk full")
    tickets(3, day(10), day(12), cause="certificate expired")
    content = report().content
    assert [(row["name"], row["count"]) for row in content["causes"]] == [
        ("certificate expired", 3), ("disk full", 2)
    ]  # fmt: skip
    assert len(content["records"]["cause.0"]["service.incident"]) == 3
