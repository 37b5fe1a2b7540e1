"""Customer feedback: the part's table of contents."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from opscharter.customers.feedback import checks
from opscharter.customers.feedback.form import FeedbackForm
from opscharter.customers.feedback.models import OPEN, Feedback, State
from opscharter.kernel import moment
from opscharter.kernel.access.actor import Actor, Reach
from opscharter.kernel.resources.declaration import Resource, Section, Stage, Text, View
from opscharter.kernel.resources.links import record_url
from opscharter.kernel.resources.site import Part
from opscharter.kernel.resources.tasks import Task
from opscharter.organization.models import Department
from opscharter.organization.workload import Load, register

CONTROLS = (checks,)
LABEL = "customers.feedback"
TONES = {"complaint": "r", "praise": "g"}


def _badges(feedback: Any) -> list[tuple[Text, str]]:
    found: list[tuple[Text, str]] = [(feedback.get_kind_display(), TONES.get(feedback.kind, "n"))]
    return [*found, (_("overdue"), "r")] if feedback.overdue else found


feedback = Resource(
    Feedback, "feedback", icon="message-heart",
    columns=["number", "subject", "kind", "customer", "department", "handler", "due_at", "state"],
    filters=["state", "kind", "customer", "department", "handler", "channel", "received_at"], lead="body",
    create=["customer", "contact", "kind", "channel", "subject", "body", "department", "handler"],
    form=[
        Section(_("Feedback"), ["customer", "contact", "kind", "channel", "subject", "body"]),
        Section(_("Answer"), ["department", "handler", "answer"]),
    ],
    facts=["customer", "contact", "kind", "channel", "received_at", "due_at", "department", "handler", "answer",
           "answered_at", "answered_by"],
    customer_facts=["subject", "body", "kind", "received_at", "due_at", "answer", "answered_at"],
    stages=[Stage(_("received"), (State.RECEIVED,)), Stage(_("routed"), (State.ROUTED,)),
            Stage(_("answered"), (State.ANSWERED,)), Stage(_("closed"), (State.CLOSED,))],
    views=[
        View("open", _("Open"), lambda actor: Q(state__in=OPEN)),
        View("late", _("Late"), lambda actor: Q(state__in=OPEN, due_at__lt=moment.now())),
        View("ours", _("Our department's"), lambda actor: Q(department_id__in=actor.units.get(Reach.DEPARTMENT, ()))),
    ],
    choices={"handler": lambda actor: Q(left_on__isnull=True)},
    badges=_badges, form_class=FeedbackForm,
)  # fmt: skip


def feedback_to_answer(actor: Actor) -> list[Task]:
    """Return the feedback a person is to answer, and to route where that is their office."""
    headed = Department.objects.current().filter(head_id=actor.person_id).values("pk")
    mine = Q(state=State.ROUTED) & (Q(handler_id=actor.person_id) | Q(handler__isnull=True, department__in=headed))
    if "technical-support" in actor.roles or "hotline" in actor.roles:
        mine |= Q(state=State.RECEIVED)
    rows = Feedback.objects.visible_to(actor).current().filter(mine).select_related("customer").order_by("due_at", "pk")
    kind = Feedback._meta.verbose_name or ""
    return [Task(str(row), kind, record_url(row), "2.2.5", row.due_at, customer=str(row.customer)) for row in rows[:40]]


def _load(people: Any) -> dict[int, Load]:
    rows = Feedback.objects.current().filter(state=State.ROUTED, handler_id__in=list(people))
    found: dict[int, Load] = {}
    for person, due_at in rows.values_list("handler_id", "due_at"):
        load = found.get(person or 0, Load())
        found[person or 0] = Load(load.open + 1, load.late + (due_at < moment.now()))
    return found


register(_("customer feedback"), LABEL, _load)

ALL, TREE, DEPARTMENT, OWN, CUSTOMER = Reach.ALL, Reach.DEPARTMENT_TREE, Reach.DEPARTMENT, Reach.OWN, Reach.CUSTOMER
TAKE = "view create comment"
PART = Part(
    label=_("Feedback"),
    icon="message-heart",
    resources=[feedback],
    grants={
        "everyone": [(LABEL, "view comment edit answer close", OWN), (LABEL, "create", ALL)],
        "technical-support": [(LABEL, f"{TAKE} edit route answer close", ALL)],
        "hotline": [(LABEL, f"{TAKE} edit route", ALL)],
        "engineer": [(LABEL, "view comment answer", DEPARTMENT)],
        "department-manager": [(LABEL, f"{TAKE} edit route answer close history export", TREE)],
        "project-manager": [(LABEL, f"{TAKE} route answer close", CUSTOMER)],
        "service-manager": [(LABEL, f"{TAKE} edit route answer close ask-again history export import archive", ALL)],
        "quality-supervisor": [(LABEL, "view comment history export", ALL)],
        "customer-contact": [(LABEL, "view create comment ask-again", CUSTOMER)],
    },
    tasks=[feedback_to_answer],
)
