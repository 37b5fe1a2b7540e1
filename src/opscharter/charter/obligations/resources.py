"""How obligations appear."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from opscharter.charter.obligations.models import Obligation
from opscharter.kernel import moment
from opscharter.kernel.resources.declaration import Resource, Section, View

obligations = Resource(
    Obligation, "obligations", icon="scale",
    columns=["code", "title", "kind", "owner", "clauses", "review_due_on", "state"],
    filters=["kind", "owner", "review_due_on"], order="review_due_on", lead="asks",
    form=[
        "code", "title", "kind", "issuer", "binding_since", "asks",
        Section(_("Review"), ["owner", "review_months", "review_due_on"]),
        Section(_("Kept by"), ["clauses", "controls"]),
    ],
    facts=["kind", "issuer", "binding_since", "owner", "review_months", "review_due_on", "reviewed_on", "reviewed_by",
           "review_note", "clauses", "controls"],
    views=[
        View("late", _("Review overdue"),
             lambda actor: Q(state=Obligation.State.IN_FORCE, review_due_on__lt=moment.today())),
        View("mine", _("Mine"), lambda actor: Q(owner_id=actor.user_id or 0)),
    ],
)  # fmt: skip
