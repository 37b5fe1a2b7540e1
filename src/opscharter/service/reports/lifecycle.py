"""The life of a service report: drafted, reviewed, approved, delivered, signed; or refused, and put right."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from opscharter.kernel.approvals.requests import Approval
from opscharter.kernel.records.lifecycle import STAY, Lifecycle, Move
from opscharter.service.reports import effects, guards
from opscharter.service.reports.sections import NOTES


class ReportState(models.TextChoices):
    """Where a report stands."""

    DRAFT = "DRAFT", _("draft")
    REVIEWED = "REVIEWED", _("reviewed by another")
    APPROVED = "APPROVED", _("approved")
    DELIVERED = "DELIVERED", _("delivered")
    REFUSED = "REFUSED", _("refused by the customer")
    SIGNED = "SIGNED", _("signed")
    SUPERSEDED = "SUPERSEDED", _("replaced by a correction")


IN_WORK = [ReportState.DRAFT, ReportState.REVIEWED, ReportState.APPROVED]
WITH_CUSTOMER = [ReportState.DELIVERED, ReportState.REFUSED, ReportState.SIGNED]
SENT = [*WITH_CUSTOMER, ReportState.SUPERSEDED]
BOUND = ["summary", *NOTES, "content"]
"""What the votes are bound to: every word and every figure."""

COMPLETE = [guards.figures_reconcile, guards.sections_complete, guards.suggestions_told]

REPORT = Lifecycle(
    ReportState,
    start=ReportState.DRAFT,
    moves=[
        Move("gather", ReportState.DRAFT, STAY, _("Gather the figures anew"), prepare=[effects.gather_figures]),
        Move("review", ReportState.DRAFT, ReportState.REVIEWED, _("Reviewed, ask for approval"), primary=True,
             guards=COMPLETE, separate_from=["author"], prepare=[effects.mark_reviewed],
             effects=[effects.ask_for_approval]),
        Move("approve", ReportState.REVIEWED, ReportState.APPROVED, _("Approve"), primary=True, guards=COMPLETE,
             separate_from=["author"], approval=Approval("3.5.1", binds=BOUND), prepare=[effects.mark_approved],
             effects=[effects.tell_approved]),
        Move("return", [ReportState.REVIEWED, ReportState.APPROVED], ReportState.DRAFT, _("Back to the author"),
             needs_reason=True, prepare=[effects.mark_returned], effects=[effects.tell_returned]),
        Move("deliver", ReportState.APPROVED, ReportState.DELIVERED, _("Deliver to the customer"), primary=True,
             guards=[guards.figures_reconcile, guards.has_recipients], prepare=[effects.freeze],
             effects=[effects.replace_earlier, effects.send_out], customer_visible=True),
        Move("sign", ReportState.DELIVERED, ReportState.SIGNED, _("Sign as received and agreed"), primary=True,
             reserved=True, prepare=[effects.mark_signed], effects=[effects.tell_signed], customer_visible=True),
        Move("refuse", ReportState.DELIVERED, ReportState.REFUSED, _("Refuse to sign"), needs_reason=True,
             reserved=True, prepare=[effects.mark_refused], effects=[effects.tell_refused], customer_visible=True),
        Move("correct", WITH_CUSTOMER, STAY, _("Correct as a new version"), needs_reason=True,
             guards=[guards.not_under_correction], effects=[effects.draft_correction]),
        Move("supersede", WITH_CUSTOMER, ReportState.SUPERSEDED, _("Replaced by a correction"), automatic=True,
             customer_visible=True),
    ],
    final=[ReportState.SIGNED, ReportState.SUPERSEDED],
)  # fmt: skip
