"""Letting go of deliveries whose time is over. This is the only place that deletes any, and the trail tells of it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from opscharter.kernel import moment
from opscharter.kernel.access.actor import system_actor
from opscharter.kernel.audit.trail import write_entry
from opscharter.kernel.jobs.queue import job
from opscharter.kernel.web.history import WORDS
from opscharter.service.alerts.models import AlertSource, Delivery, Occurrence

BATCH = 1000
MOST_BATCHES = 200
"""So much in one night; what is left goes the next."""
SETTLED = (Delivery.State.DONE, Delivery.State.REFUSED)
WORDS["prune"] = _("let old deliveries go")


def over(source: AlertSource) -> Any:
    """Return a source's settled deliveries whose time is over and on which no incident or standing alert rests."""
    if source.keep_days is None:
        return Delivery.objects.none()
    until = moment.now() - dt.timedelta(days=source.keep_days)
    resting = Occurrence.objects.filter(Q(incident__isnull=False) | Q(ended_at__isnull=True))
    rows = Delivery.objects.filter(source=source, state__in=SETTLED, received_at__lt=until)
    for end in ("first_delivery", "last_delivery"):
        rows = rows.exclude(Exists(resting.filter(**{end: OuterRef("pk")})))
    return rows.order_by("pk")


def prune(source: AlertSource) -> int:
    """Delete what is over of one source, in batches of a transaction each; returns how many deliveries went.

    Occurrences without an incident stay, with their times and numbers, but without the bytes that told of them.
    """
    gone = 0
    for _batch in range(MOST_BATCHES):
        with transaction.atomic():
            ids = list(
                over(source).select_for_update(of=("self",), skip_locked=True).values_list("pk", flat=True)[:BATCH]
            )
            if not ids:
                break
            for end in ("first_delivery", "last_delivery"):
                Occurrence.objects.filter(**{f"{end}__in": ids}).update(**{end: None})
            Delivery.objects.filter(pk__in=ids).delete()
            changes = {"deliveries": [None, len(ids)], "first": [None, ids[0]], "last": [None, ids[-1]]}
            write_entry(system_actor(), "prune", record=source, changes=changes, note=f"{source.keep_days} days")
            gone += len(ids)
    return gone


@job()
def prune_deliveries() -> dict[str, int]:
    """Prune every source; returns how many deliveries went, by the source's name in the address."""
    gone = {source.code: prune(source) for source in AlertSource.objects.order_by("pk")}
    return {code: count for code, count in gone.items() if count}
