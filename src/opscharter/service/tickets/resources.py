"""How tickets appear."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from opscharter.assets.graph import affected_services, dependants
from opscharter.assets.models import Asset
from opscharter.kernel import moment
from opscharter.kernel.access.actor import Actor
from opscharter.kernel.clocks.models import Clock
from opscharter.kernel.resources.declaration import Panel, Resource, Section, Stage, Text, View
from opscharter.service.tickets import effects, hooks, together
from opscharter.service.tickets.forms import RequestForm, TicketForm
from opscharter.service.tickets.lifecycle import OPEN, State
from opscharter.service.tickets.macros import macros_for, may_use
from opscharter.service.tickets.matrix import priority_of
from opscharter.service.tickets.models import Incident, Macro, ServiceRequest, TestStep, TicketLink
from opscharter.service.tickets.models.ticket import Level
from opscharter.service.tickets.suggesting import suggestions, text_of


def _late(model: Any) -> Any:
    """Return the view of open tickets whose resolution is overdue."""

    def where(actor: Actor) -> Q:
        clocks = Clock.objects.filter(
            record_type=model._meta.label_lower, kind="resolve", state=Clock.State.RUNNING, due_at__lt=moment.now()
        )
        return Q(state__in=OPEN) & Q(pk__in=clocks.values("record_id"))

    return where


def views_of(model: Any) -> list[View]:
    """Return the tabs that every list of tickets has."""
    units = "department"
    return [
        View("mine", _("Mine"), lambda actor: Q(assignee_id=actor.person_id or 0, state__in=OPEN)),
        View("team", _("My team's"), lambda actor: Q(team_id__in=actor.units.get(units, ()), state__in=OPEN)),
        View("unassigned", _("Unassigned"), lambda actor: Q(assignee__isnull=True, state__in=OPEN)),
        View("overdue", _("Overdue"), _late(model)),
        View("waiting", _("Waiting"), lambda actor: Q(state=State.WAITING)),
    ]


def badges_of(ticket: Any) -> list[tuple[Text, str]]:
    """Return the pills beside a ticket's number."""
    badges: list[tuple[Text, str]] = []
    if ticket.priority:
        badges.append((ticket.get_priority_display(), {1: "r", 2: "a"}.get(ticket.priority, "n")))
    if getattr(ticket, "emergency_at", None) and ticket.state in OPEN:
        plan = ticket.contingency_plan
        badges.append((_("%(plan)s started") % {"plan": plan} if plan else _("emergency plan started"), "r"))
    if ticket.waiting_for and ticket.state == State.WAITING:
        badges.append((_("waits for: %(whom)s") % {"whom": ticket.get_waiting_for_display()}, "a"))
    if ticket.reopen_count:
        badges.append((_("reopened %(n)s×") % {"n": ticket.reopen_count}, "a"))
    if ticket.merged_into_id:
        badges.append((_("merged"), "n"))
    if ticket.imported_from:
        badges.append((_("imported"), "n"))
    return badges


def _tests_of(incident: Any, actor: Actor) -> dict[str, Any]:
    steps = incident.test_steps.filter(archived_at__isnull=True).order_by("position", "pk")
    may = actor.may("service.teststep", "edit") and incident.state in OPEN
    return {"steps": list(steps), "results": TestStep.Result.choices, "may": may}


def _impact_of(ticket: Any, actor: Actor) -> dict[str, Any] | None:
    ids = list(ticket.assets.values_list("pk", flat=True))
    if not ids:
        return None
    return {
        "assets": ticket.assets.all(), "more": len(dependants(ids)) - len(ids), "services": affected_services(ids),
    }  # fmt: skip


def _family_of(incident: Any, actor: Actor) -> dict[str, Any] | None:
    visible = Incident.objects.visible_to(actor)
    children = list(visible.filter(follow_up_of=incident))
    parent = visible.filter(pk=incident.follow_up_of_id).first() if incident.follow_up_of_id else None
    may = actor.may("service.incident", "create") and not actor.external
    if not children and parent is None and not may:
        return None
    return {"children": children, "parent": parent, "may": may}


def _kind(ticket: Any) -> str:
    return "incidents" if isinstance(ticket, Incident) else "requests"


def _together_of(ticket: Any, actor: Actor) -> dict[str, Any]:
    watchers = together.watchers_of(ticket)
    merged = type(ticket).objects.visible_to(actor).filter(merged_into=ticket)
    return {
        "kind": _kind(ticket), "ties": together.links_of(ticket, actor), "kinds": TicketLink.Kind.choices,
        "watchers": watchers, "watching": actor.user_id in {user.pk for user in watchers}, "merged_here": list(merged),
        "may": actor.may(ticket._meta.label_lower, "comment"),
    }  # fmt: skip


def _macros_of(ticket: Any, actor: Actor) -> dict[str, Any] | None:
    found = macros_for(actor) if ticket.state in OPEN and may_use(ticket, actor) else []
    return {"kind": _kind(ticket), "macros": found} if found else None


