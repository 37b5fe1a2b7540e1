"""What an agent has typed about a call and not yet recorded."""

from __future__ import annotations

from typing import Any

from django.db import models

from opscharter.kernel import moment
from opscharter.service.hotline.models.call import PhoneCall


class CallDraft(models.Model):
    """The words typed while talking, kept as one types: for after a reload, or the colleague who goes on."""

    call = models.OneToOneField(PhoneCall, models.CASCADE, related_name="draft")
    values = models.JSONField(default=dict)
    kept_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"draft of {self.call_id}"


def keep(call: PhoneCall, values: dict[str, Any]) -> None:
    """Keep what is typed about a call."""
    CallDraft.objects.update_or_create(call=call, defaults={"values": values, "kept_at": moment.now()})


def typed(call: PhoneCall) -> dict[str, Any]:
    """Return what was typed about a call and not yet recorded."""
    kept = CallDraft.objects.filter(call=call).first()
    return kept.values if kept else {}


def forget(call: PhoneCall) -> None:
    """Forget what was typed: it is on record now."""
    CallDraft.objects.filter(call=call).delete()
