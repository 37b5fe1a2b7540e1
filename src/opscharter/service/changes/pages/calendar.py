"""The calendar of changes: a week or a month, with windows agreed and freezes, of the company and of customers."""

from __future__ import annotations

import calendar as months
import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from opscharter.customers.models import Customer
from opscharter.kernel import moment
from opscharter.kernel.moment import in_office
from opscharter.kernel.resources.links import list_url, record_url
from opscharter.kernel.resources.site import site
from opscharter.kernel.web.base import SignedInPage
from opscharter.service.changes.models import Change, ChangeFreeze, ChangeWindow
from opscharter.service.changes.words import UNSUCCESSFUL, State

BAND = 2
"""Hours in one row of the week."""
DAY = dt.timedelta(days=1)
TONES = {
    State.DRAFT: "n", State.ASSESSING: "n", State.PLANNING: "n", State.APPROVING: "a", State.APPROVED: "b",
    State.IMPLEMENTING: "b", State.ROLLING_BACK: "r", State.REVIEW: "g", State.CLOSED: "g",
}  # fmt: skip


@dataclass
class Entry:
    """A change in the calendar."""

    change: Any
    start: dt.datetime
    end: dt.datetime
    tone: str
    clashes: bool = False
    went_on: bool = False
    """Drawn where it goes on, not where it begins."""
    next_day: bool = False
    """Drawn where it goes on after midnight."""

    @property
    def url(self) -> str:
        """Return the change's page."""
        return record_url(self.change)

    @property
    def hours(self) -> str:
        """Return from when to when, by the office's clock."""
        begin = "…" if self.next_day else f"{in_office(self.start):%H:%M}"
        return f"{begin}–{in_office(self.end):%H:%M}"


@dataclass
class Slot:
    """One cell: a day, or a band of hours of one."""

    start: dt.datetime
    end: dt.datetime
    entries: list[Entry] = field(default_factory=list)
    freezes: list[str] = field(default_factory=list)
    windows: list[str] = field(default_factory=list)
    today: bool = False
    outside: bool = False
    starts_freeze: list[str] = field(default_factory=list)
    """The freezes whose name is written here: where they begin, or where the page does."""

    @property
    def day(self) -> dt.date:
        """Return its day."""
        return in_office(self.start).date()

    @property
    def empty(self) -> bool:
        """Say whether there is nothing in it."""
        return not (self.entries or self.freezes or self.windows)


@dataclass
class CalendarContext:
    """Everything the calendar draws."""

    view: str
    title: str
    before: dt.date
    after: dt.date
    today: dt.date
    first: dt.date
    days: list[Slot]
    rows: list[tuple[str, list[Slot]]]
    customers: list[Customer]
    customer: int | None
    weeks: list[list[Slot]] = field(default_factory=list)
    many: int = 0

    @property
    def query(self) -> str:
        """Return what the links to other times keep."""
        return f"&customer={self.customer}" if self.customer else ""


def tone_of(change: Any) -> str:
    """Return the colour of a change: how it stands, red when it went wrong."""
    return "r" if change.outcome in UNSUCCESSFUL else TONES[State(change.state)]


def midnight(day: dt.date) -> dt.datetime:
    """Return the beginning of a day by the office's clock."""
    return timezone.make_aware(dt.datetime.combine(day, dt.time()), timezone.get_default_timezone())


class CalendarPage(SignedInPage):
    """What is changed when; what one may not see is not in it."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show the week or month that holds the day asked for, else today."""
        if not self.actor.may("service.change", "view"):
            raise Http404
        view = "month" if request.GET.get("view") == "month" else "week"
        today = moment.today()
        try:
            day = dt.date.fromisoformat(request.GET.get("day", ""))
            first, last, before, after = _span(view, day)
        except (ValueError, OverflowError):
            day = today
            first, last, before, after = _span(view, day)
        customers = list(Customer.objects.visible_to(self.actor).current().order_by("name"))
        wanted = request.GET.get("customer", "")
        chosen = next((each.pk for each in customers if str(each.pk) == wanted), None)
        book = _Book(self.actor, midnight(first), midnight(last + DAY), chosen)
        days = [
            book.slot(midnight(first + DAY * n), midnight(first + DAY * (n + 1)), today)
            for n in range((last - first).days + 1)
        ]
        page = CalendarContext(
            view, "", before, after, today, first, days, [], customers, chosen, many=len(book.entries)
        )
        if view == "week":
            page.title = f"{date_format(first, 'Y-m-d')} – {date_format(last, 'm-d')}"
            page.rows = list(_bands(book, days, today))
        else:
            page.title = date_format(day, "YEAR_MONTH_FORMAT")
            for slot in days:
                slot.outside = slot.day.month != day.month
            page.weeks = [days[n : n + 7] for n in range(0, len(days), 7)]
        ask = f"{list_url(site.resource(Change))}new/" if self.actor.may("service.change", "create") else ""
        return self.render("service/changes/calendar.html", page, legend=legend(), ask_url=ask)


