"""Figures out of counts: shares, means, sums and numbers; their rows; and months that were closed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db.models import Avg, Count, F, Max, Q, Sum
from django.utils import timezone

from opscharter.kernel import moment
from opscharter.kernel.access.actor import Actor
from opscharter.kernel.indicators import figures, registry
from opscharter.kernel.indicators.figures import by_dimension, freeze, percent, rows, series, value
from opscharter.kernel.indicators.models import IndicatorFigure
from opscharter.kernel.indicators.periods import Period
from opscharter.kernel.indicators.registry import Indicator, indicator
from opscharter.kernel.records import bulk
from tests.kernel.library import office
from tests.kernel.testapp.models import Paper, Shelf

SEPTEMBER, OCTOBER, NOVEMBER = (Period.parse(f"2026-{month:02}") for month in (9, 10, 11))
LONG = Q(pages__gte=100)
Declare = Callable[..., Indicator]
# (published, pages, department): September 1 of 2 long, October 1 of 3 and one without pages, November nothing
HISTORY = [
    (office(2026, 9, 1, 0), 100, 1),
    (office(2026, 9, 30, 23, 59), 10, 2),
    (office(2026, 10, 1, 0), 20, 1),
    (office(2026, 10, 15, 9), 200, 2),
    (office(2026, 10, 31, 23, 59), None, None),
]


@pytest.fixture
def declare(monkeypatch: pytest.MonkeyPatch) -> Declare:
    """Return a declarer of indicators over published papers that are forgotten after the test."""
    monkeypatch.setattr(registry, "INDICATORS", {})
    monkeypatch.setattr(figures, "INDICATORS", registry.INDICATORS)

    def make(**what: Any) -> Indicator:
        given: dict[str, Any] = {
            "label": "Papers", "population": lambda: [Paper.objects.current()], "when": "published_at",
            "dimensions": {"department": "unit"}, **what,
        }  # fmt: skip
        return indicator("library.papers", **given)

    return make


@pytest.fixture
def _papers(system: Actor) -> None:
    """Store the history."""
    bulk.create_many(
        [
            Paper(title=f"Paper {n}", published_at=at, pages=pages, unit=unit)
            for n, (at, pages, unit) in enumerate(HISTORY)
        ],
        system,
    )


def of(period: Period, **more: Any) -> tuple[Decimal | None, int | None, int]:
    """Return value, numerator and population of the indicator under test."""
    figure = value("library.papers", period, **more)
    return figure.value, figure.numerator, figure.population


@pytest.mark.usefixtures("_papers")
class TestFigures:
    """Figures over the history of five papers."""

    def test_a_share_is_in_percent_and_nothing_is_no_data(self, declare: Declare) -> None:
        declare(numerator=LONG)
        assert of(SEPTEMBER) == (Decimal("50.00"), 1, 2)
        assert of(OCTOBER) == (Decimal("33.33"), 1, 3)
        assert of(NOVEMBER) == (None, 0, 0)
        assert of(OCTOBER, dimension="department", id=2) == (Decimal("100.00"), 1, 1)
        assert of(OCTOBER, dimension="department", id=3) == (None, 0, 0)

    def test_a_quarter_rolls_up_counts_not_averages(self, declare: Declare) -> None:
        declare(numerator=LONG)
        assert of(Period.parse("2026")) == (Decimal("40.00"), 2, 5)

    def test_a_number_of_records_may_be_nought(self, declare: Declare) -> None:
        declare()
        assert [of(period)[0] for period in (SEPTEMBER, OCTOBER, NOVEMBER)] == [2, 3, 0]

    def test_a_mean_is_of_the_rows_that_have_a_value(self, declare: Declare) -> None:
        declare(aggregate=Avg("pages"))
        assert of(SEPTEMBER) == (Decimal("55.00"), None, 2)
        assert of(OCTOBER) == (Decimal("110.00"), None, 3)
        assert of(Period.parse("2026-Q4"))[0] == Decimal("110.00")
        assert of(Period.parse("2026"))[0] == Decimal("82.50")
        assert of(NOVEMBER)[0] is None

    def test_a_mean_of_nothing_measured_is_no_data_though_there_are_records(self, declare: Declare) -> None:
        declare(aggregate=Avg("pages"), population=lambda: [Paper.objects.filter(pages=None)])
        assert of(OCTOBER) == (None, None, 1)

    def test_a_mean_duration_is_scaled(self, declare: Declare, system: Actor) -> None:
        for paper in Paper.objects.filter(unit=1):
            paper.expires_at = paper.published_at + dt.timedelta(hours=36, minutes=30)
            paper.save_as(system)
        declare(aggregate=Avg(F("expires_at") - F("published_at")), scale=1 / 3600)
        assert of(Period.parse("2026"))[0] == Decimal("36.50")

    def test_sums_and_counts_add_up_over_record_types(self, declare: Declare) -> None:
        halves = [Paper.objects.filter(unit=1), Paper.objects.exclude(unit=1) | Paper.objects.filter(unit=None)]
        declare(aggregate=Sum("pages"), population=lambda: halves)
        assert of(OCTOBER)[0] == Decimal("220.00")
        assert of(Period.parse("2026"))[0] == Decimal("330.00")

    def test_means_over_record_types_weigh_by_what_was_measured(self, declare: Declare) -> None:
        halves = [Paper.objects.filter(unit=1), Paper.objects.exclude(unit=1) | Paper.objects.filter(unit=None)]
        declare(aggregate=Avg("pages"), population=lambda: halves)
        assert of(Period.parse("2026")) == (Decimal("82.50"), None, 5)

    def test_a_count_of_distinct_values_within_one_type(self, declare: Declare) -> None:
        declare(aggregate=Count("unit", distinct=True))
        assert of(Period.parse("2026-Q4"))[0] == 2

    def test_a_series_is_one_query_and_says_what_each_value_says(
        self, declare: Declare, django_assert_num_queries: Any
    ) -> None:
        declare(numerator=LONG)
        periods = [SEPTEMBER, OCTOBER, NOVEMBER]
        with moment.at(office(2026, 9, 2)), django_assert_num_queries(1):
            drawn = series("library.papers", periods)
        assert [(figure.value, figure.numerator, figure.population) for figure in drawn] == [of(p) for p in periods]

    def test_a_series_is_the_offices_and_may_be_of_quarters_in_any_order(self, declare: Declare) -> None:
        declare(numerator=LONG)
        periods = [Period.parse("2026-Q4"), Period.parse("2026-Q3")]
        with timezone.override("America/New_York"):
            drawn = series("library.papers", periods)
        assert [(figure.value, figure.population) for figure in drawn] == [(Decimal("33.33"), 3), (Decimal("50.00"), 2)]
        assert series("library.papers", []) == []

    def test_by_dimension_is_one_query_and_its_counts_are_the_whole(
        self, declare: Declare, django_assert_num_queries: Any
    ) -> None:
        declare(numerator=LONG)
        with moment.at(office(2026, 10, 2)), django_assert_num_queries(1):
            found = by_dimension("library.papers", OCTOBER, "department")
        assert {unit: (figure.value, figure.population) for unit, figure in found.items()} == {
            1: (Decimal("0.00"), 1), 2: (Decimal("100.00"), 1), None: (Decimal("0.00"), 1),
        }  # fmt: skip
        assert sum(figure.population for figure in found.values()) == of(OCTOBER)[2]

    def test_the_rows_are_those_that_were_counted(self, declare: Declare) -> None:
        declare(numerator=LONG)
        for period in (SEPTEMBER, OCTOBER, NOVEMBER):
            _value, numerator, population = of(period)
            parts = {part: set(rows("library.papers", period, part)) for part in ("population", "numerator", "rest")}
            assert (len(parts["population"]), len(parts["numerator"])) == (population, numerator)
            assert parts["rest"] == parts["population"] - parts["numerator"]
        assert rows("library.papers", OCTOBER, dimension="department", id=2).get().pages == 200
        assert not rows("library.papers", OCTOBER, model=Shelf).exists()
        with pytest.raises(ValueError):
            rows("library.papers", OCTOBER, "half")

    def test_a_stock_is_of_now_and_has_neither_series_nor_frozen_months(self, declare: Declare) -> None:
        declare(standing_stock=True)
        assert of(NOVEMBER)[0] == of(SEPTEMBER)[0] == 5
        assert rows("library.papers", NOVEMBER).count() == 5
        with pytest.raises(ValueError, match="stock"):
            series("library.papers", [OCTOBER])
        with moment.at(office(2026, 12, 1)), pytest.raises(ValueError):
            freeze("library.papers", OCTOBER)

    def test_a_closed_month_stays_as_it_was_frozen(self, declare: Declare, system: Actor) -> None:
        declare(numerator=LONG)
        with moment.at(office(2026, 10, 31, 12)), pytest.raises(ValueError, match="closed"):
            freeze("library.papers", OCTOBER)
        with moment.at(office(2026, 11, 2)):
            kept = freeze("library.papers", OCTOBER)
            freeze("library.papers", OCTOBER, "department", 2)
            for paper in Paper.objects.filter(pages=200):
                paper.pages = 1
                paper.save_as(system)
            assert freeze("library.papers", OCTOBER) == kept
            assert of(OCTOBER) == (Decimal("33.33"), 1, 3)
            assert value("library.papers", OCTOBER).frozen
            assert [figure.value for figure in series("library.papers", [SEPTEMBER, OCTOBER])] == [50, Decimal("33.33")]
            by_unit = by_dimension("library.papers", OCTOBER, "department")
            assert (by_unit[2].value, by_unit[2].frozen) == (100, True)
            assert (by_unit[1].value, by_unit[1].frozen) == (0, False)
            assert of(Period.parse("2026"))[:2] == (Decimal("20.00"), 1)
        assert (kept.numerator, kept.population, len(kept.hash)) == (1, 3, 64)
        assert IndicatorFigure.objects.count() == 2

    def test_an_empty_month_is_frozen_as_no_data(self, declare: Declare) -> None:
        declare(numerator=LONG)
        with moment.at(office(2026, 12, 1)):
            assert freeze("library.papers", NOVEMBER).value is None
            assert (value("library.papers", NOVEMBER).value, value("library.papers", NOVEMBER).frozen) == (None, True)


@pytest.mark.parametrize(
    ("direction", "target", "meets"),
    [
        ("up", 33, True),
        ("up", 34, False),
        ("down", 33, False),
        ("down", 34, True),
        ("up", None, None),
        ("up", 33.33, True),
    ],
)
@pytest.mark.usefixtures("_papers")
def test_the_target_is_met_from_the_right_side(
    declare: Declare, direction: str, target: float | None, meets: bool | None
) -> None:
    declare(numerator=LONG, direction=direction, target=target)
    assert value("library.papers", OCTOBER).meets_target is meets
    assert value("library.papers", NOVEMBER).meets_target is None


@pytest.mark.parametrize(
    ("part", "whole", "share"),
    [(1, 3, "33.33"), (2, 3, "66.67"), (1, 800, "0.13"), (117, 120, "97.50"), (0, 5, "0.00")],
)
def test_shares_are_rounded_half_up(part: int, whole: int, share: str) -> None:
    assert percent(part, whole) == Decimal(share)


def test_no_share_of_nothing() -> None:
    assert percent(0, 0) is None


def test_an_indicator_is_declared_once_and_can_be_rolled_up(declare: Declare) -> None:
    with pytest.raises(ValueError, match="rolled up"):
        declare(aggregate=Max("pages"))
    declare()
    with pytest.raises(ValueError, match="declared twice"):
        declare()
