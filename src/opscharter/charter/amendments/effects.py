"""Editions that were published for a later day take effect on that day."""

from __future__ import annotations

from opscharter.charter.models import Edition
from opscharter.kernel import moment
from opscharter.kernel.access.actor import system_actor
from opscharter.kernel.jobs.queue import job


@job()
def take_due_editions() -> int:
    """Put every published edition whose day has come into force, the earliest first; returns how many."""
    due = Edition.objects.filter(state=Edition.State.PUBLISHED, effective_on__lte=moment.today())
    editions = list(due.order_by("effective_on", "pk"))
    for edition in editions:
        edition.move("take-effect", system_actor())
    return len(editions)
