"""The checks of alerts: nothing lies about, nothing fires without an incident, storms are decided upon."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from opscharter.kernel import moment
from opscharter.kernel.controls.registry import Measure, Parameter, check
from opscharter.service.alerts.lifecycle import CandidateState
from opscharter.service.alerts.models import Alert, Delivery, MajorCandidate

Parameters = Mapping[str, Any]
MINUTES = _("minutes")


@check(
    "service.alerts-processed-in-time", clause="3.1.1", owner="service-manager", target=99,
    label=_("What monitoring delivers is processed in time"), parameters={"minutes": Parameter(5, MINUTES)},
)  # fmt: skip
def processed_in_time(parameters: Parameters) -> Measure:
    """Deliveries taken in; exceptions waited longer than allowed, wait still, or could not be processed."""
    rows = Delivery.objects.exclude(state=Delivery.State.REFUSED)
    seconds = parameters["minutes"] * 60
    allowed = moment.now() - dt.timedelta(seconds=seconds)
    late = Q(wait_seconds__gt=seconds) | Q(state=Delivery.State.FAILED)
    late |= Q(state=Delivery.State.WAITING, received_at__lt=allowed)
    return Measure(rows, late, "received_at", _("processed too late, or not at all"))


@check(
    "service.alerts-have-incidents", clause="2.2.4", owner="engineer", target=98,
    label=_("What fires has an incident"),
)  # fmt: skip
def have_incidents(parameters: Parameters) -> Measure:
    """Alerts that have fired and that no rule calls nobody's business; exceptions never had an incident."""
    rows = Alert.objects.current().filter(ignored=False, last_started_at__isnull=False)
    return Measure(rows, Q(incident__isnull=True), "last_started_at", _("no incident: nobody knows whose it is"))


@check(
    "incident.major-candidates-decided", clause="3.3.1", owner="service-manager", target=90,
    label=_("Whether it is a major incident is decided at once"),
    parameters={
        "customers": Parameter(2, _("customers"), _("raised when more are hit than")),
        "services": Parameter(3, _("services"), _("raised when more are hit than")),
        "within_minutes": Parameter(15, MINUTES, _("counted within")),
        "decide_minutes": Parameter(10, MINUTES, _("decided within")),
    },
)  # fmt: skip
def candidates_decided(parameters: Parameters) -> Measure:
    """Candidates for a major incident; exceptions were decided upon too late, or not yet."""
    seconds = parameters["decide_minutes"] * 60
    waiting = Q(state=CandidateState.OPEN, raised_at__lt=moment.now() - dt.timedelta(seconds=seconds))
    rows = MajorCandidate.objects.current()
    return Measure(rows, Q(decide_seconds__gt=seconds) | waiting, "raised_at", _("decided too late, or not yet"))
