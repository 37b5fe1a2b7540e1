"""What must hold before several incidents become one major incident."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from opscharter.kernel.access.actor import Actor
from opscharter.kernel.controls.registry import Text, guard
from opscharter.service.tickets.lifecycle import OPEN


@guard(
    "incident.candidate-stands", clause="3.3.1", owner="service-manager",
    label=_("At least one of the incidents is still open"),
)  # fmt: skip
def stands_open(candidate: Any, actor: Actor) -> list[Text]:
    """A major incident is declared of what still stands."""
    if candidate.incidents.filter(state__in=OPEN).exists():
        return []
    return [_("All its incidents are settled; put it aside.")]
