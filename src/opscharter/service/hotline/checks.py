"""The check of §3.1.1 over every call: none is left without an outcome."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from opscharter.kernel import moment
from opscharter.kernel.controls.registry import Measure, Parameter, check
from opscharter.service.hotline.lifecycle import State
from opscharter.service.hotline.models import PhoneCall


@check(
    "call.closed-in-time", clause="3.1.1", owner="hotline", target=95,
    label=_("Every call is closed with its outcome"), parameters={"minutes": Parameter(30, _("minutes"))},
)  # fmt: skip
def closed_in_time(parameters: Mapping[str, Any]) -> Measure:
    """Calls closed, or hung up so long ago that they should be; exceptions took longer or still stand open."""
    patience = dt.timedelta(minutes=float(parameters["minutes"]))
    left = ~Q(state=State.CLOSED) & Q(ended_at__lt=moment.now() - patience)
    rows = PhoneCall.objects.current().filter(Q(state=State.CLOSED) | left)
    late = left | Q(state=State.CLOSED, closed_at__gt=F("ended_at") + patience)
    return Measure(rows, late, "started_at", _("closed too late, or not yet"))
