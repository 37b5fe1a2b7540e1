"""A clock's case as a JSON document: calendars, policy and events in; every error names the field it is about.

The format is described, with examples, in `docs/how-to/explain-a-deadline.md`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from django.utils.translation import gettext as _

from opscharter.kernel.calendars.engine import COUNTRIES, DAY, Calendar, Window, parse_windows
from opscharter.kernel.clocks.course import Terms

ROUND_THE_CLOCK = "24x7"
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
UNITS = {"seconds": 1, "minutes": 60, "hours": 3600}
DEEDS: dict[str, tuple[str, ...]] = {
    "open": (),
    "wait": ("for", "reason"),
    "resume": ("reason",),
    "priority": ("to", "reason", "retroactive"),
    "resolve": ("reason",),
    "reopen": ("reason",),
    "told": ("reason",),
    "calendar": ("calendar", "days", "reason"),
    "cancel": ("reason",),
}
"""What may happen, and what may be said of it besides `at` and `do`."""


class CaseError(ValueError):
    """The document is not a case: which field, and what is wrong with it."""

    def __init__(self, place: str, problem: str) -> None:
        super().__init__(f"{place}: {problem}" if place else problem)
        self.place, self.problem = place, problem


@dataclass(frozen=True)
class Target:
    """A promise of the policy, with the name of the calendar it is counted by."""

    seconds: int
    working_days: int
    calendar: str


@dataclass(frozen=True)
class Event:
    """Something that happens to the clock at a moment."""

    at: dt.datetime
    do: str
    place: str
    said: Mapping[str, Any] = field(default_factory=dict)


@dataclass
class Case:
    """A case as read: `versions` holds the policy's targets by the day from which they hold."""

    calendars: dict[str, Calendar]
    main: str
    policy: str
    priority: str
    versions: list[tuple[dt.date, dict[str, Target]]]
    retroactive: bool
    recurring: bool
    pauses: tuple[str, ...]
    events: list[Event]
    until: dt.datetime | None

    @property
    def zone(self) -> ZoneInfo:
        """Return the zone in which moments without an offset are read and answers are written."""
        return self.calendars[self.main].zone

    def terms(self, priority: str, opened: dt.datetime, place: str) -> Terms:
        """Return what was promised at a priority when the case was opened."""
        day = opened.astimezone(self.zone).date()
        targets = next(targets for since, targets in reversed(self.versions) if since <= day)
        if priority not in targets:
            raise CaseError(place, _("The policy has no target for “%(name)s”.") % {"name": priority})
        target = targets[priority]
        name = " ".join(filter(None, (self.policy, priority)))
        return Terms(target.seconds, self.calendars[target.calendar], name, target.working_days)


def read_case(document: Any) -> Case:
    """Return the case that a JSON document describes; CaseError names the field that is wrong."""
    top = _object(document, "", {"calendar", "calendars", "policy", "events", "until", "note"}, needs=("policy",))
    calendars = _calendars(top)
    main = next(iter(calendars))
    zone = calendars[main].zone
    policy = _policy(top["policy"], calendars, main)
    events = _events(top.get("events"), zone, calendars)
    until = read_moment(top["until"], "until", zone) if "until" in top else None
    return Case(calendars, main, events=events, until=until, **policy)


def _object(value: Any, place: str, known: set[str], needs: tuple[str, ...] = ()) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise CaseError(place, _("An object {…} is expected here."))
    for name in value:
        if name not in known:
            said = {"known": ", ".join(sorted(known))}
            raise CaseError(_join(place, str(name)), _("There is no such field. Known here: %(known)s.") % said)
    for name in needs:
        if name not in value:
            raise CaseError(_join(place, name), _("This field is missing."))
    return value


def _join(place: str, name: str) -> str:
    return f"{place}.{name}" if place else name


