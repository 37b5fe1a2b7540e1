"""Computing indicators: value, series, by dimension, and the rows behind each; from counts, never from averages."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.db import transaction
from django.db.models import Avg, Count, QuerySet
from django.db.models.functions import TruncMonth
from django.utils import timezone

from opscharter.kernel import moment
from opscharter.kernel.indicators.models import IndicatorFigure
from opscharter.kernel.indicators.periods import Period
from opscharter.kernel.indicators.registry import INDICATORS, Indicator

CENT = Decimal("0.01")
Narrow = Callable[[QuerySet[Any]], QuerySet[Any]]
"""Leaves of a population what one wants to look at, such as what somebody may see; frozen figures are of the whole."""


@dataclass(frozen=True)
class Figure:
    """One value with the counts it comes from; `value` is None when there is nothing to measure."""

    indicator: Indicator
    period: Period
    value: Decimal | None
    numerator: int | None
    population: int
    frozen: bool = False

    @property
    def meets_target(self) -> bool | None:
        """Say whether the target is met; None without a target or a value."""
        if self.value is None or self.indicator.target is None:
            return None
        target = Decimal(str(self.indicator.target))
        return self.value >= target if self.indicator.direction == "up" else self.value <= target


@dataclass
class _Tally:
    """The counts of one figure, added up over months and record types; shares and means come out of them at the end."""

    indicator: Indicator
    population: int = 0
    numerator: int = 0
    measured: int = 0
    """How many rows the aggregate speaks of; rows without a value have no part in a mean."""
    total: Decimal = Decimal(0)

    def add(self, row: dict[str, Any]) -> None:
        self.population += row["n"]
        self.numerator += row.get("hits", 0)
        if row.get("measured"):
            measure = row["measure"]
            plain = Decimal(str(measure.total_seconds() if isinstance(measure, dt.timedelta) else measure))
            self.measured += row["measured"]
            self.total += plain * row["measured"] if isinstance(self.indicator.aggregate, Avg) else plain

    def figure(self, period: Period) -> Figure:
        indicator = self.indicator
        if indicator.numerator is not None:
            value = percent(self.numerator, self.population)
            return Figure(indicator, period, value, self.numerator, self.population)
        if indicator.aggregate is None:
            return Figure(indicator, period, Decimal(self.population), None, self.population)
        if not self.measured:
            return Figure(indicator, period, None, None, self.population)
        result = self.total / self.measured if isinstance(indicator.aggregate, Avg) else self.total
        scaled = (result * Decimal(str(indicator.scale))).quantize(CENT, ROUND_HALF_UP)
        return Figure(indicator, period, scaled, None, self.population)


def percent(part: int, whole: int) -> Decimal | None:
    """Return the share in percent with two decimals, half up; None of nothing."""
    return (Decimal(part) * 100 / whole).quantize(CENT, ROUND_HALF_UP) if whole else None


def _measures(indicator: Indicator) -> dict[str, Any]:
    measures: dict[str, Any] = {"n": Count("pk")}
    if indicator.numerator is not None:
        measures["hits"] = Count("pk", filter=indicator.numerator)
    if indicator.aggregate is not None:
        source = indicator.aggregate.get_source_expressions()[0]
        measures["measure"] = indicator.aggregate
        measures["measured"] = Count(source, filter=indicator.aggregate.filter)
    return measures


def _within(indicator: Indicator, rows: QuerySet[Any], period: Period) -> QuerySet[Any]:
    if indicator.standing_stock:
        return rows
    return rows.filter(**{f"{indicator.when}__gte": period.start, f"{indicator.when}__lt": period.end})


def _populations(
    code: str, dimension: str | None, id: int | None, narrow: Narrow | None = None
) -> tuple[Indicator, list[QuerySet[Any]]]:
    indicator = INDICATORS[code]
    found = [rows.order_by() for rows in indicator.population()]
    if narrow is not None:
        found = [narrow(rows) for rows in found]
    if dimension and id is not None:
        found = [rows.filter(**{indicator.dimensions[dimension]: id}) for rows in found]
    return indicator, found


def _kept(indicator: Indicator, periods: Sequence[Period], dimension: str | None, id: int | None) -> dict[str, Figure]:
    """Return the frozen figures of the periods that are closed, by the period's name."""
    closed = {str(period): period for period in periods if period.closed}
    if indicator.standing_stock or not closed:
        return {}
    found = IndicatorFigure.objects.filter(code=indicator.code, period__in=closed, **_member(dimension, id))
    return {
        row.period: Figure(indicator, closed[row.period], row.value, row.numerator, row.population, frozen=True)
        for row in found
    }


def _member(dimension: str | None, id: int | None) -> dict[str, Any]:
    """Return where a frozen figure is kept; a dimension without a member is the whole."""
    return {"dimension": dimension, "member": id} if dimension and id is not None else {"dimension": "", "member": 0}


