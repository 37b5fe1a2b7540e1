"""Noticing that several customers or services are hit at once: one candidate for a major incident, never two."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import IntegrityError
from django.db.models import Q
from django.utils.translation import gettext as _

from opscharter.kernel import moment
from opscharter.kernel.access.actor import system_actor
from opscharter.kernel.approvals.directory import directory
from opscharter.kernel.controls.decisions import settings_at
from opscharter.kernel.controls.registry import CHECKS
from opscharter.kernel.notices.sending import send
from opscharter.kernel.resources.links import record_url
from opscharter.service.alerts import notices
from opscharter.service.alerts.lifecycle import CandidateState
from opscharter.service.alerts.models import AlertGroup, MajorCandidate
from opscharter.service.tickets.lifecycle import OPEN
from opscharter.service.tickets.models import Incident

CONTROL = "incident.major-candidates-decided"


def consider() -> MajorCandidate | None:
    """Raise a candidate when more customers or services are hit than usual, or add to the one that stands."""
    parameters = settings_at([CHECKS[CONTROL]])[CONTROL].parameters
    since = moment.now() - dt.timedelta(minutes=parameters["within_minutes"])
    rows = AlertGroup.objects.filter(fired_at__gte=since, incident__state__in=OPEN, incident__parent__isnull=True)
    hit = list(rows.select_related("incident").order_by("pk"))
    customers = {group.customer_id for group in hit}
    services = {group.service_id for group in hit if group.service_id is not None}
    if len(customers) <= parameters["customers"] and len(services) <= parameters["services"]:
        return None
    incidents = {group.incident.pk: group.incident for group in hit if group.incident is not None}
    counts = (len(customers), len(services))
    return _add(incidents, counts, since) or _raise(incidents, counts, since)


def _add(incidents: dict[int, Incident], counts: tuple[int, int], since: dt.datetime) -> MajorCandidate | None:
    """Add incidents to the candidate of this storm, if there is one."""
    storm = Q(state=CandidateState.OPEN) | Q(raised_at__gte=since)
    candidate = MajorCandidate.objects.current().filter(storm).order_by("-pk").first()
    if candidate is None:
        return None
    known = set(candidate.incidents.values_list("pk", flat=True))
    if set(incidents) - known:
        candidate.customer_count = max(candidate.customer_count, counts[0])
        candidate.service_count = max(candidate.service_count, counts[1])
        candidate.title = _title(candidate.customer_count, candidate.service_count)
        links: dict[str, Any] = {"incidents": list(Incident.objects.filter(pk__in=known | set(incidents)))}
        candidate.save_as(system_actor(), links=links)
    return candidate


def _title(customers: int, services: int) -> str:
    return _("%(customers)s customers and %(services)s services hit at once") % {
        "customers": customers, "services": services,
    }  # fmt: skip


def _raise(incidents: dict[int, Incident], counts: tuple[int, int], since: dt.datetime) -> MajorCandidate | None:
    candidate = MajorCandidate(
        title=_title(*counts), customer_count=counts[0], service_count=counts[1], raised_at=moment.now(),
        open_key="open",
    )  # fmt: skip
    try:
        candidate.save_as(system_actor(), links={"incidents": list(incidents.values())})
    except IntegrityError:  # another worker has raised it in this moment
        return _add(incidents, counts, since)
    users = [directory().user_of(pk) for pk in directory().in_role("service-manager", candidate)]
    data = {"customers": counts[0], "services": counts[1], "incidents": len(incidents)}
    told = [user for user in users if user is not None]
    send(notices.CANDIDATE, told, key=candidate.number, record=candidate, url=record_url(candidate), data=data)
    return candidate
