"""The screen from which a change is carried out, on a phone too: step by step, go or no-go, the way back."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _

from opscharter.kernel.controls.decisions import settings_at
from opscharter.kernel.errors import Conflict, NotPermitted, Reason, Refused
from opscharter.kernel.records.writing import obstacles, permitted
from opscharter.kernel.web.base import SignedInPage
from opscharter.kernel.web.moving import sentence
from opscharter.service.changes import execution, guards, timebar
from opscharter.service.changes.models import Change, ChangeTask
from opscharter.service.changes.pages.planning import ChangeAction
from opscharter.service.changes.words import UNDER_WAY, State

MOVES = ("start", "start-emergency", "finish", "roll-back", "rolled-back", "fail")
"""The steps of the change itself that are taken here."""
READABLE = (State.APPROVED, *UNDER_WAY, State.REVIEW, State.CLOSED)


@dataclass
class MoveOffer:
    """A step of the change, with what stands in its way."""

    name: str
    label: Any
    primary: bool
    needs_reason: bool
    reasons: list[Reason] = field(default_factory=list)


@dataclass
class ExecutionContext:
    """Everything the screen draws."""

    record: Change
    plan: list[Any]
    rollback: list[Any]
    current: Any
    may: bool
    bar: timebar.TimeBar | None
    moves: list[MoveOffer] = field(default_factory=list)
    go_after: Any = None
    """The step after which somebody must say go, while nobody has."""
    tolerance: int = 0
    stamp: str = ""

    @property
    def number(self) -> str:
        """Return the change's number, for the title."""
        return self.record.number

    @property
    def under_way(self) -> bool:
        """Say whether steps are being carried out."""
        return self.record.state in UNDER_WAY

    @property
    def parts(self) -> list[tuple[str, list[Any]]]:
        """Return the way back first while one is on it, else the plan first."""
        plan, back = ("plan", self.plan), ("rollback", self.rollback)
        return [back, plan] if self.record.rollback_at else [plan, back]

    @property
    def unexplained(self) -> list[Any]:
        """Return the steps that took longer than planned and say not why."""
        return [
            step for step in (*self.plan, *self.rollback)
            if not step.deviation and guards.overran(step, self.tolerance)
        ]  # fmt: skip


def stamp_of(change: Change, steps: list[Any]) -> str:
    """Return a mark that differs as soon as anybody has done anything."""
    return f"{change.version}.{sum(step.version for step in steps)}"


class ExecutionPage(SignedInPage):
    """The screen; asked for `?stamp=1` it answers only whether anything has happened since."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show where the work stands."""
        seen = Change.objects.visible_to(self.actor).select_related("engineer", "customer", "caused_incident")
        change = seen.filter(pk=pk).first()
        if change is None or self.actor.external or (change.state not in READABLE and not self._emergency(change)):
            raise Http404
        steps = list(
            change.steps.filter(archived_at__isnull=True).select_related("owner", "go_by").order_by("position", "pk")
        )
        if "stamp" in request.GET:
            return JsonResponse({"stamp": stamp_of(change, steps)})
        return self.render("service/changes/execution.html", self._context(change, steps))

    @staticmethod
    def _emergency(change: Change) -> bool:
        return change.state == State.DRAFT and change.kind == "emergency"

    def _context(self, change: Change, steps: list[Any]) -> ExecutionContext:
        plan = [step for step in steps if step.phase == ChangeTask.Phase.PLAN]
        back = [step for step in steps if step.phase == ChangeTask.Phase.ROLLBACK]
        acting = plan if change.state == State.IMPLEMENTING else back if change.state == State.ROLLING_BACK else []
        current = next((step for step in acting if step.result in ("pending", "running")), None)
        before = acting[: acting.index(current)] if current else acting
        asked = [step for step in before if step.go_no_go and step.result == "done" and step.go_at is None]
        standing = settings_at([guards.follow_the_plan])[guards.follow_the_plan.id]
        page = ExecutionContext(
            change, plan, back, current, permitted(change, self.actor, "carry-out"),
            timebar.draw(change, plan, back), go_after=asked[0] if asked else None,
            tolerance=int(standing.parameters["tolerance"]), stamp=stamp_of(change, steps),
        )  # fmt: skip
        lifecycle = Change.lifecycle
        assert lifecycle is not None
        for move in lifecycle.offered_to(change):
            if move.name in MOVES and permitted(change, self.actor, move.name):
                verdict = obstacles(change, move, self.actor)
                page.moves.append(
                    MoveOffer(move.name, move.label, move.primary, move.needs_reason, verdict.refusals)
                )  # fmt: skip
        return page


class _OnScreen(ChangeAction):
    """Something done on the screen, and back to it."""

    action = "view"

    def back(self, change: Change) -> str:
        """Return the screen's address."""
        return f"{reverse('change-execution', args=[change.pk])}#now"


class CarryOutPage(SignedInPage):
    """Beginning or ending a step, explaining it, saying go."""

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Do it and go back to the screen; whoever came second is told."""
        step = ChangeTask.objects.visible_to(self.actor, "edit").select_related("change").filter(pk=pk).first()
        if step is None or not Change.objects.visible_to(self.actor).filter(pk=step.change_id).exists():
            raise Http404
        given = request.POST
        try:
            self._act(step, given.get("do", ""), given.get("deviation", ""))
        except NotPermitted as error:
            raise Http404 from error
        except (Refused, Conflict, ValidationError) as error:
            messages.error(request, sentence(error))
        return HttpResponseRedirect(f"{reverse('change-execution', args=[step.change_id])}#now")

    def _act(self, step: ChangeTask, do: str, deviation: str) -> None:
        if do == "begin":
            execution.begin_step(step, self.actor)
        elif do in execution.ENDED:
            execution.end_step(step, self.actor, do, deviation)
        elif do == "explain":
            execution.explain_step(step, self.actor, deviation)
        elif do == "go":
            execution.give_go(step, self.actor)
        else:
            raise Http404


class StepOfChangePage(_OnScreen):
    """A step of the change itself: beginning, finishing, turning back, ending."""

    def act(self, change: Change, given: Any) -> str:
        """Take it by the one path; the guards judge at this moment."""
        name = given.get("move", "")
        if name not in MOVES:
            raise Http404
        lifecycle = Change.lifecycle
        assert lifecycle is not None
        change.move(name, self.actor, reason=given.get("reason", ""))
        return _("%(record)s: %(step)s") % {"record": change, "step": lifecycle.move(name).label}


URLS = [
    path("service/changes/<int:pk>/execution/", ExecutionPage.as_view(), name="change-execution"),
    path("service/changes/<int:pk>/execution/move/", StepOfChangePage.as_view(), name="change-execution-move"),
    path("service/change-tasks/<int:pk>/carry-out/", CarryOutPage.as_view(), name="change-carry-out"),
]
