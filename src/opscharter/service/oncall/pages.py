"""The on-call calendar: who is on duty in a week, roster by roster."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path
from django.utils import timezone

from opscharter.kernel import moment
from opscharter.kernel.calendars.engine import UnpublishedYear
from opscharter.kernel.web.base import SignedInPage
from opscharter.service.oncall.models import Roster
from opscharter.service.oncall.month import DayOfMonth, month_of
from opscharter.service.oncall.rosters import plan_of, rosters_in_use

WEEK = dt.timedelta(days=7)


@dataclass
class CalendarContext:
    """A week of every roster, and the ways to its neighbours."""

    before: dt.date
    after: dt.date
    rosters: list[tuple[Roster, list[Any]]]


class OnCallCalendarPage(SignedInPage):
    """Who is on duty in a week."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show the week that begins on the day asked for, else this one."""
        if not self.actor.may("service.roster", "view"):
            raise Http404
        today = moment.today()
        try:
            first = dt.date.fromisoformat(request.GET.get("from", ""))
        except ValueError:
            first = today - dt.timedelta(days=today.weekday())
        begin = timezone.make_aware(dt.datetime.combine(first, dt.time()), timezone.get_default_timezone())
        found = [
            (roster, plan_of(roster, begin, begin + WEEK).duties(begin, begin + WEEK))
            for roster in rosters_in_use().filter(pk__in=Roster.objects.visible_to(self.actor).values("pk"))
        ]
        return self.render("service/oncall/calendar.html", CalendarContext(first - WEEK, first + WEEK, found))


@dataclass
class MonthContext:
    """A month of every roster."""

    first: dt.date
    before: dt.date
    after: dt.date
    today: dt.date
    rosters: list[tuple[Roster, list[list[DayOfMonth]]]]


class OnCallMonthPage(SignedInPage):
    """Who is on duty in a month, as a calendar; days on which nobody is stand out."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show the month asked for, else this one."""
        if not self.actor.may("service.roster", "view"):
            raise Http404
        today = moment.today()
        try:
            first = dt.date.fromisoformat(f"{request.GET.get('month', '')}-01")
        except ValueError:
            first = today.replace(day=1)
        rosters = rosters_in_use().filter(pk__in=Roster.objects.visible_to(self.actor).values("pk"))
        page = MonthContext(
            first, (first - dt.timedelta(days=1)).replace(day=1), (first + dt.timedelta(days=32)).replace(day=1), today,
            [(roster, _month(roster, first)) for roster in rosters],
        )  # fmt: skip
        return self.render("service/oncall/month.html", page)


def _month(roster: Roster, first: dt.date) -> list[list[DayOfMonth]]:
    """Return a roster's month; nothing where the holidays of its year are not published."""
    try:
        return month_of(roster, first)
    except (UnpublishedYear, OverflowError):
        return []


URLS = [
    path("service/on-call/month/", OnCallMonthPage.as_view(), name="on-call-month"),
    path("service/on-call/", OnCallCalendarPage.as_view(), name="on-call-calendar"),
]