def _span(view: str, day: dt.date) -> tuple[dt.date, dt.date, dt.date, dt.date]:
    """Return first and last day shown, and a day of the view before and after."""
    if view == "week":
        first = day - DAY * day.weekday()
        return first, first + DAY * 6, first - DAY * 7, first + DAY * 7
    begin = day.replace(day=1)
    end = day.replace(day=months.monthrange(day.year, day.month)[1])
    return begin - DAY * begin.weekday(), end + DAY * (6 - end.weekday()), begin - DAY, end + DAY


def _bands(book: _Book, days: list[Slot], today: dt.date) -> Iterator[tuple[str, list[Slot]]]:
    """Return the rows of a week: bands of two hours, those in which nothing is drawn together into one."""
    idle: list[list[Slot]] = []
    for hour in range(0, 24, BAND):
        row = [
            book.slot(slot.start + dt.timedelta(hours=hour), slot.start + dt.timedelta(hours=hour + BAND), today)
            for slot in days
        ]
        if all(not slot.entries and not slot.windows and not slot.starts_freeze for slot in row):
            idle.append(row)
            continue
        yield from _together(idle)
        idle = []
        yield f"{hour:02}:00", row
    yield from _together(idle)


def _together(idle: list[list[Slot]]) -> Iterator[tuple[str, list[Slot]]]:
    if idle:
        begin, end = in_office(idle[0][0].start), in_office(idle[-1][0].end - dt.timedelta(minutes=1))
        for place, slot in enumerate(idle[0]):
            slot.freezes = [name for row in idle for name in row[place].freezes]
        yield f"{begin:%H}–{end.hour + 1:02}", idle[0]


class _Book:
    """All that lies within a stretch of time, read once: changes, freezes and windows the actor may see."""

    def __init__(self, actor: Any, begin: dt.datetime, end: dt.datetime, customer: int | None) -> None:
        self.begin = begin
        changes = Change.objects.visible_to(actor).current().exclude(state=State.CANCELLED)
        changes = changes.filter(window_start__lt=end, window_end__gt=begin).select_related("customer")
        freezes = ChangeFreeze.objects.visible_to(actor).current().filter(starts_at__lt=end, ends_at__gt=begin)
        windows = ChangeWindow.objects.visible_to(actor).current()
        if not actor.external and actor.may("service.changefreeze", "view"):
            common = ChangeFreeze.objects.current().filter(customer__isnull=True, starts_at__lt=end, ends_at__gt=begin)
            freezes = (freezes | common).distinct()
        if customer is not None:
            changes = changes.filter(customer_id=customer)
            freezes = freezes.filter(Q(customer_id=customer) | Q(customer__isnull=True))
            windows = windows.filter(customer_id=customer)
        self.entries = [
            Entry(row, row.window_start, row.window_end, tone_of(row), row.flagged_at is not None)
            for row in changes.order_by("window_start", "pk")
            if row.window_start and row.window_end
        ]
        self._mark_clashes()
        self.freezes = list(freezes.select_related("customer").order_by("starts_at", "pk"))
        self.windows = list(windows.select_related("customer")) if customer or actor.external else []

    def _mark_clashes(self) -> None:
        """Mark changes still to come that share an asset or an engineer at one time; pages of changes tell the rest."""
        open_yet = [each for each in self.entries if each.tone in ("n", "a", "b")]
        through = Change.assets.through.objects.filter(change_id__in=[each.change.pk for each in open_yet])
        assets: dict[int, set[int]] = {}
        for change_id, asset_id in through.values_list("change_id", "asset_id"):
            assets.setdefault(change_id, set()).add(asset_id)
        for place, one in enumerate(open_yet):
            for other in open_yet[place + 1 :]:
                if other.start >= one.end:
                    break
                same = assets.get(one.change.pk, set()) & assets.get(other.change.pk, set())
                if same or (one.change.engineer_id and one.change.engineer_id == other.change.engineer_id):
                    one.clashes = other.clashes = True

    def slot(self, start: dt.datetime, end: dt.datetime, today: dt.date) -> Slot:
        """Return what lies within one cell."""
        found = Slot(start, end, today=in_office(start).date() == today)
        for each in self.entries:
            if each.start < end and each.end > start:
                begins = each.start >= start or (each.start < self.begin == start)
                night = in_office(start).time() == dt.time()
                found.entries.append(each if begins else replace(each, went_on=True, next_day=night))
        for freeze in self.freezes:
            if freeze.starts_at < end and freeze.ends_at > start:
                label = f"{freeze.name} · {freeze.customer}" if freeze.customer else freeze.name
                found.freezes.append(label)
                if freeze.starts_at >= start or start == self.begin:
                    found.starts_freeze.append(label)
        for window in self.windows:
            for day in (found.day - DAY, found.day):
                opens, closes = window.opened_on(day)
                if day.isoweekday() == window.weekday and opens < end and closes > start:
                    found.windows.append(f"{in_office(opens):%H:%M}–{in_office(closes):%H:%M}")
        return found


def legend() -> list[tuple[str, str]]:
    """Return what the colours mean."""
    return [
        ("n", _("not yet submitted for approval")), ("a", _("awaiting approval")), ("b", _("approved or under way")),
        ("g", _("carried out")), ("r", _("failed or rolled back")),
    ]  # fmt: skip


URLS = [path("service/changes/calendar/", CalendarPage.as_view(), name="change-calendar")]
