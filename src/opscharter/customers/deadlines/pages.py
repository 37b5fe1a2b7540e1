"""The page *Explain a deadline*."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from django.forms.formsets import BaseFormSet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.urls import path
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from opscharter.customers.deadlines.drawing import Picture, picture_of
from opscharter.customers.deadlines.form import DEEDS, ROWS, CaseForm, EventForm, EventForms, blame, document_of
from opscharter.kernel import moment
from opscharter.kernel.access.actor import Actor
from opscharter.kernel.clocks.case import CaseError, read_case
from opscharter.kernel.clocks.course import Course
from opscharter.kernel.clocks.explaining import Explanation, clock_text, explain, table
from opscharter.kernel.clocks.models import Clock
from opscharter.kernel.web.base import SignedInPage

EXAMPLE = """{
  "calendar": {
    "zone": "Asia/Shanghai",
    "holidays": "cn",
    "week": {"mon-fri": ["09:00-12:00", "13:30-18:00"]}
  },
  "policy": {"target": {"hours": 8}},
  "events": [
    {"at": "2025-10-13T09:00", "do": "open"},
    {"at": "2025-10-13T11:00", "do": "wait", "for": "customer", "reason": "log asked for"},
    {"at": "2025-10-14T15:00", "do": "resume"}
  ]
}"""
MOST = 100_000
"""Characters of a document."""


@dataclass
class Told:
    """An explanation as the page draws it."""

    explanation: Explanation
    rounds: list[tuple[int, Course, Picture]]
    lines: list[tuple[str, str, str, str, str]]
    passed: str
    target: str
    left: str
    document: str

    @property
    def due(self) -> str:
        """Return the deadline by the clock of the case."""
        return self.explanation.wall(self.explanation.course.due_at, "Y-m-d H:i")

    @property
    def due_day(self) -> str:
        """Return the day of the week and the zone of the deadline."""
        local = self.explanation.local(self.explanation.course.due_at)
        return f"{date_format(local, 'D')} {local:%Z}" if local else ""

    @property
    def breached(self) -> str:
        """Return when the promise was broken, if it was."""
        return self.explanation.wall(self.explanation.course.breached_at)

    @property
    def state(self) -> str:
        """Return how the clock stands, in words."""
        return str(Clock.State(self.explanation.course.state).label)

    @property
    def warnings(self) -> list[tuple[int, str]]:
        """Return the levels at which somebody is told, with the time."""
        return [(each.level, self.explanation.wall(each.at)) for each in self.explanation.warnings]

    @property
    def steps(self) -> list[tuple[str, str, str]]:
        """Return what happened, and when it was due after that."""
        wall, words = self.explanation.wall, {"open": _("opened"), **dict(DEEDS)}
        steps = self.explanation.steps
        return [(wall(each.at, "m-d H:i"), str(words.get(each.do, each.do)), wall(each.due_at)) for each in steps]

    @property
    def tone(self) -> str:
        """Return the colour of the result."""
        met = self.explanation.course.met
        return {True: "g", False: "r", None: "b"}[met]


@dataclass
class DeadlineContext:
    """The form, or the document, and what came of it."""

    form: CaseForm
    events: BaseFormSet[EventForm]
    by_json: bool = False
    text: str = EXAMPLE
    place: str = ""
    problem: str = ""
    told: Told | None = None


def may_explain(actor: Actor) -> bool:
    """Say whether the page is for somebody: who works here and knows the contracts."""
    return not actor.external and actor.may("customers.contract", "view")


class ExplainPage(SignedInPage):
    """A deadline with every interval and its reason, over the engine that runs the tickets' clocks."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Show nothing to those for whom it is not."""
        if request.user.is_authenticated and not may_explain(self.actor):
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show the empty form, for a contract when one is asked for."""
        opened = moment.in_office(moment.now()).strftime("%Y-%m-%dT%H:%M")
        initial = {"contract": request.GET.get("contract"), "opened": opened, "unit": "hours"}
        form = CaseForm(initial=initial, actor=self.actor)
        return self._show(form, _rows(ROWS), by_json=request.GET.get("as") == "json")

    def post(self, request: HttpRequest) -> HttpResponse:
        """Explain the case, or name the field that is wrong with it."""
        if request.POST.get("as") == "json":
            return self._post_json(request.POST.get("document", "")[:MOST])
        form, events = CaseForm(request.POST, actor=self.actor), EventForms(request.POST, prefix="e")
        valid = form.is_valid() & events.is_valid()
        if "more" in request.POST:
            rows = [row.cleaned_data for row in events.forms] if events.is_valid() else []
            return self._show(CaseForm(initial=request.POST.dict(), actor=self.actor), _rows(ROWS, rows))
        if not valid:
            return self._show(form, events, status=422)
        document = document_of(form, events)
        try:
            return self._show(form, events, told=_tell(document))
        except CaseError as error:
            blame(error, form, events)
            return self._show(form, events, status=422)

    def _post_json(self, text: str) -> HttpResponse:
        form = CaseForm(actor=self.actor)
        try:
            return self._show(form, _rows(ROWS), by_json=True, text=text, told=_tell(json.loads(text)))
        except json.JSONDecodeError as error:
            said = {"line": error.lineno, "column": error.colno}
            problem = _("Line %(line)s, column %(column)s: this is not JSON.") % said
            return self._show(form, _rows(ROWS), by_json=True, text=text, problem=problem, status=422)
        except CaseError as error:
            wrong = {"place": error.place, "problem": error.problem}
            return self._show(form, _rows(ROWS), by_json=True, text=text, **wrong, status=422)
        except RecursionError:
            problem = _("This is nested too deeply.")
            return self._show(form, _rows(ROWS), by_json=True, text=text, problem=problem, status=422)

    def _show(self, form: CaseForm, events: Any, status: int = 200, **more: Any) -> HttpResponse:
        page = DeadlineContext(form, events, **more)
        return self.render("customers/deadline.html", page, status=status)


def _rows(spare: int, filled: list[dict[str, Any]] | None = None) -> BaseFormSet[EventForm]:
    """Return rows for events: those filled in, and some to spare."""
    rows = [row for row in filled or [] if any(row.values())]
    return EventForms(prefix="e", initial=[*rows, *({} for _spare in range(spare))])


def _tell(document: Any) -> Told:
    """Return the explanation of a document; raises CaseError."""
    explanation = explain(read_case(document))
    course = explanation.course
    rounds = [
        (number, each, picture_of(explanation, each, number)) for number, each in enumerate(explanation.rounds, start=1)
    ]
    passed = course.passed(explanation.until)
    return Told(
        explanation, rounds, table(explanation), clock_text(passed), clock_text(course.target),
        clock_text(max(0, course.target - passed)), json.dumps(document, ensure_ascii=False, indent=2),
    )  # fmt: skip


URLS = [path("customers/explain-a-deadline/", ExplainPage.as_view(), name="explain-deadline")]
