"""Improvements: the part's table of contents."""

from __future__ import annotations

import datetime as dt

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from opscharter.charter.assurance.owners import end_of
from opscharter.charter.assurance.panels import Line, clause_panel, line_of
from opscharter.charter.improvements import checks, resources
from opscharter.charter.improvements.lifecycle import WORKED_ON, State
from opscharter.charter.improvements.models import Improvement
from opscharter.charter.models.clause import Clause
from opscharter.kernel.access.actor import Actor, Reach
from opscharter.kernel.resources.links import record_url
from opscharter.kernel.resources.site import Part
from opscharter.kernel.resources.tasks import Task

CONTROLS = (checks,)


def improvements_to_do(actor: Actor) -> list[Task]:
    """Return one's own improvements in work, and, for who decides on them, those that were proposed."""
    mine = Q(owner_id=actor.user_id, state__in=(*WORKED_ON, State.IMPLEMENTED))
    if actor.may("charter.improvement", "accept"):
        mine |= Q(state=State.PROPOSED)
    rows = Improvement.objects.visible_to(actor).current().filter(mine).order_by("due_on", "pk")[:50]
    return [_task(row) for row in rows]


def _task(row: Improvement) -> Task:
    day: dt.date | None = row.effect_due_on if row.state == State.IMPLEMENTED else row.due_on
    kind = Improvement._meta.verbose_name or ""
    return Task(str(row), kind, record_url(row), "1.3.4", end_of(day) if day else None)


def of_clause(clause: Clause, actor: Actor) -> list[Line]:
    """Return the improvements that serve a clause, open ones first."""
    rows = Improvement.objects.visible_to(actor).current().filter(clauses__contains=clause.number)
    named = [row for row in rows.select_related("owner").order_by("-pk") if clause.number in row.clause_numbers]
    named.sort(key=lambda row: row.state in Improvement.lifecycle.final)
    return [line_of(row, str(row.owner or ""), row.due_on, row.overdue) for row in named[:8]]


ALL, OWN = Reach.ALL, Reach.OWN
WORK = "edit start implement comment"
DECIDE = "accept decline verify rework reopen"
PART = Part(
    label=_("Improvement"),
    icon="trending-up",
    resources=[resources.improvements],
    grants={
        "everyone": [("charter.improvement", "create", ALL), ("charter.improvement", WORK, OWN)],
        "quality-supervisor": [("charter.improvement", f"{WORK} {DECIDE} history export import archive", ALL)],
        "service-manager": [("charter.improvement", f"{WORK} {DECIDE} history export", ALL)],
        "department-manager": [("charter.improvement", f"{DECIDE} history", ALL)],
    },
    tasks=[improvements_to_do],
    panels={"charter.clause": [clause_panel(_("Improvements"), of_clause)]},
)
