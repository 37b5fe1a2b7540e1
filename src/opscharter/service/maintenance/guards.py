"""What must hold before a work order is complete: every line answered, what lies out of limits explained."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from opscharter.kernel.access.actor import Actor
from opscharter.kernel.controls.registry import guard
from opscharter.kernel.controls.wording import Sentence, Wording
from opscharter.kernel.files.models import Attachment


@guard(
    "maintenance.checklist-complete", clause="2.2.4", owner="engineer",
    label=_("Every line of the checklist is answered"),
)  # fmt: skip
def checklist_complete(order: Any, actor: Actor) -> list[Sentence]:
    """Each line has an answer, each reading its figure, and each line that asks for a photo has one."""
    items = list(order.items.filter(archived_at__isnull=True))
    missing: list[Sentence] = []
    if not items:
        missing.append(_("The work order has no checklist."))
    if unanswered := sum(not item.answer for item in items):
        missing.append(Wording(_("Answer every line: %(n)s are open."), {"n": unanswered}))
    wanted = [item.pk for item in items if item.needs_photo and item.answer != "not-applicable"]
    if wanted:
        kept = Attachment.objects.filter(
            record_type="service.orderitem", record_id__in=wanted, archived_at__isnull=True
        ).values_list("record_id", flat=True)
        if lacking := len(set(wanted) - set(kept)):
            missing.append(Wording(_("Add the photos: %(n)s lines ask for one."), {"n": lacking}))
    return missing


@guard(
    "maintenance.limits-explained", clause="2.2.4", owner="engineer",
    label=_("What lies out of its limits is explained"),
)  # fmt: skip
def limits_explained(order: Any, actor: Actor) -> list[Sentence]:
    """A line that is not in order, or a reading out of its limits, carries a remark."""
    silent = [i for i in order.items.filter(archived_at__isnull=True) if i.needs_remark and not i.remark.strip()]
    return [Wording(_("Explain what is not in order: %(what)s."), {"what": item.text}) for item in silent]
