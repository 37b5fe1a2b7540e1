"""The analysis of service data (§3.5.2): indicators and counts over a span of months, of what the reader may see.

Every figure has a name; `records` returns the very records that a name was counted from.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import ExtractHour, ExtractIsoWeekDay
from django.utils import timezone

from opscharter.customers.models import Customer
from opscharter.kernel import moment
from opscharter.kernel.access.actor import Actor
from opscharter.kernel.indicators import figures
from opscharter.kernel.indicators.evidence import Ids
from opscharter.kernel.indicators.figures import Figure
from opscharter.kernel.indicators.periods import Period
from opscharter.organization.models import Department
from opscharter.service.reports.flow import MODELS, TICKETS
from opscharter.service.tickets.lifecycle import OPEN, State
from opscharter.service.tickets.models import Incident

TIMELY, OPENED, RESOLVED, REOPENED, MEAN = (
    "service.timely-resolution", "service.opened", "service.resolved", "service.reopen-rate",
    "service.mean-time-to-resolve",
)  # fmt: skip
TOP = 10
REPEATS = 3
"""Incidents with the same cause on the same service that make a candidate for a problem."""
AGES: tuple[tuple[str, int, int | None], ...] = (
    ("0-1", 0, 1), ("1-3", 1, 3), ("3-7", 3, 7), ("7-30", 7, 30), ("30-", 30, None)
)  # fmt: skip
"""Name, from and to in days."""
SPANS = (1, 3, 6, 12)


@dataclass(frozen=True)
class Asked:
    """What is looked at: so many months up to one, of one customer or team or all that the reader sees."""

    actor: Actor
    last: Period
    months: int = 3
    customer: Customer | None = None
    team: Department | None = None

    @property
    def span(self) -> Period:
        """Return the months together."""
        return Period(self.last.shift(1 - self.months).first, self.months)

    def narrow(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Leave of tickets what the reader may see and asked for."""
        condition = rows.model.scope.rows(self.actor, rows.model._meta.label_lower, "view")
        rows = rows.filter(condition) if condition is not None else rows
        if self.customer is not None:
            rows = rows.filter(customer=self.customer)
        return rows.filter(team=self.team) if self.team is not None else rows

    def incidents(self) -> QuerySet[Any]:
        """Return the incidents opened in the months, the cancelled left out."""
        return self._opened(Incident).exclude(state=State.CANCELLED)

    def _opened(self, model: Any) -> QuerySet[Any]:
        rows = model.objects.current().filter(opened_at__gte=self.span.start, opened_at__lt=self.span.end)
        return self.narrow(rows)


def series(asked: Asked, code: str) -> list[Figure]:
    """Return an indicator month by month."""
    return figures.series(code, asked.span.each_month(), narrow=asked.narrow)


def total(asked: Asked, code: str) -> Figure:
    """Return an indicator of all the months together."""
    return figures.value(code, asked.span, narrow=asked.narrow)


def by_member(asked: Asked, dimension: str, model: Any) -> list[tuple[Any, Figure]]:
    """Return timely resolution for each customer or team, the worst first."""
    found = figures.by_dimension(TIMELY, asked.span, dimension, narrow=asked.narrow)
    names = model.objects.in_bulk([pk for pk in found if pk])
    rows = [(names[pk], figure) for pk, figure in found.items() if pk in names and figure.value is not None]
    return sorted(rows, key=lambda row: (row[1].value, -row[1].population))


def causes(asked: Asked) -> list[tuple[str, int]]:
    """Return what caused the incidents, the most frequent first; free text counts where it repeats word for word."""
    rows = asked.incidents().exclude(cause="").values("cause").annotate(n=Count("pk")).order_by("-n", "cause")
    return [(row["cause"], row["n"]) for row in rows[:TOP]]


def repeats(asked: Asked) -> list[dict[str, Any]]:
    """Return what happened again and again to a service: candidates for a problem."""
    rows = asked.incidents().exclude(cause="").filter(service__isnull=False).values("service", "service__name", "cause")
    return list(rows.annotate(n=Count("pk")).filter(n__gte=REPEATS).order_by("-n", "service__name", "cause")[:TOP])


def heat(asked: Asked) -> dict[tuple[int, int], int]:
    """Return how many tickets were opened by weekday (1 is Monday) and hour of the office's clock."""
    office, found = timezone.get_default_timezone(), dict[tuple[int, int], int]()
    for model in MODELS:
        timed = asked._opened(model).annotate(
            day=ExtractIsoWeekDay("opened_at", tzinfo=office), hour=ExtractHour("opened_at", tzinfo=office)
        )
        for day, hour, count in timed.values_list("day", "hour").annotate(n=Count("pk")).order_by():
            found[(day, hour)] = found.get((day, hour), 0) + count
    return found


def _aged(begin: int, end: int | None) -> Q:
    now = moment.now()
    condition = Q(opened_at__lte=now - dt.timedelta(days=begin))
    return condition & Q(opened_at__gt=now - dt.timedelta(days=end)) if end is not None else condition


def ages(asked: Asked) -> dict[str, int]:
    """Return the tickets open now by how old they are."""
    counted = {name: Count("pk", filter=_aged(begin, end)) for name, begin, end in AGES}
    found = dict.fromkeys(counted, 0)
    for model in MODELS:
        for name, count in asked.narrow(model.objects.current().filter(state__in=OPEN)).aggregate(**counted).items():
            found[name] += count
    return found


def records(asked: Asked, name: str) -> Ids | None:
    """Return the records behind a figure of the page by its name; None for a name that there is not.

    Names: `cause:…`, `repeat:SERVICE:…`, `heat:DAY:HOUR`, `age:NAME`.
    """
    kind, _colon, rest = name.partition(":")
    if kind == "cause":
        return _ids([asked.incidents().filter(cause=rest)])
    if kind == "repeat":
        service, _colon, cause = rest.partition(":")
        return _ids([asked.incidents().filter(service_id=int(service), cause=cause)]) if service.isdecimal() else None
    if kind == "heat":
        day, _colon, hour = rest.partition(":")
        return _at(asked, int(day), int(hour)) if day.isdecimal() and hour.isdecimal() else None
    age = next((_aged(begin, end) for each, begin, end in AGES if kind == "age" and each == rest), None)
    if age is None:
        return None
    return _ids([asked.narrow(model.objects.current().filter(state__in=OPEN)).filter(age) for model in MODELS])


def _at(asked: Asked, day: int, hour: int) -> Ids:
    office = timezone.get_default_timezone()
    return _ids(
        [
            asked._opened(model)
            .annotate(day=ExtractIsoWeekDay("opened_at", tzinfo=office), hour=ExtractHour("opened_at", tzinfo=office))
            .filter(day=day, hour=hour)
            for model in MODELS
        ]
    )


def _ids(found: list[QuerySet[Any]]) -> Ids:
    assert all(rows.model._meta.label_lower in TICKETS for rows in found)
    return {rows.model._meta.label_lower: list(rows.order_by("pk").values_list("pk", flat=True)) for rows in found}
