"""Complaints: the part's table of contents."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from opscharter.kernel import moment
from opscharter.kernel.access.actor import Actor, Reach
from opscharter.kernel.resources.declaration import Panel, Resource, Section, Stage, Text, View
from opscharter.kernel.resources.links import list_url, record_url
from opscharter.kernel.resources.site import GrantLine, Part, site
from opscharter.kernel.resources.tasks import Task
from opscharter.service.complaints import checks
from opscharter.service.complaints.form import ComplaintForm
from opscharter.service.complaints.lifecycle import OPEN, State
from opscharter.service.complaints.models import Complaint

CONTROLS = (checks,)
"""Imported so that its check and figures are registered."""
LABEL = "service.complaint"
MOST = 40


def _badges(complaint: Any) -> list[tuple[Text, str]]:
    found: list[tuple[Text, str]] = [(_("overdue"), "r")] if complaint.overdue else []
    if complaint.outcome:
        found.append((complaint.get_outcome_display(), "n"))
    if complaint.refusals:
        found.append((_("not content %(n)s×") % {"n": complaint.refusals}, "a"))
    return found


complaints = Resource(
    Complaint, "complaints", icon="message-exclamation",
    columns=["number", "subject", "customer", "owner", "state", "due_at", "outcome", "received_at"],
    filters=["state", "customer", "owner", "department", "channel", "outcome", "received_at"], lead="body",
    create=["customer", "contact", "channel", "subject", "body", "incidents", "requests", "feedback", "owner"],
    form=[
        Section(_("Complaint"), ["customer", "contact", "channel", "subject", "body", "incidents", "requests",
                                 "feedback"]),
        Section(_("Handling"), ["owner", "department", "reply", "outcome", "root_cause", "customer_answer"]),
    ],
    facts=["customer", "contact", "channel", "feedback", "received_at", "due_at", "owner", "department", "reply",
           "outcome", "root_cause", "customer_answer", "incidents", "requests", "first_replied_at", "closed_at"],
    customer_facts=["subject", "body", "received_at", "due_at", "reply", "outcome", "customer_answer", "closed_at"],
    stages=[Stage(_("received"), (State.RECEIVED,)), Stage(_("being handled"), (State.HANDLING,)),
            Stage(_("answered"), (State.ANSWERED,)), Stage(_("closed"), (State.CLOSED,))],
    views=[
        View("open", _("Open"), lambda actor: Q(state__in=OPEN)),
        View("mine", _("Mine"), lambda actor: Q(owner_id=actor.person_id or 0) & ~Q(state=State.CLOSED)),
        View("late", _("Late"), lambda actor: Q(first_replied_at__isnull=True, due_at__lt=moment.now())),
    ],
    choices={"owner": lambda actor: Q(left_on__isnull=True)}, badges=_badges, form_class=ComplaintForm,
)  # fmt: skip


def complaints_to_answer(actor: Actor) -> list[Task]:
    """Return the complaints that a person has, and for those who name owners the ones nobody has."""
    mine = Q(owner_id=actor.person_id) & ~Q(state=State.CLOSED)
    if "service-manager" in actor.roles:
        mine |= Q(state=State.RECEIVED)
    rows = Complaint.objects.visible_to(actor).current().filter(mine).select_related("customer")
    kind = Complaint._meta.verbose_name or ""
    return [
        Task(str(row), kind, record_url(row), "1.3.2", row.due_at if row.state in OPEN else None,
             customer=str(row.customer))
        for row in rows.order_by("due_at", "pk")[:MOST]
    ]  # fmt: skip


def _of_ticket(ticket: Any, actor: Actor) -> dict[str, Any] | None:
    rows = Complaint.objects.visible_to(actor).current().filter(pk__in=ticket.complaints.values("pk"))
    found = [(row, record_url(row)) for row in rows.order_by("pk")]
    return {"complaints": found} if found else None


def _of_feedback(feedback: Any, actor: Actor) -> dict[str, Any] | None:
    rows = Complaint.objects.visible_to(actor).current().filter(feedback=feedback)
    found = [(row, record_url(row)) for row in rows.order_by("pk")]
    may = feedback.kind == "complaint" and not found and actor.may(LABEL, "create")
    given = {"feedback": feedback.pk, "customer": feedback.customer_id, "contact": feedback.contact_id or "",
             "subject": feedback.subject, "body": feedback.body}  # fmt: skip
    add = list_url(site.resource(Complaint), **given).replace("?", "new/?", 1) if may else ""
    return {"complaints": found, "add_url": add} if found or add else None


TITLE, TEMPLATE = _("Complaints"), "service/complaints/list.html"
ON_TICKET = Panel(TITLE, TEMPLATE, _of_ticket, later=True)
ALL, TREE, DEPARTMENT, OWN, CUSTOMER = Reach.ALL, Reach.DEPARTMENT_TREE, Reach.DEPARTMENT, Reach.OWN, Reach.CUSTOMER
HANDLE = "view comment edit reply accept close not-content"
GRANTS: dict[str, list[GrantLine]] = {
    "everyone": [(LABEL, HANDLE, OWN), (LABEL, "create", ALL)],
    "hotline": [(LABEL, "view create comment edit assign", ALL)],
    "technical-support": [(LABEL, "view create comment assign", ALL)],
    "department-manager": [(LABEL, f"{HANDLE} assign history export", TREE)],
    "project-manager": [(LABEL, "view create comment assign not-content", CUSTOMER)],
    "service-manager": [(LABEL, f"{HANDLE} create assign history export import archive share-view", ALL)],
    "quality-supervisor": [(LABEL, "view comment history export", ALL)],
    "top-management": [(LABEL, "view", ALL)],
    "customer-contact": [(LABEL, "view create comment accept not-content", CUSTOMER)],
}

PART = Part(
    label=_("Complaints"),
    icon="message-exclamation",
    resources=[complaints],
    grants=GRANTS,
    tasks=[complaints_to_answer],
    panels={
        "service.incident": [ON_TICKET],
        "service.servicerequest": [ON_TICKET],
        "customers.feedback": [Panel(TITLE, TEMPLATE, _of_feedback)],
    },
)
