"""Corrective items: the part's table of contents."""

from __future__ import annotations

import datetime as dt

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from opscharter.charter.assurance.owners import end_of
from opscharter.charter.assurance.panels import Line, clause_panel, line_of
from opscharter.charter.corrective import resources, services
from opscharter.charter.corrective.models import CorrectiveItem
from opscharter.charter.evaluation import followers
from opscharter.charter.models.clause import Clause
from opscharter.kernel.access.actor import Actor, Reach
from opscharter.kernel.jobs.schedule import Schedule
from opscharter.kernel.resources.links import record_url
from opscharter.kernel.resources.site import Part
from opscharter.kernel.resources.tasks import Task

followers.append(services.follow)


def items_to_correct(actor: Actor) -> list[Task]:
    """Return the open items of one's own, and those of one's roles that have no owner."""
    unowned = Q(owner__isnull=True, owner_role__in=actor.roles)
    rows = CorrectiveItem.objects.filter(Q(owner_id=actor.user_id) | unowned, state=CorrectiveItem.State.OPEN)
    kind = CorrectiveItem._meta.verbose_name or ""
    return [
        Task(str(row), kind, record_url(row), row.clause, end_of(row.due_on), _("Correct"))
        for row in rows.order_by("due_on")[:50]
    ]


def of_clause(clause: Clause, actor: Actor) -> list[Line]:
    """Return the items of a clause: the open one of each check, and the last that were closed."""
    rows = CorrectiveItem.objects.visible_to(actor).filter(clause=clause.number).select_related("owner")
    newest = rows.order_by("-state", "-pk")[:5]
    return [line_of(row, str(row.owner or ""), row.due_on, row.overdue) for row in newest]


ALL, OWN = Reach.ALL, Reach.OWN
PART = Part(
    label=_("Corrective items"),
    icon="first-aid-kit",
    resources=[resources.corrective_items],
    grants={
        "everyone": [("charter.correctiveitem", "edit comment", OWN)],
        "quality-supervisor": [("charter.correctiveitem", "edit comment history export", ALL)],
        "service-manager": [("charter.correctiveitem", "edit comment history export", ALL)],
        "top-management": [("charter.correctiveitem", "comment", ALL)],
    },
    tasks=[items_to_correct],
    panels={"charter.clause": [clause_panel(_("Corrective items"), of_clause)]},
    schedules=[
        Schedule("charter.remind-of-corrective-items", services.remind_of_corrective_items, at=dt.time(8, 15)),
    ],
)
