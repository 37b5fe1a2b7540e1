"""The cockpit: service quality, efficiency and stability together, and how the regulation stands (§1.1.1)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.core.cache import cache
from django.db.models import Count
from django.db.models.functions import TruncDate
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from opscharter.boards.my_work import tasks_of
from opscharter.charter.models import Edition
from opscharter.charter.standing import ChapterBar, Coverage, bars, coverage, in_force, standings
from opscharter.kernel import moment
from opscharter.kernel.access.actor import Actor
from opscharter.kernel.clocks.models import Clock
from opscharter.kernel.indicators.figures import Figure, value
from opscharter.kernel.indicators.periods import Period
from opscharter.kernel.indicators.registry import Indicator
from opscharter.kernel.resources.links import list_url, record_url
from opscharter.kernel.resources.site import site
from opscharter.kernel.resources.tasks import Task
from opscharter.kernel.web.base import SignedInPage
from opscharter.kernel.web.shell import customers_home
from opscharter.service.tickets.indicators import ON_COCKPIT
from opscharter.service.tickets.lifecycle import OPEN
from opscharter.service.tickets.models import Incident, ServiceRequest

Text = str | Promise
Flow = tuple[dict[dt.date, int], dict[dt.date, int]]
"""How many tickets were opened, and how many resolved, on each day."""
DAYS = 28
MANY, SECONDS = 2_000, 60
"""What counts so many records is kept so long; smaller figures are always those of this moment."""
TASKS = 8


@dataclass
class Tile:
    """A figure with its target and the change since last month; it opens its records."""

    label: Text
    shown: str
    unit: Text
    note: str
    tone: str
    url: str


@dataclass
class Warning:
    """Something that needs eyes now."""

    title: str
    note: str
    url: str
    tone: str


@dataclass
class CockpitContext:
    """Everything the cockpit draws."""

    period: Period
    periods: list[Period]
    now: dt.datetime
    tiles: list[Tile]
    bars: list[ChapterBar]
    coverage: Coverage
    edition: Edition | None
    tasks: list[Task]
    warnings: list[Warning]
    chart: dict[str, Any] | None
    create_url: str = ""


def tile_of(indicator: Indicator, period: Period) -> Tile:
    """Return an indicator as a tile: its value, whether the target is met, and last month's value beside it."""
    figure = _kept_value(indicator, period)
    before = _kept_value(indicator, period.shift(-1)) if not indicator.standing_stock else None
    shown = "—" if figure.value is None else number_format(_short(figure.value), use_l10n=True, force_grouping=True)
    unit = indicator.unit if figure.value is not None else ""
    return Tile(indicator.label, shown, unit, _note(figure, before), _tone(figure), drill_url(indicator, period))


def _kept_value(indicator: Indicator, period: Period) -> Figure:
    """Return a figure of the company; one that counts very many records is kept for a minute."""
    key = f"cockpit.figure:{indicator.code}:{period}"
    kept: tuple[Decimal | None, int | None, int] | None = cache.get(key)
    if kept is None:
        found = value(indicator.code, period)
        if found.population >= MANY:
            cache.set(key, (found.value, found.numerator, found.population), SECONDS)
        return found
    return Figure(indicator, period, *kept)


def _short(number: Decimal) -> Decimal:
    return number.quantize(Decimal("0.1")) if number != number.to_integral_value() else number.quantize(Decimal(1))


def _tone(figure: Figure) -> str:
    met = figure.meets_target
    return "n" if met is None else "g" if met else "r"


def _note(figure: Figure, before: Figure | None) -> str:
    if figure.value is None:
        return _("no data yet")
    parts = []
    if figure.indicator.target is not None:
        parts.append(_("target %(target)g") % {"target": figure.indicator.target})
    if before is not None and before.value is not None:
        change = _short(figure.value - before.value)
        parts.append(f"{'▲' if change > 0 else '▼' if change < 0 else '='} {abs(change)}")
    return " ".join(parts) or _("as of now")


