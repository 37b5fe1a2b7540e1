"""The acceptance cases of the service chapter through `opscharter clock`, with their figures; and others like them."""

from __future__ import annotations

import datetime as dt
import json
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from opscharter.kernel.clocks.case import CaseError, read_case
from opscharter.kernel.clocks.explaining import explain

OFFICE = {
    "zone": "Asia/Shanghai", "holidays": "cn", "week": {"mon-fri": ["09:00-12:00", "13:30-18:00"]},
}  # fmt: skip


@pytest.fixture(autouse=True)
def _in_english():
    with override("en"):
        yield


def clock(tmp_path, target: Any, *events: tuple, calendar: Any = OFFICE, policy: Any = None, **more: Any) -> dict:
    """Run the command on a case and return what it answers in JSON."""
    happened = [{"at": at, "do": do, **(rest[0] if rest else {})} for at, do, *rest in events]
    document = {"calendar": calendar, "policy": {"target": target} | (policy or {}), "events": happened, **more}
    if policy and "targets" in policy:
        del document["policy"]["target"]
    file = tmp_path / "case.json"
    file.write_text(json.dumps(document), encoding="utf-8")
    out = StringIO()
    call_command("clock", str(file), "--json", stdout=out)
    return json.loads(out.getvalue())


def due(answer: dict) -> str:
    return answer["due"][:16]


@pytest.mark.parametrize(
    ("hours", "opened", "expected"),
    [
        (8, "2025-09-30T17:20", "2025-10-09T17:50"),
        (4, "2025-10-10T17:00", "2025-10-11T12:00"),
        (2, "2025-09-28T10:00", "2025-09-28T12:00"),
        (2, "2025-10-18T10:00", "2025-10-20T11:00"),
    ],
)
def test_case_1_working_hours_run_over_holidays_and_make_up_workdays(tmp_path, hours, opened, expected):
    assert due(clock(tmp_path, {"hours": hours}, (opened, "open"))) == expected


def test_case_1_the_calendar_of_the_text_written_out_gives_the_same(tmp_path):
    days: dict[str, list[str]] = {f"2025-10-{day:02}": [] for day in range(1, 9)}
    days |= {"2025-09-28": ["09:00-12:00", "13:30-18:00"], "2025-10-11": ["09:00-12:00", "13:30-18:00"]}
    written = {"zone": "Asia/Shanghai", "week": OFFICE["week"], "days": days}
    assert due(clock(tmp_path, {"hours": 8}, ("2025-09-30T17:20", "open"), calendar=written)) == "2025-10-09T17:50"


def test_case_2_waiting_moves_the_deadline_and_nothing_is_due_or_warned_meanwhile(tmp_path):
    waiting = ("2025-10-13T11:00", "wait", {"for": "customer", "reason": "asked for the log"})
    answer = clock(
        tmp_path, {"hours": 8}, ("2025-10-13T09:00", "open"), waiting, ("2025-10-14T15:00", "resume"),
        until="2025-10-15T11:59",
    )  # fmt: skip
    assert due(answer) == "2025-10-15T12:00"
    assert (answer["breached_at"], answer["elapsed_seconds"]) == (None, 8 * 3600 - 60)
    assert not [w for w in answer["warnings"] if "2025-10-13T11:00" < w["at"] < "2025-10-14T15:00"]
    assert [each["reason"] for each in answer["intervals"]][1] == "waiting: customer · asked for the log"
    stands = clock(tmp_path, {"hours": 8}, ("2025-10-13T09:00", "open"), waiting, until="2025-12-01T09:00")
    assert (stands["state"], stands["due"], stands["warnings"]) == ("paused", None, [])
    holiday = clock(
        tmp_path, {"hours": 4}, ("2025-09-30T15:00", "open"), ("2025-09-30T16:00", "wait", {"for": "vendor"}),
        ("2025-10-09T10:00", "resume"),
    )  # fmt: skip
    assert due(holiday) == "2025-10-09T14:30"


def test_waiting_for_what_is_no_pausing_category_counts(tmp_path):
    answer = clock(
        tmp_path, {"hours": 8}, ("2025-10-13T09:00", "open"), ("2025-10-13T11:00", "wait", {"for": "evidence"})
    )
    assert due(answer) == "2025-10-14T09:30"


