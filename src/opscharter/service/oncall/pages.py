"""The on-call calendar: who is on duty in a week, roster by roster."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path
from django.utils import timezone

from opscharter.kernel import moment
from opscharter.kernel.web.base import SignedInPage
from opscharter.service.oncall.models import Roster
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


URLS = [path("service/on-call/", OnCallCalendarPage.as_view(), name="on-call-calendar")]