def _calendars(top: Mapping[str, Any]) -> dict[str, Calendar]:
    """Return the calendars by name; the first is the main one, by whose zone the case is told."""
    found: dict[str, Calendar] = {}
    if "calendar" in top:
        found["calendar"] = read_calendar(top["calendar"], "calendar")
    several = top.get("calendars", {})
    if not isinstance(several, dict):
        raise CaseError("calendars", _("An object {…} is expected here."))
    for name, value in several.items():
        found[str(name)] = read_calendar(value, f"calendars.{name}")
    if not found:
        raise CaseError("calendar", _("This field is missing."))
    always = read_calendar({"zone": next(iter(found.values())).zone.key, "week": ROUND_THE_CLOCK}, "")
    found.setdefault(ROUND_THE_CLOCK, always)
    return found


def read_calendar(value: Any, place: str) -> Calendar:
    """Return a calendar: "24x7", or {"zone", "week", "holidays", "days"}."""
    if value == ROUND_THE_CLOCK:
        value = {"zone": "UTC", "week": ROUND_THE_CLOCK}
    known = _object(value, place, {"zone", "week", "holidays", "days"}, needs=("zone", "week"))
    name = known["zone"]
    if not isinstance(name, str) or name not in available_timezones():
        raise CaseError(_join(place, "zone"), _("There is no such time zone."))
    country = known.get("holidays") or ""
    if country not in ("", "none", "cn", *COUNTRIES):
        said = {"known": ", ".join(["none", "cn", *COUNTRIES])}
        raise CaseError(_join(place, "holidays"), _("Known are: %(known)s.") % said)
    week = _week(known["week"], _join(place, "week"))
    if not any(week):
        raise CaseError(_join(place, "week"), _("This calendar has no working time."))
    days = read_days(known.get("days", {}), _join(place, "days"))
    return Calendar(ZoneInfo(name), week, "" if country == "none" else country, days, version=1)


def _week(value: Any, place: str) -> tuple[tuple[Window, ...], ...]:
    if value == ROUND_THE_CLOCK:
        return (((0, DAY),),) * 7
    if isinstance(value, list):
        if len(value) != 7:
            raise CaseError(place, _("A week has seven days."))
        return tuple(_windows(day, f"{place}[{number}]") for number, day in enumerate(value))
    if not isinstance(value, dict):
        raise CaseError(
            place, _('A week is seven lists from Monday, or an object such as {"mon-fri": ["09:00-18:00"]}.')
        )
    week: list[tuple[Window, ...]] = [()] * 7
    for name, windows in value.items():
        first, _dash, last = str(name).lower().partition("-")
        if first not in WEEKDAYS or (last and last not in WEEKDAYS):
            raise CaseError(_join(place, str(name)), _("Days are called mon, tue … sun, or a range such as mon-fri."))
        begin, end = WEEKDAYS.index(first), WEEKDAYS.index(last or first)
        if end < begin:
            raise CaseError(_join(place, str(name)), _("Days are called mon, tue … sun, or a range such as mon-fri."))
        for number in range(begin, end + 1):
            week[number] = _windows(windows, _join(place, str(name)))
    return tuple(week)


def _windows(value: Any, place: str) -> tuple[Window, ...]:
    """Return windows given as ["09:00-12:00", …] or [["09:00", "12:00"], …]; "24h" is the whole day."""
    if value in ("24h", ROUND_THE_CLOCK):
        return ((0, DAY),)
    if not isinstance(value, list):
        raise CaseError(place, _("A day is a list of windows."))
    pairs = [each.replace("–", "-").split("-") if isinstance(each, str) else each for each in value]
    try:
        return parse_windows([[part.strip() if isinstance(part, str) else part for part in pair] for pair in pairs])
    except (ValueError, TypeError) as error:
        raise CaseError(place, str(error)) from error


def read_days(value: Any, place: str) -> dict[dt.date, tuple[Window, ...]]:
    """Return dated exceptions: {"2025-10-14": []} is closed, {"2025-10-11": ["09:00-12:00"]} is worked so."""
    if not isinstance(value, dict):
        raise CaseError(place, _("An object {…} is expected here."))
    return {read_date(name, _join(place, str(name))): _windows(w, _join(place, str(name))) for name, w in value.items()}


