"""The checks of §3.1.1 on mail: no message is lost, and none lies waiting for somebody's decision."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from opscharter.kernel import moment
from opscharter.kernel.controls.registry import Measure, Parameter, check
from opscharter.service.mailbox.models import MailMessage
from opscharter.service.mailbox.words import Outcome

Parameters = Mapping[str, Any]


@check(
    "mail.has-outcome", clause="3.1.1", owner="hotline", label=_("No message is lost: each has an outcome in minutes"),
    parameters={"minutes": Parameter(10, _("minutes"))},
)  # fmt: skip
def has_outcome(parameters: Parameters) -> Measure:
    """Every message kept; exceptions had no outcome after so many minutes."""
    limit = parameters["minutes"] * 60
    waiting = Q(handle_seconds__isnull=True, received_at__lt=moment.now() - dt.timedelta(seconds=limit))
    late = waiting | Q(handle_seconds__gt=limit)
    return Measure(MailMessage.objects.current(), late, "received_at", _("no outcome in time"))


@check(
    "mail.decided-in-time", clause="3.1.2", owner="hotline", target=95,
    label=_("Messages of unknown senders are decided on"), parameters={"hours": Parameter(24, _("hours"))},
)  # fmt: skip
def decided_in_time(parameters: Parameters) -> Measure:
    """Quarantined messages; exceptions were decided on too late, or not yet."""
    limit = parameters["hours"] * 3600
    waits = Q(state=Outcome.QUARANTINED)
    rows = MailMessage.objects.current().filter(waits | Q(decided_at__isnull=False))
    overdue = waits & Q(received_at__lt=moment.now() - dt.timedelta(seconds=limit))
    late = overdue | (Q(decide_seconds__gt=limit) & ~waits)
    return Measure(rows, late, "received_at", _("waited too long for a decision"))
