"""The page of the service analysis, the records behind its figures, and making an improvement of a finding."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from opscharter.charter.improvements.models import Improvement
from opscharter.charter.improvements.services import open_improvement
from opscharter.customers.models import Customer
from opscharter.kernel.access.actor import Actor
from opscharter.kernel.errors import Conflict, NotPermitted, Refused
from opscharter.kernel.indicators.figures import Figure
from opscharter.kernel.indicators.periods import Period
from opscharter.kernel.indicators.registry import INDICATORS
from opscharter.kernel.resources.filters import id_of
from opscharter.kernel.resources.links import list_url, record_url
from opscharter.kernel.resources.site import site
from opscharter.kernel.web.base import SignedInPage
from opscharter.kernel.web.moving import sentence
from opscharter.organization.models import Department
from opscharter.service.reports import analysis
from opscharter.service.reports.analysis import AGES, SPANS, Asked
from opscharter.service.reports.behind import Behind, behind
from opscharter.service.reports.presenting import shown, tone_of

URL = "/service/analysis/"
DAYS = [gettext_lazy("Mon"), gettext_lazy("Tue"), gettext_lazy("Wed"), gettext_lazy("Thu"), gettext_lazy("Fri"),
        gettext_lazy("Sat"), gettext_lazy("Sun")]  # fmt: skip
DEPTHS = 5
"""Shades of the heat map."""


def may_analyse(actor: Actor) -> bool:
    """Say whether somebody sees the analysis: whoever works here and sees incidents."""
    return not actor.external and actor.may("service.incident", "view")


@dataclass
class Bar:
    """A line with a bar: what, how many, how long the bar is, and where its records are."""

    label: Any
    count: Any
    part: int
    url: str
    tone: str = "n"
    note: str = ""
    share: int | None = None
    """Share in percent of this line and all above it."""


@dataclass
class AnalysisContext:
    """Everything the page draws."""

    asked: Asked
    query: str
    tiles: list[Bar]
    flow: dict[str, Any]
    timely: dict[str, Any]
    causes: list[Bar]
    repeats: list[Bar]
    heat: list[tuple[Any, list[dict[str, Any]]]]
    ages: list[Bar]
    customers: list[Bar]
    teams: list[Bar]
    periods: list[Period] = field(default_factory=list)
    spans: tuple[int, ...] = SPANS
    all_customers: list[Customer] = field(default_factory=list)
    all_teams: list[Department] = field(default_factory=list)
    may_improve: bool = False


class AnalysisPage(SignedInPage):
    """What the tickets of some months teach."""

    def asked(self) -> Asked:
        """Read what is to be looked at; what cannot be read, or seen, is left out."""
        if not may_analyse(self.actor):
            raise Http404
        given, this = self.request.GET, Period.this_month()
        try:
            last = Period.parse(given.get("period", "") or str(this))
        except ValueError:
            last = this
        months = id_of(given.get("months", "")) or 3
        seen: Any = Customer.objects.visible_to(self.actor)
        units: Any = Department.objects.visible_to(self.actor)
        return Asked(
            self.actor, Period(last.first), months if months in SPANS else 3,
            seen.filter(pk=id_of(given.get("customer", "")) or 0).first(),
            units.filter(pk=id_of(given.get("team", "")) or 0).first(),
        )  # fmt: skip

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show it."""
        asked = self.asked()
        query = query_of(asked)
        shares = analysis.series(asked, analysis.TIMELY)
        opened, solved = (analysis.series(asked, code) for code in (analysis.OPENED, analysis.RESOLVED))
        this = Period.this_month()
        page = AnalysisContext(
            asked=asked, query=query, tiles=[self._tile(asked, code) for code in _TILES],
            flow={
                "type": "flow", "bars": _("newly opened"), "line": _("solved"),
                "points": [
                    {"x": str(one.period)[2:], "y": one.population, "z": other.population,
                     "url": drill(asked, analysis.OPENED, one.period),
                     "lineUrl": drill(asked, analysis.RESOLVED, one.period)}
                    for one, other in zip(opened, solved)
                ],
            },
            timely={
                "type": "share", "target": INDICATORS[analysis.TIMELY].target,
                "points": [
                    {"x": str(each.period)[2:], "y": float(each.value) if each.value is not None else None,
                     "url": drill(asked, analysis.TIMELY, each.period)}
                    for each in shares
                ],
            },
            causes=_pareto(asked, query), repeats=_repeats(asked, query), heat=_heat(asked, query),
            ages=_ages(asked, query),
            customers=_members(asked, "customer", Customer), teams=_members(asked, "department", Department),
            periods=[this.shift(-back) for back in range(12)],
            all_customers=list(Customer.objects.visible_to(self.actor).current().order_by("name")),
            all_teams=list(Department.objects.visible_to(self.actor).current().order_by("path")),
            may_improve=self.actor.may("charter.improvement", "create"),
        )  # fmt: skip
        return self.render("service/reports/analysis.html", page)

    def _tile(self, asked: Asked, code: str) -> Bar:
        figure = analysis.total(asked, code)
        declared = figure.indicator
        note = _("target %(target)g") % {"target": declared.target} if declared.target is not None else ""
        url = drill(asked, code, asked.span)
        return Bar(declared.label, shown(figure.value, declared.unit), 0, url, tone_of(figure.meets_target), note)


_TILES = (analysis.TIMELY, analysis.OPENED, analysis.RESOLVED, analysis.REOPENED, analysis.MEAN)


