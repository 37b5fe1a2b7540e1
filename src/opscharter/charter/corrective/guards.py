"""What a corrective item needs before it may close."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from opscharter.charter.models.result import CheckResult
from opscharter.kernel.access.actor import Actor
from opscharter.kernel.controls.registry import Parameter, Text, guard


@guard(
    "corrective.check-passes", clause="1.3.4", owner="quality-supervisor", overridable=False,
    label=_("A corrective item closes by re-measurement alone"),
    parameters={"days": Parameter(30, _("days"), _("time to correct"))},
)  # fmt: skip
def check_passes(item: Any, actor: Actor, parameters: Any) -> list[Text]:
    """The newest result of the item's own check is a pass."""
    newest = CheckResult.objects.filter(control=item.control).order_by("-pk").first()
    if newest is None or newest.state != CheckResult.State.PASS:
        return [_("It closes when its check passes again; measure the clause anew.")]
    return []
