"""Attestations: the part's table of contents."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext_lazy as _

from opscharter.charter.assurance.owners import end_of
from opscharter.charter.assurance.panels import Line, clause_panel, line_of
from opscharter.charter.attestations import resources, services
from opscharter.charter.attestations.models import Attestation
from opscharter.charter.models.clause import Clause
from opscharter.charter.standing import attesters
from opscharter.kernel.access.actor import Actor, Reach
from opscharter.kernel.jobs.schedule import Schedule
from opscharter.kernel.resources.links import record_url
from opscharter.kernel.resources.site import Part
from opscharter.kernel.resources.tasks import Task

attesters.append(services.standing_by_attestation)


def attestations_due(actor: Actor) -> list[Task]:
    """Return what one is asked to confirm."""
    rows = Attestation.objects.filter(owner_id=actor.user_id, state=Attestation.State.DUE).order_by("due_on")[:50]
    kind = Attestation._meta.verbose_name or ""
    return [
        Task(f"{row} {row.statement}", kind, record_url(row), row.clause, end_of(row.due_on), _("Confirm"))
        for row in rows
    ]


def of_clause(clause: Clause, actor: Actor) -> list[Line]:
    """Return the attestations of a clause, newest first."""
    rows = Attestation.objects.visible_to(actor).filter(clause=clause.number).select_related("owner")
    return [line_of(row, str(row.owner), row.due_on, row.overdue) for row in rows.order_by("-due_on")[:8]]


ALL, OWN = Reach.ALL, Reach.OWN
PLAN = "create edit archive history comment export"
PART = Part(
    label=_("Attestations"),
    icon="rosette-discount-check",
    resources=[resources.attestations, resources.plans],
    grants={
        "everyone": [("charter.attestation", "confirm deny comment", OWN)],
        "quality-supervisor": [
            ("charter.attestationplan", PLAN, ALL), ("charter.attestation", "create comment history export", ALL),
        ],
    },
    tasks=[attestations_due],
    schedules=[Schedule("charter.ask-for-attestations", services.ask_for_attestations, at=dt.time(7, 30))],
    panels={"charter.clause": [clause_panel(_("Attestations"), of_clause)]},
)  # fmt: skip
