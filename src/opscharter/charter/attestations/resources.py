"""How attestations and their plans appear."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from opscharter.charter.attestations.models import Attestation, AttestationPlan
from opscharter.kernel import moment
from opscharter.kernel.resources.declaration import Resource, View

attestations = Resource(
    Attestation, "attestations", icon="rosette-discount-check",
    columns=["number", "statement", "clause", "owner", "due_on", "answered_at", "state"],
    filters=["owner", "due_on"], order="-due_on", lead="statement",
    form=["plan", "due_on", "remark"], facts=["clause", "owner", "due_on", "answered_at", "remark", "plan"],
    views=[
        View("mine", _("Mine"), lambda actor: Q(owner_id=actor.user_id or 0)),
        View("due", _("Due"), lambda actor: Q(state=Attestation.State.DUE)),
        View("late", _("Late"), lambda actor: Q(state=Attestation.State.DUE, due_on__lt=moment.today())),
    ],
)  # fmt: skip
plans = Resource(
    AttestationPlan, "attestation-plans", icon="calendar-repeat",
    columns=["clause", "statement", "owner", "every_months", "next_due_on"], filters=["owner", "next_due_on"],
    order="next_due_on",
)  # fmt: skip
