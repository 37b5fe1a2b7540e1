"""How team levels, stays and the escalation of clocks appear."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from opscharter.kernel.access.actor import Actor
from opscharter.kernel.resources.declaration import Column, Panel, Resource, Section, View
from opscharter.kernel.resources.links import url_of
from opscharter.service.levels.models import ClockEscalation, TeamLevel, TeamStay
from opscharter.service.levels.models.escalation import RECIPIENTS


def _ticket_of(stay: Any, actor: Actor) -> Mapping[str, Any]:
    """Return the way to the ticket."""
    return {"url": url_of(stay.record_type, stay.record_id), "stay": stay}


def _stays_of(ticket: Any, actor: Actor) -> Mapping[str, Any] | None:
    """Return the teams that had the ticket before, and how long; nothing where there was none."""
    key = {"record_type": ticket._meta.label_lower, "record_id": ticket.pk}
    rows = TeamStay.objects.visible_to(actor).filter(**key).select_related("team", "handler").order_by("ended_at")
    found = list(rows)
    return {"stays": found} if found else None


ON_TICKET = Panel(_("Stays with teams"), "service/levels/stays.html", _stays_of, later=True)


levels = Resource(
    TeamLevel, "team-levels", icon="users-group",
    columns=["team", "priority", "kind", "minutes", "calendar", "since"], filters=["team", "priority", "kind"],
    order="priority",
)  # fmt: skip
stays = Resource(
    TeamStay, "team-stays", icon="transfer-out", form=[],
    columns=["ticket_number", "title", "priority", "team", "handler", "began_at", "ended_at", "ended_by", "kept"],
    filters=["team", "handler", "customer", "priority", "ended_by", "kept", "taken_in_time", "ended_at"],
    facts=["ticket_number", "title", "customer", "priority", "team", "handler", "began_at", "ended_at", "ended_by",
           "taken_in_time", "kept"],
    order="-ended_at", panels=[Panel(_("Ticket"), "service/levels/ticket.html", _ticket_of)],
    views=[View("missed", _("Missed"), lambda actor: Q(kept=False))],
)  # fmt: skip


def _told(row: ClockEscalation) -> str:
    """Return the recipients of a step in words."""
    fields = {field.name: field for field in ClockEscalation._meta.concrete_fields}
    names = [str(fields[name].verbose_name) for name in row.tells]
    return ", ".join([*names, *([str(row.role)] if row.role else [])])


escalations = Resource(
    ClockEscalation, "escalations", icon="stairs-up",
    columns=["level", "kind", "team", "up_to_priority",
             Column("told", _("who is told"), _told, ("role", *RECIPIENTS))],
    filters=["level", "kind", "team"], order="level",
    form=[Section(_("When"), ["level", "kind", "team", "up_to_priority"]),
          Section(_("Who is told"), [*RECIPIENTS, "role"])],
)  # fmt: skip
