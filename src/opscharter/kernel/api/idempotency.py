"""Requests that may come twice: the second finds the record that the first created."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from opscharter.kernel import moment
from opscharter.kernel.access.actor import Actor
from opscharter.kernel.api.errors import KeyReused
from opscharter.kernel.api.models import IdempotencyKey
from opscharter.kernel.errors import Refused

KEPT = dt.timedelta(hours=24)


def create_once(actor: Actor, record_type: str, key: str, body: Any, create: Callable[[], Any]) -> tuple[int, bool]:
    """Create a record, or find the one that this key created within the last day; returns its id and whether it is new.

    Of two requests at the same time the second waits for the first. Raises KeyReused when the key came with another
    body before. A request that failed leaves its key free.
    """
    digest = hashlib.sha256(json.dumps(body, sort_keys=True, default=str).encode()).hexdigest()
    now = moment.now()
    with transaction.atomic():
        IdempotencyKey.objects.filter(created_at__lt=now - KEPT).delete()
        found, fresh = IdempotencyKey.objects.get_or_create(
            user_id=actor.user_id, key=key,
            defaults={"record_type": record_type, "record_id": 0, "body_hash": digest, "created_at": now},
        )  # fmt: skip
        if not fresh:
            if (found.body_hash, found.record_type) != (digest, record_type):
                raise KeyReused(_("This key was used for another request."))
            return found.record_id, False
        try:
            found.record_id = create().pk
        except Refused as refusal:
            # The refusal has been written into the guard log: only the key is taken back, not the log.
            found.delete()
            refused = refusal
        else:
            found.save(update_fields=["record_id"])
            return found.record_id, True
    raise refused