def drill_url(indicator: Indicator, period: Period) -> str:
    """Return the list of the very records behind a figure."""
    resource = site.find(indicator.population()[0].model)
    return list_url(resource, indicator=indicator.code, period=str(period)) if resource else ""


def warnings_of(actor: Actor) -> list[Warning]:
    """Return overdue resolution clocks of what the actor may see, the oldest first."""
    far = moment.now()
    found = []
    for model in (Incident, ServiceRequest):
        label = model._meta.label_lower
        late = Clock.objects.filter(
            record_type=label, kind="resolve", state=Clock.State.RUNNING, due_at__lt=moment.now()
        )
        due = dict(late.order_by("due_at").values_list("record_id", "due_at")[:200])
        rows: Any = model.objects.visible_to(actor).filter(pk__in=due, state__in=OPEN).select_related("customer")
        found += [(due[row.pk], row) for row in rows]
    found.sort(key=lambda pair: pair[0] or far)
    return [
        Warning(f"{row.number} {row.title}", f"{row.customer or ''} · P{row.priority}", record_url(row), "r")
        for _due, row in found[:6]
    ]


def flow_of(actor: Actor) -> dict[str, Any] | None:
    """Return tickets opened and resolved on each of the last four weeks' days, of what the actor may see."""
    key = f"cockpit.flow:{actor.user_id}:{moment.today()}"
    kept: Flow | None = cache.get(key)
    opened, resolved = kept or _by_day(actor)
    if kept is None and sum(opened.values()) >= MANY:
        cache.set(key, (opened, resolved), SECONDS)
    if not opened and not resolved:
        return None
    today = moment.today()
    days = [today - dt.timedelta(days=number) for number in range(DAYS - 1, -1, -1)]
    resource = site.resource(Incident)
    points = [
        {
            "x": f"{day:%m-%d}", "y": opened.get(day, 0), "z": resolved.get(day, 0),
            "url": list_url(resource, opened_at_from=f"{day}", opened_at_to=f"{day}"),
        }
        for day in days
    ]  # fmt: skip
    return {"type": "flow", "bars": _("opened"), "line": _("resolved"), "points": points}


def _by_day(actor: Actor) -> Flow:
    """Return how many tickets were opened, and resolved, on each of the last days."""
    opened: dict[dt.date, int] = {}
    resolved: dict[dt.date, int] = {}
    start = moment.now() - dt.timedelta(days=DAYS)
    for model in (Incident, ServiceRequest):
        rows: Any = model.objects.visible_to(actor).current()
        for name, counts in (("opened_at", opened), ("resolved_at", resolved)):
            by_day = rows.filter(**{f"{name}__gte": start}).annotate(day=TruncDate(name)).values("day")
            for row in by_day.annotate(n=Count("pk")).order_by():
                counts[row["day"]] = counts.get(row["day"], 0) + row["n"]
    return opened, resolved


class CockpitPage(SignedInPage):
    """The first page of everyone who works here."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show the company's figures of a month, the regulation's standing, and what waits for the reader."""
        if self.actor.external:
            return HttpResponseRedirect(customers_home())
        this = Period.this_month()
        try:
            period = Period.parse(request.GET.get("period", "") or str(this))
        except ValueError:
            period = this
        edition = in_force()
        found = standings(edition) if edition else []
        may_see = self.actor.may("service.incident", "view")
        page = CockpitContext(
            period=period,
            periods=[this.shift(-number) for number in range(12)],
            now=moment.now(),
            tiles=[tile_of(each, period) for each in ON_COCKPIT] if may_see else [],
            bars=bars(edition, found) if edition else [],
            coverage=coverage(found),
            edition=edition,
            tasks=tasks_of(self.actor)[:TASKS],
            warnings=warnings_of(self.actor),
            chart=flow_of(self.actor) if may_see else None,
            create_url="/service/incidents/new/" if self.actor.may("service.incident", "create") else "",
        )
        return self.render("boards/cockpit.html", page)
