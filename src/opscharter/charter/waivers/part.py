"""Exceptions to clauses: the part's table of contents."""

from __future__ import annotations

import datetime as dt
from typing import Any
from urllib.parse import urlencode

from django.utils.translation import gettext_lazy as _

from opscharter.charter.assurance.panels import Line, clause_panel, line_of
from opscharter.charter.models.clause import Clause
from opscharter.charter.waivers import resources, services
from opscharter.charter.waivers.lifecycle import State
from opscharter.charter.waivers.models import Waiver
from opscharter.kernel.access.actor import Actor, Reach
from opscharter.kernel.controls.registry import GUARDS
from opscharter.kernel.errors import Reason
from opscharter.kernel.jobs.schedule import Schedule
from opscharter.kernel.resources.links import list_url, record_url
from opscharter.kernel.resources.site import Part, site
from opscharter.kernel.resources.tasks import Task
from opscharter.kernel.web.moving import exception_offers


def offer(record: Any, reason: Reason, actor: Actor) -> str:
    """Return where to ask for leave to pass the guard that refuses a step; empty when it allows none."""
    guard = GUARDS.get(reason.control)
    if guard is None or not guard.overridable or actor.external or not actor.may("charter.waiver", "create"):
        return ""
    resource = site.resource(Waiver)
    named = {"control": guard.id, "record_type": record._meta.label_lower, "record_id": record.pk}
    return f"{list_url(resource)}new/?{urlencode(named)}"


exception_offers.append(offer)


def exceptions_to_decide(actor: Actor) -> list[Task]:
    """Return the exceptions that others ask for, for those who may approve them."""
    if not actor.may("charter.waiver", "approve"):
        return []
    rows = Waiver.objects.visible_to(actor, "approve").filter(state=State.REQUESTED)
    kind = Waiver._meta.verbose_name or ""
    return [
        Task(str(row), kind, record_url(row), row.clause, row.expires_at, _("Decide"))
        for row in rows.exclude(created_by_id=actor.user_id).order_by("pk")[:50]
    ]


def of_clause(clause: Clause, actor: Actor) -> list[Line]:
    """Return the exceptions to a clause: asked for and in force first, then the last that are over."""
    rows = Waiver.objects.visible_to(actor).filter(clause=clause.number).order_by("-pk")[:20]
    shown = sorted(rows, key=lambda row: row.state in Waiver.lifecycle.final)[:8]
    return [line_of(row, row.reason, row.expires_at.date(), row.state == State.EXPIRED) for row in shown]


ALL, OWN = Reach.ALL, Reach.OWN
DECIDE = "create approve refuse end comment history export"
PART = Part(
    label=_("Exceptions"),
    icon="shield-off",
    resources=[resources.waivers],
    grants={
        "everyone": [("charter.waiver", "create", ALL), ("charter.waiver", "edit comment", OWN)],
        "quality-supervisor": [("charter.waiver", DECIDE, ALL), ("*", "override", ALL)],
        "service-manager": [("charter.waiver", DECIDE, ALL), ("*", "override", ALL)],
        "top-management": [("charter.waiver", DECIDE, ALL), ("*", "override", ALL)],
    },
    tasks=[exceptions_to_decide],
    schedules=[Schedule("charter.expire-exceptions", services.expire_exceptions, every=dt.timedelta(minutes=10))],
    panels={"charter.clause": [clause_panel(_("Exceptions"), of_clause)]},
)