def read_date(value: Any, place: str) -> dt.date:
    """Return a date such as 2025-10-14."""
    try:
        return dt.date.fromisoformat(value)
    except (ValueError, TypeError) as error:
        raise CaseError(place, _("“%(text)s” is not a date like 2025-10-14.") % {"text": value}) from error


def read_moment(value: Any, place: str, zone: ZoneInfo) -> dt.datetime:
    """Return a moment; without an offset it is the wall time of the zone, which must exist, and only once."""
    try:
        moment = dt.datetime.fromisoformat(value)
    except (ValueError, TypeError) as error:
        raise CaseError(place, _("“%(text)s” is not a moment like 2025-10-13T09:00.") % {"text": value}) from error
    if moment.tzinfo is not None:
        return moment.astimezone(dt.UTC)
    local = moment.replace(tzinfo=zone)
    if local.astimezone(dt.UTC).astimezone(zone).replace(tzinfo=None) != moment:
        raise CaseError(place, _("The clock was put forward over %(text)s in %(zone)s: there was no such time.")
                        % {"text": value, "zone": zone.key})  # fmt: skip
    if local.utcoffset() != local.replace(fold=1).utcoffset():
        raise CaseError(place, _("The clock was put back: %(text)s came twice in %(zone)s; add the offset.")
                        % {"text": value, "zone": zone.key})  # fmt: skip
    return local.astimezone(dt.UTC)


def _policy(value: Any, calendars: Mapping[str, Calendar], main: str) -> dict[str, Any]:
    known = {"name", "priority", "target", "targets", "changes", "retroactive", "recurring", "pauses"}
    policy = _object(value, "policy", known)
    if ("target" in policy) == ("targets" in policy):
        raise CaseError("policy", _("Give either “target”, or “targets” by priority."))
    if "target" in policy:
        targets = {str(policy.get("priority", "")): read_target(policy["target"], "policy.target", calendars, main)}
    else:
        targets = _targets(policy["targets"], "policy.targets", calendars, main)
    priority = policy.get("priority", next(iter(targets)))
    if priority not in targets:
        raise CaseError("policy.priority", _("The policy has no target for “%(name)s”.") % {"name": priority})
    for name in ("retroactive", "recurring"):
        if not isinstance(policy.get(name, False), bool):
            raise CaseError(f"policy.{name}", _("Either true or false."))
    pauses = policy.get("pauses", ["customer", "vendor"])
    if not isinstance(pauses, list) or not all(isinstance(each, str) for each in pauses):
        raise CaseError("policy.pauses", _("A list of those for whom one waits while the clock stands."))
    versions = [(dt.date.min, targets)]
    for number, change in enumerate(policy.get("changes", [])):
        place = f"policy.changes[{number}]"
        given = _object(change, place, {"from", "targets"}, needs=("from", "targets"))
        day = read_date(given["from"], f"{place}.from")
        versions.append((day, {**versions[-1][1], **_targets(given["targets"], f"{place}.targets", calendars, main)}))
    if [day for day, _targets_then in versions] != sorted({day for day, _targets_then in versions}):
        raise CaseError("policy.changes", _("These are to be in the order of their days."))
    return {
        "policy": str(policy.get("name", "")), "priority": priority, "versions": versions,
        "retroactive": policy.get("retroactive", False), "recurring": policy.get("recurring", False),
        "pauses": tuple(pauses),
    }  # fmt: skip


def _targets(value: Any, place: str, calendars: Mapping[str, Calendar], main: str) -> dict[str, Target]:
    if not isinstance(value, dict) or not value:
        raise CaseError(place, _("An object {…} is expected here."))
    return {str(n): read_target(each, f"{place}.{n}", calendars, main) for n, each in value.items()}