def query_of(asked: Asked) -> str:
    """Return what was asked for as a query."""
    named = {"period": str(asked.last), "months": asked.months}
    if asked.customer is not None:
        named["customer"] = asked.customer.pk
    if asked.team is not None:
        named["team"] = asked.team.pk
    return urlencode(named)


def drill(asked: Asked, code: str, period: Period, **more: Any) -> str:
    """Return the list of the very records behind an indicator, narrowed as the page is; empty for odd spans."""
    resource = site.find(INDICATORS[code].population()[0].model)
    if resource is None:
        return ""
    named: dict[str, Any] = {"indicator": code, "period": str(period), **more}
    if asked.customer is not None:
        named["customer"] = asked.customer.pk
    if asked.team is not None:
        named["team"] = asked.team.pk
    return list_url(resource, **named) if _readable(period) else ""


def _readable(period: Period) -> bool:
    try:
        return Period.parse(str(period)) == period
    except ValueError:
        return False


def _behind_url(query: str, name: str) -> str:
    return f"{URL}records/?{query}&{urlencode({'name': name})}"


def _pareto(asked: Asked, query: str) -> list[Bar]:
    found = analysis.causes(asked)
    most, whole = max((count for _name, count in found), default=1), sum(count for _name, count in found) or 1
    bars, so_far = [], 0
    for name, count in found:
        so_far += count
        url = _behind_url(query, f"cause:{name}")
        bars.append(Bar(name, count, round(100 * count / most), url, share=round(100 * so_far / whole)))
    return bars


def _repeats(asked: Asked, query: str) -> list[Bar]:
    return [
        Bar(row["cause"], row["n"], 0, _behind_url(query, f"repeat:{row['service']}:{row['cause']}"),
            note=row["service__name"])
        for row in analysis.repeats(asked)
    ]  # fmt: skip


def _heat(asked: Asked, query: str) -> list[tuple[Any, list[dict[str, Any]]]]:
    found = analysis.heat(asked)
    most = max(found.values(), default=1)
    return [
        (name, [
            {"hour": hour, "count": count, "depth": -(-DEPTHS * count // most),
             "url": _behind_url(query, f"heat:{day}:{hour}") if count else ""}
            for hour in range(24) for count in [found.get((day, hour), 0)]
        ])
        for day, name in enumerate(DAYS, start=1)
    ]  # fmt: skip


def _ages(asked: Asked, query: str) -> list[Bar]:
    found = analysis.ages(asked)
    most = max(found.values(), default=1) or 1
    return [
        Bar(_age(begin, end), found[name], round(100 * found[name] / most), _behind_url(query, f"age:{name}"))
        for name, begin, end in AGES
    ]


def _age(begin: int, end: int | None) -> str:
    if end is None:
        return _("over %(days)s days") % {"days": begin}
    return _("%(a)s to %(b)s days") % {"a": begin, "b": end}


def _members(asked: Asked, dimension: str, model: Any) -> list[Bar]:
    def bar(member: Any, figure: Figure) -> Bar:
        value = shown(figure.value, "%")
        url = drill(asked, analysis.TIMELY, asked.span, dimension=dimension, member=member.pk)
        counts = f"{figure.numerator} / {figure.population}"
        return Bar(member, value, round(figure.value or 0), url, tone_of(figure.meets_target), counts)

    return [bar(member, figure) for member, figure in analysis.by_member(asked, dimension, model)]


@dataclass
class FoundContext:
    """The records behind one figure of the analysis."""

    title: str
    query: str
    more: str
    behind: Behind


class AnalysisRecordsPage(AnalysisPage):
    """The records behind a figure of the analysis."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """List them; 404 for a figure that there is not."""
        asked, name = self.asked(), request.GET.get("name", "")
        kept = analysis.records(asked, name)
        if kept is None:
            raise Http404
        query = query_of(asked)
        more = f"&{query}&{urlencode({'name': name})}"
        page = FoundContext(_called(name), query, more, behind(kept, self.actor, request.GET.get("page", "")))
        return self.render("service/reports/analysis_records.html", page)


def _called(name: str) -> str:
    """Return what a figure is called."""
    kind, _colon, rest = name.partition(":")
    if kind == "heat":
        day, _colon, hour = rest.partition(":")
        words = {"day": DAYS[int(day) - 1] if 0 < int(day) < 8 else day, "hour": hour}
        return _("Opened on %(day)s from %(hour)s:00") % words
    if kind == "age":
        return _("Open for %(span)s") % {"span": next(_age(b, e) for each, b, e in AGES if each == rest)}
    return rest.partition(":")[2] if kind == "repeat" else rest


class ImprovePage(SignedInPage):
    """Making an improvement of a finding."""

    def post(self, request: HttpRequest) -> HttpResponse:
        """Propose it and show it."""
        if not may_analyse(self.actor):
            raise Http404
        title, text = (request.POST.get(name, "").strip() for name in ("title", "text"))
        try:
            made = open_improvement(
                self.actor, title=title, description=text or title, source=Improvement.Source.ANALYSIS,
                clauses=["3.5.2"],
            )  # fmt: skip
        except NotPermitted as error:
            raise Http404 from error
        except (Refused, Conflict, ValidationError) as error:
            messages.error(request, sentence(error))
            return HttpResponseRedirect(URL)
        messages.success(request, _("%(record)s is saved.") % {"record": made})
        return HttpResponseRedirect(record_url(made))


URLS = [
    path("service/analysis/", AnalysisPage.as_view(), name="service-analysis"),
    path("service/analysis/records/", AnalysisRecordsPage.as_view(), name="service-analysis-records"),
    path("service/analysis/improve/", ImprovePage.as_view(), name="service-analysis-improve"),
]
