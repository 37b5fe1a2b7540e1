"""Obligations: the part's table of contents."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext_lazy as _

from opscharter.charter.assurance.owners import end_of
from opscharter.charter.assurance.panels import Line, clause_panel, line_of
from opscharter.charter.models.clause import Clause
from opscharter.charter.obligations import checks, resources
from opscharter.charter.obligations.install import install_obligations
from opscharter.charter.obligations.models import Obligation
from opscharter.kernel import moment
from opscharter.kernel.access.actor import Actor, Reach
from opscharter.kernel.resources.links import record_url
from opscharter.kernel.resources.site import Part
from opscharter.kernel.resources.tasks import Task

CONTROLS = (checks,)
SOON = dt.timedelta(days=30)


def reviews_due(actor: Actor) -> list[Task]:
    """Return the obligations of one's own whose review comes within a month or is late."""
    rows = Obligation.objects.current().filter(
        owner_id=actor.user_id, state=Obligation.State.IN_FORCE, review_due_on__lte=moment.today() + SOON
    )
    kind = Obligation._meta.verbose_name or ""
    return [
        Task(str(row), kind, record_url(row), "1.3.1", end_of(row.review_due_on), _("Review"))
        for row in rows.order_by("review_due_on")[:50]
    ]


def of_clause(clause: Clause, actor: Actor) -> list[Line]:
    """Return the obligations that a clause keeps."""
    rows = Obligation.objects.visible_to(actor).current().filter(clauses__contains=clause.number)
    named = [row for row in rows.select_related("owner").order_by("code") if clause.number in row.clause_numbers]
    return [line_of(row, str(row.owner or ""), row.review_due_on, row.overdue) for row in named]


ALL, OWN = Reach.ALL, Reach.OWN
KEEP = "view create edit review end history export comment"
PART = Part(
    label=_("Obligations"),
    icon="scale",
    resources=[resources.obligations],
    grants={
        "everyone": [("charter.obligation", "review comment", OWN)],
        "quality-supervisor": [("charter.obligation", f"{KEEP} import archive", ALL)],
        "security-officer": [("charter.obligation", KEEP, ALL)],
        "risk-officer": [("charter.obligation", KEEP, ALL)],
        "service-manager": [("charter.obligation", KEEP, ALL)],
        "top-management": [("charter.obligation", "review comment", ALL)],
    },
    tasks=[reviews_due],
    setup=[install_obligations],
    panels={"charter.clause": [clause_panel(_("Obligations it keeps"), of_clause)]},
)
