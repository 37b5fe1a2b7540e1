"""Computing indicators: value, series, by dimension, and the very rows behind each; always from counts, never from averages."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.db import transaction
from django.db.models import Count, QuerySet
from django.db.models.functions import TruncMonth
from django.utils import timezone

from opscharter.kernel import moment
from opscharter.kernel.indicators.models import IndicatorFigure
from opscharter.kernel.indicators.periods import Period
from opscharter.kernel.indicators.registry import INDICATORS, Indicator

CENT = Decimal("0.01")


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
    population: int = 0
    numerator: int = 0
    weighted: Decimal = Decimal(0)

    def add(self, row: dict[str, Any]) -> None:
        self.population += row["n"]
        self.numerator += row.get("hits", 0) or 0
        if row.get("measure") is not None:
            measure = row["measure"]
            seconds = measure.total_seconds() if isinstance(measure, dt.timedelta) else measure
            self.weighted += Decimal(str(seconds)) * row["n"]

    def figure(self, indicator: Indicator, period: Period) -> Figure:
        if indicator.numerator is not None:
            value = percent(self.numerator, self.population)
            return Figure(indicator, period, value, self.numerator, self.population)
        if indicator.aggregate is not None:
            mean = self.weighted / self.population * Decimal(str(indicator.scale)) if self.population else None
            rounded = mean.quantize(CENT, ROUND_HALF_UP) if mean is not None else None
            return Figure(indicator, period, rounded, None, self.population)
        return Figure(indicator, period, Decimal(self.population), None, self.population)


def percent(part: int, whole: int) -> Decimal | None:
    """Return the share in percent with two decimals, half up; None of nothing."""
    return (Decimal(part) * 100 / whole).quantize(CENT, ROUND_HALF_UP) if whole else None


def _measures(indicator: Indicator) -> dict[str, Any]:
    measures: dict[str, Any] = {"n": Count("pk")}
    if indicator.numerator is not None:
        measures["hits"] = Count("pk", filter=indicator.numerator)
    if indicator.aggregate is not None:
        measures["measure"] = indicator.aggregate
    return measures


def _within(indicator: Indicator, rows: QuerySet[Any], period: Period) -> QuerySet[Any]:
    if indicator.standing_stock:
        return rows
    return rows.filter(**{f"{indicator.when}__gte": period.start, f"{indicator.when}__lt": period.end})


def _populations(code: str, dimension: str | None, id: int | None) -> tuple[Indicator, list[QuerySet[Any]]]:
    indicator = INDICATORS[code]
    found = [rows.order_by() for rows in indicator.population()]
    if dimension and id is not None:
        found = [rows.filter(**{indicator.dimensions[dimension]: id}) for rows in found]
    return indicator, found


def value(code: str, period: Period, dimension: str | None = None, id: int | None = None) -> Figure:
    """Return a figure; a closed period that was frozen is read as it was."""
    indicator, found = _populations(code, dimension, id)
    if period.closed and not indicator.standing_stock:
        kept = IndicatorFigure.objects.filter(
            code=code, period=str(period), dimension=dimension or "", member=id or 0
        ).first()
        if kept is not None:
            return Figure(indicator, period, kept.value, kept.numerator, kept.population, frozen=True)
    tally = _Tally()
    for rows in found:
        tally.add(_within(indicator, rows, period).aggregate(**_measures(indicator)))
    return tally.figure(indicator, period)


def series(code: str, periods: Sequence[Period], dimension: str | None = None, id: int | None = None) -> list[Figure]:
    """Return a figure for each month, with one query a record type."""
    indicator, found = _populations(code, dimension, id)
    tallies = {period.first: _Tally() for period in periods}
    whole = Period(periods[0].first, len(periods))
    for rows in found:
        by_month = _within(indicator, rows, whole).annotate(month=TruncMonth(indicator.when)).values("month")
        for row in by_month.annotate(**_measures(indicator)):
            first = timezone.localtime(row["month"]).date().replace(day=1)
            if first in tallies:
                tallies[first].add(row)
    return [tallies[period.first].figure(indicator, period) for period in periods]


def by_dimension(code: str, period: Period, dimension: str) -> dict[int | None, Figure]:
    """Return a figure for each member of a dimension, with one query a record type."""
    indicator, found = _populations(code, None, None)
    field = indicator.dimensions[dimension]
    tallies: dict[int | None, _Tally] = {}
    for rows in found:
        for row in _within(indicator, rows, period).values(field).annotate(**_measures(indicator)):
            tallies.setdefault(row[field], _Tally()).add(row)
    return {member: tally.figure(indicator, period) for member, tally in tallies.items()}


def rows(
    code: str, period: Period, part: str = "population", dimension: str | None = None, id: int | None = None,
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
    """Keep a closed period's figure for good; returns the one kept first when it was frozen before."""
    if not period.closed:
        raise ValueError("only a closed period can be frozen")
    figure = value(code, period, dimension, id)
    content = [code, str(period), dimension or "", id or 0, str(figure.value), figure.numerator, figure.population]
    kept, _created = IndicatorFigure.objects.get_or_create(
        code=code, period=str(period), dimension=dimension or "", member=id or 0,
        defaults={
            "value": figure.value, "numerator": figure.numerator, "population": figure.population,
            "frozen_at": moment.now(), "hash": hashlib.sha256(json.dumps(content).encode()).hexdigest(),
        },
    )
    return kept