def value(
    code: str, period: Period, dimension: str | None = None, id: int | None = None, narrow: Narrow | None = None
) -> Figure:
    """Return a figure; a closed period that was frozen is read as it was, unless one looks at a part of it only."""
    indicator, found = _populations(code, dimension, id, narrow)
    if narrow is None and (kept := _kept(indicator, [period], dimension, id)):
        return kept[str(period)]
    tally = _Tally(indicator)
    for rows in found:
        tally.add(_within(indicator, rows, period).aggregate(**_measures(indicator)))
    return tally.figure(period)


def series(
    code: str,
    periods: Sequence[Period],
    dimension: str | None = None,
    id: int | None = None,
    narrow: Narrow | None = None,
) -> list[Figure]:
    """Return a figure for each period, frozen ones as they were, with one query a record type.

    Raises ValueError for a stock: what was open in an earlier month cannot be told from what is open now.
    """
    indicator, found = _populations(code, dimension, id, narrow)
    if indicator.standing_stock:
        raise ValueError(f"{code} is a stock and has no series")
    if not periods:
        return []
    first, last = min(periods), max(periods, key=lambda period: period.end)
    whole = Period(first.first, _months_between(first.first, last.shift(last.months).first))
    tallies: dict[Period, _Tally] = {period: _Tally(indicator) for period in periods}
    month = TruncMonth(indicator.when, tzinfo=timezone.get_default_timezone())
    for rows in found:
        by_month = _within(indicator, rows, whole).annotate(month=month).values("month")
        for row in by_month.annotate(**_measures(indicator)):
            begin = row["month"].date() if isinstance(row["month"], dt.datetime) else row["month"]
            for period, tally in tallies.items():
                if period.first <= begin < period.shift(period.months).first:
                    tally.add(row)
    kept = _kept(indicator, periods, dimension, id) if narrow is None else {}
    return [kept.get(str(period)) or tallies[period].figure(period) for period in periods]


def _months_between(first: dt.date, last: dt.date) -> int:
    return (last.year - first.year) * 12 + last.month - first.month


def by_dimension(code: str, period: Period, dimension: str, narrow: Narrow | None = None) -> dict[int | None, Figure]:
    """Return a figure for each member of a dimension, frozen ones as they were, with one query a record type."""
    indicator, found = _populations(code, None, None, narrow)
    field = indicator.dimensions[dimension]
    tallies: dict[int | None, _Tally] = {}
    for rows in found:
        for row in _within(indicator, rows, period).values(field).annotate(**_measures(indicator)):
            tallies.setdefault(row[field], _Tally(indicator)).add(row)
    figures = {member: tally.figure(period) for member, tally in tallies.items()}
    if narrow is None and period.closed and not indicator.standing_stock:
        for row in IndicatorFigure.objects.filter(code=code, period=str(period), dimension=dimension):
            figures[row.member] = Figure(indicator, period, row.value, row.numerator, row.population, frozen=True)
    return figures


def rows(
    code: str,
    period: Period,
    part: str = "population",
    dimension: str | None = None,
    id: int | None = None,
    model: Any = None,
) -> QuerySet[Any]:
    """Return the very records behind a figure: its population, its numerator, or the rest.

    A figure may span record types; `model` chooses (default: the first).
    """
    indicator, found = _populations(code, dimension, id)
    chosen = next((rows for rows in found if model is None or rows.model is model), None)
    if chosen is None:
        return found[0].none()
    chosen = _within(indicator, chosen, period)
    if part == "population" or indicator.numerator is None:
        return chosen
    hits = chosen.filter(indicator.numerator)
    if part == "numerator":
        return hits
    if part == "rest":
        return chosen.exclude(pk__in=hits.values("pk"))
    raise ValueError(f"a figure has no part {part!r}")


@transaction.atomic
def freeze(code: str, period: Period, dimension: str | None = None, id: int | None = None) -> IndicatorFigure:
    """Keep a closed period's figure for good; returns the one kept first when it was frozen before.

    Raises ValueError for an open period, and for a stock, which belongs to no period.
    """
    if not period.closed or INDICATORS[code].standing_stock:
        raise ValueError("only a closed period's figure can be frozen")
    figure, place = value(code, period, dimension, id), _member(dimension, id)
    content = [code, str(period), *place.values(), str(figure.value), figure.numerator, figure.population]
    kept, _created = IndicatorFigure.objects.get_or_create(
        code=code, period=str(period), **place,
        defaults={
            "value": figure.value, "numerator": figure.numerator, "population": figure.population,
            "frozen_at": moment.now(), "hash": hashlib.sha256(json.dumps(content).encode()).hexdigest(),
        },
    )  # fmt: skip
    return kept
