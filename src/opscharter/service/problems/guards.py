"""The guards of problems: nothing is known without cause and way round, nothing solved without cause and solution."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from opscharter.kernel import moment
from opscharter.kernel.access.actor import Actor
from opscharter.kernel.controls.registry import Parameter, guard
from opscharter.kernel.controls.wording import Sentence, Wording


@guard(
    "problem.cause-and-workaround", clause="3.3.2", owner="engineer", label=_("Cause and workaround are recorded"),
    fields=("root_cause", "workaround"),
)  # fmt: skip
def cause_and_workaround(problem: Any, actor: Actor) -> list[Sentence]:
    """A known error says why it happens and how one gets round it."""
    missing: list[Sentence] = []
    if not problem.root_cause.strip():
        missing.append(_("Record the root cause."))
    if not problem.workaround.strip():
        missing.append(_("Record the workaround."))
    return missing


@guard(
    "problem.solved", clause="3.3.2", owner="engineer", label=_("Root cause and solution are recorded"),
    fields=("root_cause", "solution"),
)  # fmt: skip
def solved(problem: Any, actor: Actor) -> list[Sentence]:
    """A solved problem says why it happened and what keeps it from happening again."""
    missing: list[Sentence] = []
    if not problem.root_cause.strip():
        missing.append(_("Record the root cause."))
    if not problem.solution.strip():
        missing.append(_("Record what keeps it from happening again."))
    return missing


@guard(
    "problem.stayed-away", clause="3.3.3", owner="service-manager", label=_("It has not come back"),
    parameters={"days": Parameter(7, _("days"))},
)  # fmt: skip
def stayed_away(problem: Any, actor: Actor, parameters: Mapping[str, Any]) -> list[Sentence]:
    """A problem is closed when no linked incident is open and some days have passed since it was solved."""
    missing: list[Sentence] = []
    still = problem.incidents.filter(state__in=["NEW", "ASSIGNED", "IN_PROGRESS", "WAITING"]).count()
    if still:
        missing.append(Wording(_("Resolve the linked incidents first: %(n)s are open."), {"n": still}))
    wanted = dt.timedelta(days=parameters["days"])
    if problem.resolved_at is not None and moment.now() - problem.resolved_at < wanted:
        missing.append(Wording(_("Watch it for %(days)s days after the solution."), {"days": parameters["days"]}))
    return missing
