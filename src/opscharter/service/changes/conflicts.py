"""The one conflict check: other changes on the same assets, their parents and dependants, freezes, people, holidays."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.utils.translation import gettext_lazy as _

from opscharter.assets.graph import lineage
from opscharter.kernel.calendars.engine import UnpublishedYear, statutory
from opscharter.kernel.controls.wording import Sentence, Wording
from opscharter.kernel.moment import in_office
from opscharter.service.changes import hooks
from opscharter.service.changes.words import PLANNED, UNDER_WAY, Kind
from opscharter.service.tickets.services import company_calendar

STEP = dt.timedelta(minutes=30)
HORIZON = dt.timedelta(days=14)


@dataclass(frozen=True)
class Conflict:
    """One thing that stands in the way of a window: what, for how long, and over which assets."""

    kind: str
    sentence: Sentence
    minutes: int = 0
    assets: tuple[str, ...] = ()
    other: Any = None


@dataclass
class Diary:
    """All that may stand in the way of one change within a stretch of time, read once and asked often."""

    change: Any
    others: list[Any] = field(default_factory=list)
    freezes: list[Any] = field(default_factory=list)
    windows: list[Any] = field(default_factory=list)
    own: dict[int, str] = field(default_factory=dict)
    related: set[int] = field(default_factory=set)
    busy: list[hooks.Busy] = field(default_factory=list)

    def conflicts(self, start: dt.datetime, end: dt.datetime) -> list[Conflict]:
        """Return what stands in the way of a window from `start` to `end`."""
        found = [*self._changes(start, end)]
        if self.change.kind != Kind.EMERGENCY:
            found += [*self._freezes(start, end), *self._agreed(start, end), *self._roster(start, end)]
            found += self._holidays(start, end)
        return found

    def _changes(self, start: dt.datetime, end: dt.datetime) -> Iterator[Conflict]:
        for other in self.others:
            minutes = overlap(start, end, other.window_start, other.window_end)
            if not minutes:
                continue
            theirs = {asset.pk: asset.name for asset in other.assets.all()}
            if shared := self._shared(theirs):
                words = {"other": other, "minutes": minutes, "assets": shared}
                text = Wording(_("%(other)s: %(minutes)s minutes at the same time on %(assets)s."), words)
                yield Conflict("asset", text, minutes, shared, other)
            elif other.engineer_id is not None and other.engineer_id == self.change.engineer_id:
                names = tuple(dict.fromkeys([*self.own.values(), *theirs.values()]))
                words = {"other": other, "minutes": minutes, "person": other.engineer, "assets": names}
                told = _("%(other)s: %(person)s is at work elsewhere for %(minutes)s minutes (%(assets)s).")
                text = Wording(told, words)
                yield Conflict("engineer", text, minutes, names, other)

    def _shared(self, theirs: dict[int, str]) -> tuple[str, ...]:
        """Return the names of the assets, one's own first, through which two changes touch each other."""
        touched = {pk: name for pk, name in theirs.items() if pk in self.related}
        if not touched:
            return ()
        back = lineage(touched)
        mine = [name for pk, name in self.own.items() if pk in back]
        return tuple(dict.fromkeys([*mine, *touched.values()]))

    def _freezes(self, start: dt.datetime, end: dt.datetime) -> Iterator[Conflict]:
        for freeze in self.freezes:
            if minutes := overlap(start, end, freeze.starts_at, freeze.ends_at):
                words = {"minutes": minutes, "freeze": freeze.name}
                text = Wording(_("%(minutes)s minutes lie in the freeze “%(freeze)s”."), words)
                yield Conflict("freeze", text, minutes, other=freeze)

    def _agreed(self, start: dt.datetime, end: dt.datetime) -> Iterator[Conflict]:
        if not self.windows:
            return
        day = in_office(start).date()
        days = (day - dt.timedelta(days=1), day)
        opened = [w.opened_on(each) for w in self.windows for each in days if each.isoweekday() == w.weekday]
        if not any(opens <= start and end <= closes for opens, closes in opened):
            yield Conflict("window", _("It lies outside the windows agreed with the customer."))

    def _roster(self, start: dt.datetime, end: dt.datetime) -> Iterator[Conflict]:
        for begins, ends, text in self.busy:
            if minutes := overlap(start, end, begins, ends):
                yield Conflict("roster", text, minutes)

    def _holidays(self, start: dt.datetime, end: dt.datetime) -> Iterator[Conflict]:
        country, day = company_calendar().country, in_office(start).date()
        while country and day <= in_office(end - dt.timedelta(seconds=1)).date():
            try:
                free = statutory(country, day) is False
            except UnpublishedYear as unpublished:
                text = _("The public holidays of %(year)s are not published yet.")
                yield Conflict("holiday", Wording(text, {"year": unpublished.year}))
                return
            if free:
                yield Conflict("holiday", Wording(_("%(day)s is a statutory holiday."), {"day": day.isoformat()}))
            day += dt.timedelta(days=1)


def overlap(start: dt.datetime, end: dt.datetime, other_start: dt.datetime, other_end: dt.datetime) -> int:
    """Return how many minutes two stretches of time share; a begun minute counts."""
    shared = min(end, other_end) - max(start, other_start)
    return max(0, -(-int(shared.total_seconds()) // 60))


def diary_of(change: Any, start: dt.datetime, end: dt.datetime) -> Diary:
    """Read everything that may stand in the way of a change between two moments."""
    states = UNDER_WAY if change.kind == Kind.EMERGENCY else (*PLANNED, *UNDER_WAY)
    model: Any = apps.get_model("service.change")
    others = model.objects.current().filter(state__in=states, window_start__lt=end, window_end__gt=start)
    others = others.exclude(pk=change.pk).select_related("engineer").prefetch_related("assets")
    freezes = apps.get_model("service.changefreeze").objects.current().filter(starts_at__lt=end, ends_at__gt=start)
    windows = apps.get_model("service.changewindow").objects.current().filter(customer_id=change.customer_id or 0)
    own = dict(change.assets.values_list("pk", "name"))
    concerned = [freeze for freeze in freezes if freeze.customer_id in (None, change.customer_id)]
    diary = Diary(change, list(others.order_by("window_start", "pk")), concerned, list(windows), own, lineage(own))
    if change.engineer_id is not None and change.kind != Kind.EMERGENCY:
        diary.busy = [busy for ask in hooks.roster for busy in ask(change.engineer_id, start, end)]
    return diary


def conflicts_of(change: Any) -> list[Conflict]:
    """Return what stands in the way of a change's window, as things are at this moment."""
    if not change.window_start or not change.window_end or change.pk is None:
        return []
    return diary_of(change, change.window_start, change.window_end).conflicts(change.window_start, change.window_end)


def free_slots(change: Any, count: int = 3) -> list[tuple[dt.datetime, dt.datetime]]:
    """Return the next windows of the same length in which nothing stands in the way, on different days if possible."""
    if not change.window_start or not change.window_end:
        return []
    length = change.window_end - change.window_start
    last = change.window_start + HORIZON
    diary = diary_of(change, change.window_start, last + length)
    found: list[tuple[dt.datetime, dt.datetime]] = []
    start = change.window_start + STEP
    while start <= last and len(found) < count:
        if diary.conflicts(start, start + length):
            start += STEP
            continue
        found.append((start, start + length))
        start = change.window_start + dt.timedelta(days=(start - change.window_start).days + 1)
    return found
