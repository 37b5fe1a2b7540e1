"""What is aimed at, bound to a figure by its name: shared by goals and the items of plans."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from opscharter.kernel.access.actor import Actor
from opscharter.kernel.indicators import figures
from opscharter.kernel.indicators.figures import Figure
from opscharter.kernel.indicators.periods import Period
from opscharter.kernel.indicators.registry import INDICATORS
from opscharter.kernel.resources.declaration import Column
from opscharter.kernel.resources.links import list_url
from opscharter.kernel.resources.site import site


@dataclass
class Aim:
    """A figure as it stands, beside what is aimed at; `url` opens the records behind it."""

    figure: Figure
    target: Decimal | None
    url: str = ""

    @property
    def met(self) -> bool | None:
        """Say whether the aim is reached; None while there is nothing to measure."""
        value = self.figure.value
        if value is None or self.target is None:
            return None
        return value >= self.target if self.figure.indicator.direction == "up" else value <= self.target

    @property
    def tone(self) -> str:
        """Return the colour of the pill."""
        return {True: "g", False: "r", None: "n"}[self.met]

    @property
    def share(self) -> int:
        """Return how far the figure has come towards the aim, in percent, for the bar."""
        value = self.figure.value
        if value is None or self.target is None:
            return 0
        if self.met:
            return 100
        of, whole = (value, self.target) if self.figure.indicator.direction == "up" else (self.target, value)
        return max(0, min(99, int(of * 100 / whole))) if whole else 0


def check_aim(indicator: str, target: Decimal | None) -> None:
    """Refuse an unknown figure, and a target without a figure."""
    if indicator and indicator not in INDICATORS:
        raise ValidationError({"indicator": _("There is no figure of this name: %(name)s.") % {"name": indicator}})
    if target is not None and not indicator:
        raise ValidationError({"indicator": _("A target needs a figure to be measured by.")})


def aim_of(
    indicator: str, target: Decimal | None, period: Period, department_id: int | None, actor: Actor | None = None
) -> Aim | None:
    """Return the figure of a period, of one department where the figure knows departments; None without a figure."""
    declared = INDICATORS.get(indicator)
    if declared is None:
        return None
    by: dict[str, Any] = {}
    if department_id is not None and "department" in declared.dimensions:
        by = {"dimension": "department", "id": department_id}
    figure = figures.value(indicator, period, **by)
    wanted = target if target is not None else None if declared.target is None else Decimal(str(declared.target))
    url = ""
    if actor is not None:
        resource = site.find(declared.population()[0].model)
        if resource is not None and actor.may(resource.key, "view"):
            query = {"indicator": indicator, "period": str(period)}
            url = list_url(resource, **query, **({"dimension": "department", "member": by["id"]} if by else {}))
    return Aim(figure, wanted, url)


def indicator_choices() -> list[tuple[str, str]]:
    """Return the figures of all chapters, by name."""
    return sorted(((code, f"{each.label} ({code})") for code, each in INDICATORS.items()), key=lambda pair: pair[1])


FIGURE = Column(
    "indicator", _("figure"),
    lambda aimed: str(INDICATORS[aimed.indicator].label) if aimed.indicator in INDICATORS else aimed.indicator,
    ("indicator",),
)  # fmt: skip
"""The column of the figure that a goal or a plan's line is measured by, in words."""
