"""The registry of indicators: one definition per figure, consumed by name everywhere."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from django.db.models import Aggregate, Avg, Count, Q, QuerySet, Sum
from django.utils.functional import Promise

Text = str | Promise


@dataclass(frozen=True)
class Indicator:
    """A figure of the company: what it counts, when, by which dimensions, and what is aimed at.

    With `numerator` the value is a share of the population in percent; with `aggregate` it is that Avg, Sum or Count
    over the population; with neither it is the number of its records. `population` returns one queryset, or several
    when one figure spans record types. `scale` multiplies an aggregate's value (seconds to hours: 1/3600).
    """

    code: str
    label: Text
    population: Callable[[], list[QuerySet[Any]]]
    when: str
    unit: Text = "%"
    numerator: Q | None = None
    aggregate: Aggregate | None = None
    scale: float = 1.0
    direction: Literal["up", "down"] = "up"
    target: float | None = None
    clause: str = ""
    also: tuple[str, ...] = ()
    """Further clauses whose pages show it."""
    standing_stock: bool = False
    """A stock (open work) is counted as it stands now, not by period."""
    dimensions: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse what could not be added up over record types and months."""
        if self.aggregate is not None and not isinstance(self.aggregate, Avg | Sum | Count):
            raise ValueError(f"indicator {self.code}: only Avg, Sum and Count can be rolled up")


INDICATORS: dict[str, Indicator] = {}


def indicator(code: str, **what: Any) -> Indicator:
    """Declare an indicator; ValueError when its code is taken."""
    if code in INDICATORS:
        raise ValueError(f"indicator {code} is declared twice")
    INDICATORS[code] = Indicator(code, **what)
    return INDICATORS[code]


def indicators_of(clause: str) -> list[Indicator]:
    """Return the indicators that speak of a clause, its own first."""
    own = [each for each in INDICATORS.values() if each.clause == clause]
    return own + [each for each in INDICATORS.values() if clause in each.also]