P3_P1 = {"targets": {"P3": {"hours": 24}, "P1": {"hours": 4, "calendar": "24x7"}}, "priority": "P3"}
TO_P1 = ("2025-10-13T15:00", "priority", {"to": "P1"})
MONDAY = ("2025-10-13T09:00", "open")


def test_case_3_a_new_priority_counts_from_the_change_or_back(tmp_path):
    assert due(clock(tmp_path, None, MONDAY, policy=P3_P1)) == "2025-10-16T10:30"
    assert due(clock(tmp_path, None, MONDAY, TO_P1, policy=P3_P1)) == "2025-10-13T19:00"
    back = clock(tmp_path, None, MONDAY, TO_P1, policy={**P3_P1, "retroactive": True}, until="2025-10-13T15:30")
    assert back["breached_at"][:16] == "2025-10-13T13:00"
    assert [(w["level"], w["at"][:16]) for w in back["warnings"]] == [(100, "2025-10-13T15:00")]


def test_case_3_a_paused_clock_stays_paused_and_a_breach_remains(tmp_path):
    wait = ("2025-10-13T10:00", "wait", {"for": "customer"})
    paused = clock(tmp_path, None, MONDAY, wait, TO_P1, policy={**P3_P1, "retroactive": True})
    assert (paused["state"], paused["due"]) == ("paused", None)
    to_p3 = ("2025-10-13T16:00", "priority", {"to": "P3"})
    back = clock(tmp_path, None, MONDAY, TO_P1, to_p3, policy={**P3_P1, "retroactive": True}, until="2025-10-13T18:00")
    assert (due(back), back["met"]) == ("2025-10-16T10:30", False)
    assert [w["level"] for w in back["warnings"]] == [100], "one notice, no replayed warnings"


def test_case_4_a_reopened_clock_counts_on_and_the_time_between_is_typed_resolved(tmp_path):
    answer = clock(tmp_path, {"hours": 16}, MONDAY, ("2025-10-14T10:00", "resolve"), ("2025-10-16T14:30", "reopen"))
    assert (due(answer), answer["reopened"]) == ("2025-10-17T14:30", 1)
    assert [each["reason"] for each in answer["intervals"]] == ["started", "resolved", "reopened"]


def test_case_5_round_the_clock_is_elapsed_time_and_a_day_is_what_the_policy_says(tmp_path):
    berlin = {"zone": "Europe/Berlin", "week": "24x7"}
    saturday = ("2025-10-25T12:00", "open")
    assert clock(tmp_path, {"hours": 48}, saturday, calendar=berlin)["due"] == "2025-10-27T11:00:00+01:00"
    ten = clock(tmp_path, {"days": 10, "day": "calendar"}, saturday, calendar=berlin)
    assert ten["target_seconds"] == 864_000
    working = clock(tmp_path, {"days": 2, "day": "working"}, ("2025-10-13T16:00", "open"))
    assert (due(working), working["target_seconds"]) == ("2025-10-15T16:00", 15 * 3600)
    assert due(clock(tmp_path, {"days": 1, "day": "calendar"}, MONDAY)) == "2025-10-14T09:00"
    with pytest.raises(CommandError, match=r"policy\.target\.day: "):
        clock(tmp_path, {"days": 3}, MONDAY)


def test_case_6_a_day_declared_closed_moves_the_open_clock_and_not_the_closed_one(tmp_path):
    opened = ("2025-10-13T16:00", "open")
    closed = ("2025-10-13T20:00", "calendar", {"days": {"2025-10-14": []}, "reason": "typhoon"})
    assert due(clock(tmp_path, {"hours": 8}, opened, closed)) == "2025-10-15T16:30"
    before = clock(tmp_path, {"hours": 8}, opened, ("2025-10-13T18:00", "resolve"))
    after = clock(tmp_path, {"hours": 8}, opened, ("2025-10-13T18:00", "resolve"), closed)
    assert (before["elapsed_seconds"], before["met"]) == (after["elapsed_seconds"], after["met"]) == (7200, True)


def test_case_7_a_target_from_november_on_leaves_october_as_it_was(tmp_path):
    policy = {"targets": {"P2": {"hours": 4}}, "changes": [{"from": "2025-11-01", "targets": {"P2": {"hours": 2}}}]}
    october = clock(tmp_path, None, MONDAY, ("2025-10-13T11:30", "resolve"), policy=policy)
    assert (october["met"], october["elapsed_seconds"]) == (True, 9000)
    november = clock(tmp_path, None, ("2025-11-03T09:00", "open"), ("2025-11-03T11:30", "resolve"), policy=policy)
    assert november["met"] is False


