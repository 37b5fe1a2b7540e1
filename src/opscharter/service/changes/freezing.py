"""A freeze declared after changes were planned: those inside it are flagged, and whoever must act is told."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.utils.translation import gettext as _

from opscharter.kernel import moment
from opscharter.kernel.access.actor import system_actor
from opscharter.kernel.notices.sending import send
from opscharter.kernel.resources.links import record_url
from opscharter.kernel.timeline import entries
from opscharter.kernel.timeline.events import declare_event
from opscharter.kernel.timeline.models import TimelineEntry
from opscharter.service.changes import notices
from opscharter.service.changes.words import PLANNED, Kind

FROZEN = declare_event("frozen", notices.FROZEN_TOLD)


def flag_changes(freeze: Any) -> list[Any]:
    """Flag every planned or approved change inside the freeze and tell requester and engineer; returns them."""
    model: Any = apps.get_model("service.change")
    inside = model.objects.current().filter(
        state__in=PLANNED, window_start__lt=freeze.ends_at, window_end__gt=freeze.starts_at
    )
    if freeze.customer_id is not None:
        inside = inside.filter(customer_id=freeze.customer_id)
    flagged = list(inside.exclude(kind=Kind.EMERGENCY).select_related("requester__user", "engineer__user"))
    for change in flagged:
        change.flagged_at = moment.now()
        change.flag_note = (_("inside the freeze “%(name)s”") % {"name": freeze.name})[:200]
        change.save_as(system_actor(), note=f"freeze {freeze.pk}")
        data = {"number": change.number, "title": change.title, "freeze": freeze.name}
        entries.append(change, system_actor(), TimelineEntry.Kind.EVENT, verb=FROZEN, data=data, clause="3.4.3")
        people = [person.user for person in (change.requester, change.engineer) if person is not None and person.user]
        key = f"{change.number}:{freeze.pk}:{freeze.version}"
        send(notices.FROZEN, people, key=key, record=change, url=record_url(change), data=data)
    return flagged
