"""The checks of §3.1–§3.3: every ticket is measured, imported ones as they are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from opscharter.kernel import moment
from opscharter.kernel.clocks.models import Clock
from opscharter.kernel.controls.registry import Measure, Parameter, check
from opscharter.service.tickets.lifecycle import State
from opscharter.service.tickets.models import Incident, ServiceRequest

Parameters = Mapping[str, Any]
MINUTES = _("working minutes")
DONE = (State.RESOLVED, State.CLOSED)


def _tickets() -> list[QuerySet[Any]]:
    return [model.objects.current().exclude(state=State.CANCELLED) for model in (Incident, ServiceRequest)]


def _overdue(model: Any, kind: str) -> Q:
    """Return the condition on tickets whose clock of a kind still runs past its time."""
    late = Clock.objects.filter(
        record_type=model._meta.label_lower,
        kind=kind,
        state=Clock.State.RUNNING,
        due_at__lt=moment.now(),
    )
    return Q(closed_at__isnull=True, pk__in=late.values("record_id"))


def _by_priority(field: str, minutes: Mapping[int, float]) -> Q:
    """Return the condition on tickets that took longer than their priority allows."""
    condition = Q()
    for priority, limit in minutes.items():
        condition |= Q(priority=priority) & Q(**{f"{field}__gt": limit * 60})
    return condition


@check("request.channel-recorded", clause="3.1.1", owner="hotline", label=_("The channel of every request is known"))
def channel_recorded(parameters: Parameters) -> list[Measure]:
    """Every ticket says by which channel it came in."""
    reason = _("no channel recorded")
    return [Measure(rows, Q(channel=""), "opened_at", reason) for rows in _tickets()]


@check(
    "request.assigned-in-time", clause="3.1.2", owner="service-manager", target=95,
    label=_("Requests are assigned in time"),
    parameters={"p1": Parameter(15, MINUTES, "P1"), "others": Parameter(60, MINUTES, "P2–P4")},
)  # fmt: skip
def assigned_in_time(parameters: Parameters) -> list[Measure]:
    """Tickets that were assigned, or should have been by now; exceptions took longer than their priority allows."""
    limits = {1: parameters["p1"], 2: parameters["others"], 3: parameters["others"], 4: parameters["others"]}
    measures = []
    for rows in _tickets():
        waiting = Q(assign_seconds__isnull=True) & _overdue(rows.model, "assign")
        measured = rows.filter(Q(assign_seconds__isnull=False) | waiting)
        reason = _("assigned too late, or not yet")
        measures.append(Measure(measured, _by_priority("assign_seconds", limits) | waiting, "opened_at", reason))
    return measures


@check(
    "request.assessed-in-time", clause="3.2.1", owner="service-manager", target=95,
    label=_("Requests are assessed in time"),
    parameters={
        "p1": Parameter(30, MINUTES, "P1"), "p2": Parameter(60, MINUTES, "P2"),
        "p3": Parameter(240, MINUTES, "P3"), "p4": Parameter(480, MINUTES, "P4"),
    },
)  # fmt: skip
def assessed_in_time(parameters: Parameters) -> list[Measure]:
    """Tickets worked on; exceptions were assessed too late, or were resolved without any assessment."""
    limits = {number: parameters[f"p{number}"] for number in (1, 2, 3, 4)}
    measures = []
    for rows in _tickets():
        never = Q(assessed_at__isnull=True, state__in=DONE)
        waiting = Q(assess_seconds__isnull=True, assessed_at__isnull=True) & _overdue(rows.model, "assess")
        measured = rows.filter(Q(assess_seconds__isnull=False) | never | waiting)
        exception = _by_priority("assess_seconds", limits) | never | waiting
        measures.append(Measure(measured, exception, "opened_at", _("assessed too late, or not at all")))
    return measures


@check("request.planned", clause="3.2.2", owner="service-manager", target=95, label=_("Urgent cases followed a plan"))
def planned(parameters: Parameters) -> list[Measure]:
    """Resolved P1 and P2 tickets; exceptions have no handling plan on record."""
    reason = _("no handling plan on record")
    return [
        Measure(rows.filter(priority__lte=2, resolved_at__isnull=False), Q(plan=""), "resolved_at", reason)
        for rows in _tickets()
    ]


@check(
    "incident.emergency-started", clause="3.3.1", owner="service-manager",
    label=_("The emergency plan starts at once"), parameters={"minutes": Parameter(10, _("minutes"))},
)  # fmt: skip
def emergency_started(parameters: Parameters) -> Measure:
    """Critical incidents; exceptions began their emergency plan too late, or never."""
    rows = Incident.objects.current().exclude(state=State.CANCELLED).filter(priority=1)
    late = Q(emergency_seconds__gt=parameters["minutes"] * 60) | Q(emergency_at__isnull=True)
    return Measure(rows, late, "opened_at", _("emergency plan begun too late, or never"))


@check(
    "incident.customer-informed", clause="3.3.2", owner="service-manager", target=95,
    label=_("The customer is kept informed"),
)  # fmt: skip
def customer_informed(parameters: Parameters) -> Measure:
    """Urgent incidents; exceptions let at least one promised word to the customer come late."""
    rows = Incident.objects.current().exclude(state=State.CANCELLED).filter(priority__lte=2)
    exception = Q(late_updates__gt=0) | (Q(resolved_at__isnull=True) & _overdue(Incident, "update"))
    return Measure(rows, exception, "opened_at", _("a word to the customer came late"))


@check(
    "incident.cause-recorded", clause="3.3.2", owner="engineer", target=98, label=_("Cause and repair are on record")
)
def cause_recorded(parameters: Parameters) -> Measure:
    """Incidents resolved or closed; exceptions do not say the cause or the repair."""
    rows = Incident.objects.current().filter(state__in=DONE)
    return Measure(rows, Q(cause="") | Q(fix=""), "resolved_at", _("cause or repair missing"))


@check("incident.tested", clause="3.3.3", owner="service-manager", target=98, label=_("Repairs were fully tested"))
def tested(parameters: Parameters) -> Measure:
    """Incidents resolved or closed; exceptions have no complete test on record."""
    rows = Incident.objects.current().filter(state__in=DONE)
    return Measure(rows, Q(tested_at__isnull=True), "resolved_at", _("no complete test on record"))


@check(
    "incident.stays-solved", clause="3.3.3", owner="quality-supervisor", target=95, label=_("Repairs hold"),
)  # fmt: skip
def stays_solved(parameters: Parameters) -> Measure:
    """Closed incidents; exceptions had to be reopened."""
    rows = Incident.objects.current().filter(state=State.CLOSED, closed_at__gte=F("opened_at"))
    return Measure(rows, Q(reopen_count__gt=0), "closed_at", _("reopened"))
