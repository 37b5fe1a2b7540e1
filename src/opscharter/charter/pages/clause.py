"""One clause: its text, the controls that keep it, the evidence, and what people decided about it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from opscharter.charter import evaluation
from opscharter.charter.models import CheckResult, Clause, Edition
from opscharter.charter.pages.seen import seen_of
from opscharter.charter.standing import CheckStanding, ClauseStanding, end_of, in_force, standings
from opscharter.kernel import moment
from opscharter.kernel.access.actor import Actor
from opscharter.kernel.controls.decisions import change_setting, settings_at
from opscharter.kernel.controls.models import ControlSetting
from opscharter.kernel.controls.registry import CHECKS, Mode, find
from opscharter.kernel.controls.wording import told
from opscharter.kernel.errors import NotPermitted, Refused
from opscharter.kernel.resources.links import list_url, url_of
from opscharter.kernel.resources.site import site
from opscharter.kernel.web.base import ResourcePage, SignedInPage
from opscharter.kernel.web.moving import sentence

MONTHS = 12
SHOWN = 8
HISTORY = 20


@dataclass
class ExceptionRow:
    """A record that breaks the clause, with the reason."""

    url: str
    name: str
    reason: str


@dataclass
class CheckCard:
    """A check as the clause page draws it."""

    standing: CheckStanding
    chart: dict[str, Any] | None = None
    rows: list[ExceptionRow] = field(default_factory=list)
    lists: list[tuple[str, str]] = field(default_factory=list)
    """(record type's name, address of the list of its exceptions)"""

    @property
    def result(self) -> CheckResult | None:
        """Return the latest result."""
        return self.standing.result


@dataclass
class ClauseContext:
    """Everything the clause page draws."""

    standing: ClauseStanding
    edition: Edition
    section_title: str
    checks: list[CheckCard]
    may_measure: bool = False
    may_set: bool = False
    history: list[ControlSetting] = field(default_factory=list)
    panels: list[tuple[Any, str]] = field(default_factory=list)
    """(title, HTML) of the cards that parts add to clauses."""
    modes: list[tuple[str, Any]] = field(default_factory=lambda: list(Mode.choices))
    at: dt.datetime | None = None
    """The moment of the past that is shown; none is now."""

    @property
    def month(self) -> str:
        """Return what asks the guard log for the month up to the day, whose decisions the page counts."""
        return f"from={self.day.replace(day=1)}&to={self.day}"

    @property
    def day(self) -> dt.date:
        """Return the day that is shown."""
        return moment.in_office(self.at).date() if self.at else moment.today()

    @property
    def clause(self) -> Clause:
        """Return the clause itself."""
        return self.standing.clause


def clause_url(number: str) -> str:
    """Return the address of a clause's page."""
    return f"/regulation/clauses/{number}/"


def open_clause(
    standing: ClauseStanding, edition: Edition, actor: Actor, at: dt.datetime | None = None
) -> ClauseContext:
    """Gather what is shown of a clause; exceptions are links that obey the reader's own scope.

    Of a moment of the past only what was on record then is shown, and nothing can be done.
    """
    clause = standing.clause
    until = at or moment.now()
    controls = [each.guard.id for each in standing.guards] + [each.check.id for each in standing.checks]
    settings = ControlSetting.objects.filter(control__in=controls, valid_from__lte=until).select_related("set_by")
    return ClauseContext(
        standing,
        edition,
        edition.heading(clause.section),
        [_card(each, actor) for each in standing.checks],
        may_measure=at is None and bool(standing.checks) and actor.may("charter.checkresult", "create"),
        may_set=at is None and actor.may("kernel.controlsetting", "create"),
        history=list(settings.order_by("-valid_from", "-pk")[:HISTORY]),
        panels=panels_of(clause, actor) if at is None else [],
        at=at,
    )


def panels_of(clause: Clause, actor: Actor) -> list[tuple[Any, str]]:
    """Return the cards that parts add to clauses (`Part.panels` under `charter.clause`), drawn."""
    drawn: list[tuple[Any, str]] = []
    for panel in site.panels_of(site.resource(Clause)):
        content = panel.context(clause, actor)
        if content is not None:
            drawn.append((panel.title, render_to_string(panel.template, {**content, "clause": clause, "actor": actor})))
    return drawn


def _card(standing: CheckStanding, actor: Actor) -> CheckCard:
    card = CheckCard(standing)
    result = standing.result
    if result is None:
        return card
    types = dict.fromkeys(row[0] for row in result.sample)
    visible = {label: seen_of(label, [row[1] for row in result.sample if row[0] == label], actor) for label in types}
    rows = [
        ExceptionRow(url_of(label, pk), name, told(reason))
        for label, pk, name, reason in result.sample
        if pk in visible[label]
    ]
    card.rows = rows[:SHOWN]
    for label in types:
        resource = site.find(label)
        if resource is not None and actor.may(label, "view"):
            address = list_url(resource, check=standing.check.id, outcome="exception")
            card.lists.append((str(resource.label_plural), address))
    card.chart = _chart(standing, result)
    return card


def _chart(standing: CheckStanding, result: CheckResult) -> dict[str, Any] | None:
    """Return the trend of the last twelve months; every point opens the exceptions of its month."""
    months = result.months[-MONTHS:]
    if len(months) < 2:
        return None
    label = result.sample[0][0] if result.sample else ""
    resource = site.find(label) if label else None
    points = []
    for month, population, bad in months:
        address = list_url(resource, check=standing.check.id, outcome="exception", month=month) if resource else ""
        share = round((population - bad) * 100 / population, 1) if population else None
        points.append({"x": month, "y": share, "url": address, "n": population})
    return {"type": "share", "target": result.target, "points": points}


def moment_asked(request: HttpRequest) -> dt.datetime | None:
    """Return the last moment of the day asked for by `?on=2026-03-31`; none, that is now, without one."""
    asked = request.GET.get("on", "")
    if not asked:
        return None
    try:
        return end_of(dt.date.fromisoformat(asked))
    except ValueError as error:
        raise Http404 from error


class ClausePage(SignedInPage):
    """One clause by its number."""

    def get(self, request: HttpRequest, number: str) -> HttpResponse:
        """Show the clause of the edition in force, or of that of a past day."""
        at = moment_asked(request)
        edition = in_force(at)
        if edition is None or not self.actor.may("charter.clause", "view"):
            raise Http404
        found = standings(edition, [number], at)
        if not found:
            raise Http404
        return self.render("charter/clause.html", open_clause(found[0], edition, self.actor, at))


class MeasurePage(SignedInPage):
    """Measuring the checks of one clause now."""

    def post(self, request: HttpRequest, number: str) -> HttpResponse:
        """Evaluate and come back to the clause."""
        try:
            results = evaluation.run(self.actor, clause=number)
        except NotPermitted as error:
            raise Http404 from error
        messages.success(request, _("%(count)s checks were measured just now.") % {"count": len(results)})
        return HttpResponseRedirect(clause_url(number))


class SettingPage(SignedInPage):
    """Changing the mode and the parameters of one control, from now on."""

    def post(self, request: HttpRequest, control: str) -> HttpResponse:
        """Store the setting, dated, with its reason; then measure a check anew."""
        try:
            declared = find(control)
        except KeyError as error:
            raise Http404 from error
        standing = settings_at([declared])[control]
        parameters: dict[str, Any] = {}
        for name, present in standing.parameters.items():
            parameters[name] = _number(request.POST.get(f"p-{name}", ""), present)
        mode = request.POST.get("mode", standing.mode)
        try:
            change_setting(control, self.actor, mode=mode, parameters=parameters, reason=request.POST.get("reason", ""))
        except NotPermitted as error:
            raise Http404 from error
        except (Refused, ValueError) as error:
            messages.error(request, sentence(error) if isinstance(error, Refused) else str(error))
            return HttpResponseRedirect(clause_url(declared.clause))
        if control in CHECKS and self.actor.may("charter.checkresult", "create"):
            evaluation.run(self.actor, controls=[control])
        messages.success(request, _("The setting of %(control)s holds from now on.") % {"control": control})
        return HttpResponseRedirect(clause_url(declared.clause))


def _number(text: str, present: Any) -> Any:
    """Read a figure as typed; what is no figure is passed on, so that the refusal can name it."""
    if text == "" or not isinstance(present, int | float):
        return present
    try:
        value = float(text)
    except ValueError:
        return text
    return int(value) if value.is_integer() else value


class ClauseRecordPage(ResourcePage):
    """The record of a clause opens the readable page."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Go to the clause's page."""
        return HttpResponseRedirect(clause_url(self.record(pk).number))
