"""The figures of a clause: the indicators bound to it, with their last twelve months."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from opscharter.charter.models import Clause
from opscharter.kernel.access.actor import Actor
from opscharter.kernel.indicators.figures import Figure, series
from opscharter.kernel.indicators.periods import Period
from opscharter.kernel.indicators.registry import Indicator, indicators_of
from opscharter.kernel.resources.links import list_url
from opscharter.kernel.resources.site import site

MONTHS = 12


@dataclass
class FigureCard:
    """One indicator as a clause's page draws it."""

    indicator: Indicator
    latest: Figure | None
    url: str
    id: str
    chart: dict[str, Any] | None = None

    @property
    def tone(self) -> str:
        """Return the colour of its dot: indicative, so it decides nothing about the clause."""
        met = self.latest.meets_target if self.latest else None
        return "n" if met is None else "g" if met else "a"


def figures_of(clause: Clause, actor: Actor) -> dict[str, Any] | None:
    """Return the figures bound to a clause; nothing when there are none, or for who may not see its page."""
    found = [_card(indicator, actor) for indicator in indicators_of(clause.number) if not indicator.standing_stock]
    return {"figures": found} if found else None


def _card(indicator: Indicator, actor: Actor) -> FigureCard:
    this = Period.this_month()
    figures = series(indicator.code, [this.shift(-back) for back in range(MONTHS - 1, -1, -1)])
    resource = site.find(indicator.population()[0].model)
    shown = resource is not None and actor.may(resource.key, "view")

    def address(period: Period) -> str:
        return list_url(resource, indicator=indicator.code, period=str(period)) if resource and shown else ""

    known = [figure for figure in figures if figure.value is not None and figure.population]
    latest = known[-1] if known else None
    points = [
        {"x": str(figure.period), "y": float(figure.value) if figure.value is not None and figure.population else None,
         "url": address(figure.period), "n": figure.population}
        for figure in figures
    ]  # fmt: skip
    spec = {"type": "figure", "target": indicator.target, "unit": str(indicator.unit), "points": points}
    chart = spec if len(known) > 1 else None
    return FigureCard(indicator, latest, address(latest.period) if latest else "", f"figure-{indicator.code}", chart)
