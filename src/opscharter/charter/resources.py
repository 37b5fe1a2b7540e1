"""How the regulation's records appear beside the readable page."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.apps import apps
from django.db.models import Q
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from opscharter.charter.api import GuardLogView, ResultsView, ResultView
from opscharter.charter.models import Clause, Edition
from opscharter.charter.pages.clause import ClauseRecordPage
from opscharter.charter.templatetags.roles import role
from opscharter.kernel.access.actor import Actor
from opscharter.kernel.approvals.models import ApprovalPolicy
from opscharter.kernel.calendars.models import BusinessCalendar, CalendarDay
from opscharter.kernel.resources.declaration import Column, Panel, Resource, View
from opscharter.kernel.resources.foretelling import clocks_moved
from opscharter.kernel.resources.site import site


def role_column(name: str) -> Column:
    """Return the column of a clause's role, in words."""
    field: Any = Clause._meta.get_field(name)
    return Column(name, field.verbose_name, lambda clause: role(getattr(clause, name)), (name,))


def _kind(record_type: str) -> str:
    resource = site.find(record_type)
    return str(resource.label) if resource else record_type


def _step(policy: ApprovalPolicy) -> str:
    resource = site.find(policy.record_type)
    moves = resource.model.lifecycle.moves if resource and resource.model.lifecycle else ()
    return next((str(move.label) for move in moves if move.name == policy.action), policy.action)


def _week(calendar: BusinessCalendar, actor: Actor) -> Mapping[str, Any]:
    """Return the windows of every weekday."""
    days = [date_format(dt.date(2024, 1, 1 + number), "l") for number in range(7)]  # 1 January 2024 was a Monday
    return {"days": list(zip(days, calendar.week))}


def _policy(policy: ApprovalPolicy, actor: Actor) -> Mapping[str, Any]:
    """Return a policy in words: when it applies, and who must agree in which order."""
    model: Any = apps.get_model(policy.record_type)
    names = {name: field.verbose_name for field in model._meta.concrete_fields for name in (field.name, field.attname)}
    return {
        "kind": _kind(policy.record_type),
        "step": _step(policy),
        "conditions": [(names.get(name, name), sign, value) for name, sign, value in policy.conditions],
        "steps": [
            {
                "who": role(each["role"]) if "role" in each else "",
                "head_of": names.get(each.get("head_of", ""), each.get("head_of", "")),
                "person": names.get(each.get("person", ""), each.get("person", "")),
                "quorum": each.get("quorum", 1),
                "veto": bool(each.get("veto")),
            }
            for each in policy.steps
        ],
        "escalate": role(policy.escalate_to) if policy.escalate_to else "",
    }


clauses = Resource(
    Clause, "clauses", icon="section-sign",
    columns=[
        "number", Column("heading", Clause._meta.get_field("headings").verbose_name, lambda clause: clause.heading),
        role_column("owner_role"), role_column("supervisor_role"), "expectation", "edition__label",
    ],
    views=[View("now", _("In force"), lambda actor: Q(edition__state=Edition.State.IN_FORCE)),
           View("draft", _("Drafts"), lambda actor: Q(edition__state=Edition.State.DRAFT))],
    filters=["edition", "expectation"], order="position", pages={"<int:pk>/": ClauseRecordPage},
    form=["edition", "number", "headings", "texts", "owner_role", "supervisor_role", "expectation",
          "frameworks", "duties"],
    api={"results/": ResultsView, "results/<int:pk>/": ResultView, "guard-log/": GuardLogView},
)  # fmt: skip
calendars = Resource(
    BusinessCalendar, "calendars", icon="calendar-time", columns=["name", "time_zone", "holidays"], order="name",
    facts=["name", "time_zone", "holidays"], foretell=clocks_moved(),
    panels=[Panel(_("Working hours"), "charter/week.html", _week, place="main")],
)  # fmt: skip
calendar_days = Resource(
    CalendarDay, "calendar-days", icon="calendar-x", columns=["calendar", "day", "reason"], filters=["calendar", "day"],
    order="-day", foretell=clocks_moved(),
)  # fmt: skip
policies = Resource(
    ApprovalPolicy, "approval-policies", icon="writing-sign", order="record_type",
    columns=[
        "name", Column("record_type", _("record type"), lambda policy: _kind(policy.record_type), ("record_type",)),
        Column("action", _("step"), _step, ("action", "record_type")), "rank",
    ],
    facts=["name", "rank", "four_eyes", "by_link", "deadline_hours"],
    panels=[Panel(_("Who must agree"), "charter/policy.html", _policy, place="main")],
)  # fmt: skip
