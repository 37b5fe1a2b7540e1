"""Figures together with the ids of the very records behind them, for documents that keep both for good."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Avg, Case, IntegerField, QuerySet, Sum, Value, When

from opscharter.kernel.indicators import figures
from opscharter.kernel.indicators.figures import Figure
from opscharter.kernel.indicators.models import IndicatorFigure
from opscharter.kernel.indicators.periods import Period
from opscharter.kernel.indicators.registry import INDICATORS, Indicator

Ids = dict[str, list[int]]
"""Record type → ids of the records, in the order of their ids."""
Narrow = Callable[[QuerySet[Any], str], QuerySet[Any]]
"""Takes the rows of a population and the name of the moment by which they count; returns a part of them."""


@dataclass(frozen=True)
class Evidence:
    """A figure, the records of its population, and those of its numerator (empty where it has none)."""

    figure: Figure
    records: Ids = field(default_factory=dict)
    hits: Ids = field(default_factory=dict)

    @property
    def rest(self) -> Ids:
        """Return the records of the population that are not in the numerator."""
        return {label: sorted(set(ids) - set(self.hits.get(label, ()))) for label, ids in self.records.items()}


def evidence(
    wanted: Mapping[str, Sequence[Period]],
    dimension: str | None = None,
    id: int | None = None,
    narrow: Narrow | None = None,
) -> dict[str, list[Evidence]]:
    """Return figures with their records, for each code one a period: one query a record type, one for what is frozen.

    The values are those of `figures.value`; a period that was frozen keeps its figure and shows the records of today,
    unless one looks at a part of it only (`narrow`): parts are not frozen.
    Raises ValueError for a stock, which belongs to no period.
    """
    if stocks := [code for code in wanted if INDICATORS[code].standing_stock]:
        raise ValueError(f"{', '.join(stocks)}: a stock has no periods")
    kept = _kept(wanted, dimension, id) if narrow is None else {}
    return {code: _of(code, periods, dimension, id, kept, narrow) for code, periods in wanted.items() if periods}


def _kept(
    wanted: Mapping[str, Sequence[Period]], dimension: str | None, id: int | None
) -> dict[tuple[str, str], IndicatorFigure]:
    names = {str(period) for periods in wanted.values() for period in periods if period.closed}
    place = figures._member(dimension, id)
    rows = IndicatorFigure.objects.filter(code__in=list(wanted), period__in=names, **place) if names else []
    return {(row.code, row.period): row for row in rows}


def _of(
    code: str,
    periods: Sequence[Period],
    dimension: str | None,
    id: int | None,
    kept: Mapping[tuple[str, str], IndicatorFigure],
    narrow: Narrow | None,
) -> list[Evidence]:
    indicator, found = figures._populations(code, dimension, id)
    begin, end = min(period.start for period in periods), max(period.end for period in periods)
    spans = [(period, period.start, period.end) for period in periods]
    tallies = {period: figures._Tally(indicator) for period in periods}
    records: dict[Period, Ids] = {period: {} for period in periods}
    hits: dict[Period, Ids] = {period: {} for period in periods}
    for rows in found:
        label = rows.model._meta.label_lower
        within = rows.filter(**{f"{indicator.when}__gte": begin, f"{indicator.when}__lt": end})
        if narrow is not None:
            within = narrow(within, indicator.when)
        for pk, at, hit, measure in _read(indicator, within):
            moment = _as_moment(at, begin)
            for period, first, last in spans:
                if first <= moment < last:
                    tallies[period].add(_row(indicator, bool(hit), measure))
                    records[period].setdefault(label, []).append(pk)
                    if hit:
                        hits[period].setdefault(label, []).append(pk)
    made = []
    for period in periods:
        row = kept.get((code, str(period)))
        figure = tallies[period].figure(period)
        if row is not None:
            figure = Figure(indicator, period, row.value, row.numerator, row.population, frozen=True)
        made.append(Evidence(figure, records[period], hits[period]))
    return made


def _read(indicator: Indicator, rows: QuerySet[Any]) -> QuerySet[Any]:
    """Return (id, moment, in the numerator?, measure) of every record."""
    extra: dict[str, Any] = {"_hit": Value(0), "_measure": Value(None, IntegerField())}
    if indicator.numerator is not None:
        extra["_hit"] = Case(When(indicator.numerator, then=Value(1)), default=Value(0))
    if indicator.aggregate is not None:
        extra["_measure"] = indicator.aggregate.get_source_expressions()[0]
        if indicator.aggregate.filter is not None:
            extra["_measure"] = Case(When(indicator.aggregate.filter, then=extra["_measure"]))
    return rows.annotate(**extra).order_by("pk").values_list("pk", indicator.when, "_hit", "_measure")


def _as_moment(value: Any, office: dt.datetime) -> dt.datetime:
    """Return a day as its first moment by the office's clock."""
    return value if isinstance(value, dt.datetime) else dt.datetime.combine(value, dt.time.min, office.tzinfo)


def _row(indicator: Indicator, hit: bool, measure: Any) -> dict[str, Any]:
    """Return one record as the row of counts that a tally adds up."""
    row: dict[str, Any] = {"n": 1, "hits": int(hit)}
    if indicator.aggregate is not None and measure is not None:
        row["measured"], row["measure"] = 1, 1
        if isinstance(indicator.aggregate, Avg | Sum):
            row["measure"] = measure
    return row