def test_a_recurring_clock_begins_a_round_with_every_word(tmp_path):
    answer = clock(
        tmp_path, {"minutes": 30}, MONDAY, ("2025-10-13T09:20", "told"), ("2025-10-13T10:00", "told"),
        calendar={"zone": "Asia/Shanghai", "week": "24x7"}, policy={"recurring": True},
    )  # fmt: skip
    assert [each["met"] for each in answer["rounds"]] == [True, False, None]
    assert due(answer) == "2025-10-13T10:30"


def test_the_hour_that_is_put_forward_is_not_worked(tmp_path):
    night = {"zone": "Europe/Berlin", "week": {"mon-sun": ["22:00-06:00"]}}
    answer = clock(tmp_path, {"hours": 6}, ("2025-03-29T23:00", "open"), calendar=night)
    assert answer["due"] == "2025-03-30T06:00:00+02:00"


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"calendar": {"zone": "Mars/Base", "week": "24x7"}}, "calendar.zone"),
        ({"calendar": {"zone": "UTC", "week": {"mon": ["12:00-09:00", "13:00-14:00"]}}}, "calendar.week.mon"),
        ({"policy": {"target": {"hours": -1}}}, "policy.target.hours"),
        ({"policy": {"target": {"hours": 1, "calender": "x"}}}, "policy.target.calender"),
        ({"events": [{"at": "yesterday", "do": "open"}]}, "events[0].at"),
        ({"events": [{"at": "2025-10-13T09:00", "do": "wait", "for": "x"}]}, "events[0].do"),
        ({"events": [{"at": "2025-10-13T09:00", "do": "open"}, {"at": "2025-10-13T08:00", "do": "resolve"}]}, "events[1].at"),
        ({"events": [{"at": "2025-10-13T09:00", "do": "open"}, {"at": "2025-10-13T10:00", "do": "reopen"}]}, "events[1].do"),
        ({"events": [{"at": "2099-10-13T09:00", "do": "open"}]}, "calendar"),
        ({"events": []}, "events"),
    ],
)  # fmt: skip
def test_an_error_names_the_field(change, place):
    document = {
        "calendar": OFFICE, "policy": {"target": {"hours": 8}}, "events": [{"at": "2025-10-13T09:00", "do": "open"}],
    } | change  # fmt: skip
    with pytest.raises(CaseError) as refused:
        explain(read_case(document))
    assert refused.value.place == place


def test_a_wall_time_that_never_was_or_came_twice_is_refused():
    berlin = {"calendar": {"zone": "Europe/Berlin", "week": "24x7"}, "policy": {"target": {"hours": 1}}}
    for at in ("2025-03-30T02:30", "2025-10-26T02:30"):
        with pytest.raises(CaseError, match="clock was put"):
            read_case(berlin | {"events": [{"at": at, "do": "open"}]})
    assert read_case(berlin | {"events": [{"at": "2025-10-26T02:30+01:00", "do": "open"}]})


@given(st.integers(1, 60), st.lists(st.integers(1, 3_000), min_size=1, max_size=6))
def test_pauses_never_bring_a_deadline_forward(hours, gaps):
    now, events = dt.datetime(2025, 10, 13, 9), [{"at": "2025-10-13T09:00", "do": "open"}]
    for number, gap in enumerate(gaps):
        now += dt.timedelta(minutes=gap)
        events.append(
            {"at": now.isoformat(), "do": "resume"}
            if number % 2
            else {"at": now.isoformat(), "do": "wait", "for": "vendor"}
        )
    if len(gaps) % 2:
        events.append({"at": now.isoformat(), "do": "resume"})
    document = {"calendar": OFFICE, "policy": {"target": {"hours": hours}}, "events": events[:1]}
    plain = explain(read_case(document)).course
    paused = explain(read_case(document | {"events": events})).course
    assert paused.due_at >= plain.due_at
    worked = sum(each.seconds or 0 for each in paused.stretches if each.counted and each.end)
    if worked <= hours * 3600:
        left = paused.terms.calendar.between(paused.open.start, paused.due_at).total_seconds()
        assert worked + left == hours * 3600
