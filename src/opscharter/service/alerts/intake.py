"""Taking deliveries in: the token, the bytes kept, one job called for; everything else is the worker's."""

from __future__ import annotations

import hmac
import logging
import secrets
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from opscharter.kernel import moment
from opscharter.kernel.access.actor import Actor
from opscharter.kernel.api.tokens import digest
from opscharter.kernel.audit.trail import write_entry
from opscharter.kernel.errors import NotPermitted
from opscharter.kernel.records.writing import permitted
from opscharter.service.alerts import shapes
from opscharter.service.alerts.models import AlertDoor, AlertSource, Delivery
from opscharter.service.alerts.processing import process_alerts
from opscharter.service.alerts.shapes import Malformed, Reading

logger = logging.getLogger(__name__)

PREFIX = "oca_"
MOST_BYTES = 1024 * 1024
"""A delivery may be so long; of a longer one the beginning is kept."""
ACCEPTED, MALFORMED, UNKNOWN, OFF, TOO_LONG = 202, 400, 401, 403, 413


@dataclass(frozen=True)
class Answer:
    """What a delivery is answered: a status, and the reason where it was not taken in."""

    status: int
    reason: str = ""
    delivery: int | None = None


def issue_token(source: AlertSource, actor: Actor) -> str:
    """Give a source a new token and return it this once; the one before opens nothing any more."""
    if not permitted(source, actor, "edit"):
        raise NotPermitted("edit", "service.alertsource")
    plain = PREFIX + secrets.token_urlsafe(32)
    with transaction.atomic():
        door = AlertDoor.objects.select_for_update().get(source=source)
        door.token_hash, door.token_prefix, door.issued_at = digest(plain), plain[:8], moment.now()
        door.save(update_fields=["token_hash", "token_prefix", "issued_at"])
        write_entry(actor, "token:issue", record=source, changes={"token": [None, door.token_prefix]})
    return plain


def accept(code: str, token: str, body: bytes, *, address: str = "", agent: str = "") -> Answer:
    """Take a delivery in. Whoever has no token of the source learns nothing, and nothing of theirs is kept."""
    door = AlertDoor.objects.select_related("source").filter(source__code=code, source__archived_at=None).first()
    known = door is not None and bool(door.token_hash) and hmac.compare_digest(door.token_hash, digest(token))
    if door is None or not known:
        return Answer(UNKNOWN, _("There is no such source, or the token is not its own."))
    status, reason, reading = _judge(door.source, body)
    with transaction.atomic():
        if status == ACCEPTED:
            # Who delivers to one source takes turns from here to the commit: the numbers of deliveries are in the
            # order in which the worker sees them, and it cannot miss one between two looks.
            door = AlertDoor.objects.select_for_update(no_key=True).get(pk=door.pk)
        delivery = Delivery.objects.create(
            source_id=door.source_id, received_at=moment.now(), address=address[:64], agent=agent[:200],
            body=body[:MOST_BYTES], size=len(body), status=status, reason=reason[:300],
            state=Delivery.State.WAITING if status == ACCEPTED else Delivery.State.REFUSED,
            alerts=len(reading.signals), truncated=reading.truncated,
        )  # fmt: skip
        if status == ACCEPTED and not door.queued:
            AlertDoor.objects.filter(pk=door.pk).update(queued=True)
            process_alerts.enqueue(door.source_id)
    return Answer(status, reason, delivery.pk)


def _judge(source: AlertSource, body: bytes) -> tuple[int, str, Reading]:
    """Say whether a delivery is taken in; one that only we cannot read is, and people look at it."""
    if len(body) > MOST_BYTES:
        return TOO_LONG, _("The body is longer than %(most)s bytes.") % {"most": MOST_BYTES}, Reading()
    try:
        reading = shapes.read(source.kind, body)
    except Malformed as error:
        return MALFORMED, str(error), Reading()
    except Exception:
        logger.exception("a delivery of %s cannot be read", source.code)
        reading = Reading()
    if not source.active:
        return OFF, _("This source is not in use."), reading
    return ACCEPTED, "", reading


def try_again(delivery: Delivery, actor: Actor) -> None:
    """Let the worker process a delivery again that it could not; what it has done already is not done twice."""
    if not permitted(delivery.source, actor, "edit"):
        raise NotPermitted("edit", "service.alertsource")
    with transaction.atomic():
        changes = {"state": [delivery.state, Delivery.State.WAITING]}
        failed = Delivery.objects.filter(pk=delivery.pk, state=Delivery.State.FAILED)
        if failed.update(state=Delivery.State.WAITING, reason="", processed_at=None):
            write_entry(actor, "delivery:retry", record=delivery.source, changes=changes, note=str(delivery.pk))
            process_alerts.enqueue(delivery.source_id)