def _assessing(ticket: Any, actor: Actor) -> dict[str, Any]:
    """Return what helps to assess: what hangs on the assets, whom it touches, and the matrix of the contract."""
    ids = list(ticket.assets.values_list("pk", flat=True))
    hanging = Asset.objects.visible_to(actor).filter(pk__in=dependants(ids)).select_related("customer")
    others = hanging.exclude(pk__in=ids).order_by("criticality", "name")
    contract = effects.levels_of(ticket).contract
    own = contract.matrix if contract else None
    levels = [(level.value, level.label) for level in Level]
    rows = [
        (value, label, [(urgency, priority_of(value, urgency, own)) for urgency, _name in levels])
        for value, label in levels
    ]
    return {
        "assets": ticket.assets.all(), "hanging": others[:12], "more": max(0, others.count() - 12),
        "services": affected_services(ids), "levels": levels, "rows": rows, "contract": contract if own else None,
    }  # fmt: skip


def _assigning(ticket: Any, actor: Actor) -> dict[str, Any] | None:
    """Return who could take the ticket, with what each has in hand."""
    found = [each for ask in hooks.beside_assigning for each in ask(ticket, actor)]
    return {"people": found} if found else None


def _similar_to(ticket: Any, actor: Actor) -> dict[str, Any] | None:
    found = suggestions(actor, text_of(ticket), but=ticket) if ticket.state in OPEN else []
    return {"found": found} if found else None


AFFECTED = Panel(_("Affected"), "service/impact.html", _impact_of, later=True)
TOGETHER = [
    Panel(_("Similar, and what solved it"), "service/suggested.html", _similar_to, later=True),
    Panel(_("Quick replies"), "service/macros.html", _macros_of, later=True),
    Panel(_("Links and watchers"), "service/together.html", _together_of, later=True),
]
STAGES = [
    Stage(_("Received"), (State.NEW,)),
    Stage(_("Assigned"), (State.ASSIGNED,)),
    Stage(_("In progress"), (State.IN_PROGRESS, State.WAITING)),
    Stage(_("Resolved"), (State.RESOLVED,)),
    Stage(_("Closed"), (State.CLOSED,)),
]
ASKED = Section(_("What is asked"), ["title", "description", "customer", "contact", "reported_by", "service", "assets"])
URGENCY = Section(_("How urgent"), ["channel", "impact", "urgency"])
HANDLING = Section(_("Handling"), ["team", "assignee", "category", "severity", "scope_note", "plan", "cause", "fix"])
COLUMNS = ["number", "title", "priority", "state", "customer", "team", "assignee", "opened_at"]
FILTERS = ["state", "priority", "customer", "team", "assignee", "service", "channel", "opened_at", "resolution_met"]
FACTS = [
    "customer", "contact", "reported_by", "service", "channel", "impact", "urgency", "category", "severity",
    "scope_note", "team",
    "assignee", "opened_at", "resolved_at", "closed_at", "resolution_met", "plan", "cause", "fix",
]  # fmt: skip
SHARED: dict[str, Any] = {
    "columns": COLUMNS,
    "filters": FILTERS,
    "facts": FACTS,
    "lead": "description",
    "create": [*ASKED.fields, *URGENCY.fields],
    "suggestions": "/service/suggestions/",
    "beside": {
        "assess": Panel(_("What is affected"), "service/assessing.html", _assessing),
        "assign": Panel(_("Who has room"), "service/assigning.html", _assigning),
    },
    "stages": STAGES,
    "badges": badges_of,
    "order": "-opened_at",
    "presence": True,
    "customer_facts": [
        "description",
        "service",
        "channel",
        "urgency",
        "contact",
        "opened_at",
        "resolved_at",
        "closed_at",
    ],
    "customer_sends": ["title"],
    "form_class": TicketForm,
    "choices": {
        "service": lambda actor: Q(requestable=True) if actor.external else Q(),
        "assignee": lambda actor: Q(left_on__isnull=True),
        "merged_into": lambda actor: Q(state__in=[*OPEN, State.RESOLVED], merged_into__isnull=True),
    },
}

incidents = Resource(
    Incident, "incidents", icon="alert-triangle", views=views_of(Incident), **SHARED,
    form=[ASKED, URGENCY, HANDLING, Section(_("Emergency"), ["contingency_plan", "follow_up_of"])],
    panels=[
        Panel(_("Full test after the repair"), "service/tests.html", _tests_of, place="below"),
        AFFECTED,
        Panel(_("Left over"), "service/family.html", _family_of, later=True),
        *TOGETHER,
    ],
)  # fmt: skip
requests = Resource(
    ServiceRequest, "requests", icon="inbox", views=views_of(ServiceRequest),
    **{
        **SHARED, "customer_sends": ["title", "attributes"], "form_class": RequestForm,
        "create": [*ASKED.fields, "attributes", *URGENCY.fields],
    },
    form=[ASKED, Section(_("Answers"), ["attributes"], follows="service"), URGENCY, HANDLING],
    panels=[AFFECTED, *TOGETHER],
)  # fmt: skip
test_steps = Resource(
    TestStep, "test-steps", icon="checklist", columns=["incident", "position", "step", "result", "note"],
    filters=["incident", "result"], in_menu=False,
)  # fmt: skip
macros = Resource(
    Macro, "macros", icon="bolt", columns=["name", "team", "reader", "step", "category"], filters=["team", "step"],
    form=["name", "team", "text", "reader", "step", "category", "plan", "take"], order="name",
)  # fmt: skip