def read_target(value: Any, place: str, calendars: Mapping[str, Calendar], main: str) -> Target:
    """Return a target: {"hours": 8}, {"minutes": 30} or {"days": 2, "day": "working"}, with its own calendar or not."""
    given = _object(value, place, {*UNITS, "days", "day", "calendar"})
    amounts = [name for name in (*UNITS, "days") if name in given]
    if not amounts:
        raise CaseError(place, _("Say how long: seconds, minutes, hours or days."))
    for name in amounts:
        number = given[name]
        if isinstance(number, bool) or not isinstance(number, int | float) or not 0 < number < 1_000_000:
            raise CaseError(f"{place}.{name}", _("A positive number is expected here."))
    calendar = given.get("calendar", main)
    if calendar not in calendars:
        said = {"known": ", ".join(calendars)}
        raise CaseError(f"{place}.calendar", _("There is no such calendar. Known are: %(known)s.") % said)
    if "days" not in given:
        if "day" in given:
            raise CaseError(f"{place}.day", _("Only a number of days says what a day is."))
        return Target(round(sum(given[name] * UNITS[name] for name in amounts)), 0, calendar)
    if len(amounts) > 1:
        raise CaseError(place, _("Days stand alone: a day is no number of working hours."))
    if given.get("day") not in ("working", "calendar"):
        raise CaseError(
            f"{place}.day", _("Say what a day is: “working” (days of the calendar) or “calendar” (24 hours each).")
        )
    if given["day"] == "calendar":
        return Target(round(given["days"] * DAY), 0, ROUND_THE_CLOCK)
    if given["days"] != int(given["days"]):
        raise CaseError(f"{place}.days", _("Working days are whole days."))
    return Target(0, int(given["days"]), calendar)


def _events(value: Any, zone: ZoneInfo, calendars: Mapping[str, Calendar]) -> list[Event]:
    if not isinstance(value, list) or not value:
        raise CaseError("events", _("A list of what happened, from “open” on, is expected here."))
    events = [_event(each, f"events[{number}]", zone) for number, each in enumerate(value)]
    for before, after in pairwise(events):
        if after.at < before.at:
            raise CaseError(f"{after.place}.at", _("This is earlier than the event before it."))
    if events[0].do != "open":
        raise CaseError("events[0].do", _("The first event is “open”."))
    for event in events[1:]:
        if event.do == "open":
            raise CaseError(f"{event.place}.do", _("It is open already; “reopen” opens what was resolved."))
    for event in events:
        if event.said.get("calendar", ROUND_THE_CLOCK) not in calendars:
            said = {"known": ", ".join(calendars)}
            raise CaseError(f"{event.place}.calendar", _("There is no such calendar. Known are: %(known)s.") % said)
    return events


def _event(value: Any, place: str, zone: ZoneInfo) -> Event:
    if not isinstance(value, dict) or value.get("do") not in DEEDS:
        _object(value, place, {"at", "do", *(name for names in DEEDS.values() for name in names)}, needs=("at", "do"))
        raise CaseError(f"{place}.do", _("Known are: %(known)s.") % {"known": ", ".join(DEEDS)})
    deed = value["do"]
    given = _object(value, place, {"at", "do", *DEEDS[deed]}, needs=("at",))
    if deed == "priority" and not isinstance(given.get("to"), str):
        raise CaseError(f"{place}.to", _("Name the new priority."))
    if deed == "wait" and not isinstance(given.get("for"), str):
        raise CaseError(f"{place}.for", _("Say for whom: “customer”, “vendor” …"))
    if deed == "calendar" and "days" not in given:
        raise CaseError(f"{place}.days", _("This field is missing."))
    if not isinstance(given.get("retroactive", False), bool):
        raise CaseError(f"{place}.retroactive", _("Either true or false."))
    said = {name: given[name] for name in DEEDS[deed] if name in given}
    if "days" in said:
        said["days"] = read_days(said["days"], f"{place}.days")
    return Event(read_moment(given["at"], f"{place}.at", zone), deed, place, said)
