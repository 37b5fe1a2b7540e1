"""Telling open pages that something has changed: not what, only that. They ask for the rest as whom they are."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.core import signing
from django.db.models import F
from django.utils import timezone

from opscharter.kernel.live.models import LiveChannel

SALT = "opscharter.live"
LIFETIME = dt.timedelta(hours=12)
"""How long a page may follow its channels without being loaded again: as long as a session lasts."""
RECENT = dt.timedelta(seconds=60)
"""What was touched within this time is looked at again and again: a transaction may have committed late."""


def channel_of(record: Any) -> str:
    """Return the name of a record's own channel."""
    return f"{record._meta.label_lower}:{record.pk}"


def touch(*names: str) -> None:
    """Let channels go up in the caller's transaction; pages hear of it when it has been committed."""
    now = timezone.now()  # the real one: a history that is replayed happens to pages now
    for name in names:
        changed = {"seq": F("seq") + 1, "touched_at": now}
        if not LiveChannel.objects.filter(name=name).update(**changed):
            LiveChannel.objects.get_or_create(name=name, defaults={"touched_at": now})
            LiveChannel.objects.filter(name=name).update(**changed)


def numbers_of(names: Iterable[str]) -> dict[str, int]:
    """Return where channels stand; one that was never touched stands at 0."""
    wanted = list(names)
    found = dict(LiveChannel.objects.filter(name__in=wanted).values_list("name", "seq"))
    return {name: found.get(name, 0) for name in wanted}


def recently_touched() -> Mapping[str, int]:
    """Return where every channel stands that was touched within a minute."""
    rows = LiveChannel.objects.filter(touched_at__gte=timezone.now() - RECENT)
    return dict(rows.values_list("name", "seq"))


@dataclass(frozen=True)
class Pass:
    """Leave of one page to follow some channels, as whom; it is signed into the page and opens nothing else.

    What a person does is told at the first channel; at the others they are merely there. An outsider's page is
    `quiet`: it learns who writes to it, not who looks on.
    """

    channels: tuple[str, ...]
    person: str = ""
    label: str = ""
    quiet: bool = False

    def sign(self) -> str:
        """Return the pass as the page carries it."""
        return signing.dumps([list(self.channels), self.person, self.label, self.quiet], salt=SALT, compress=True)


def read_pass(text: str) -> Pass | None:
    """Return the pass that a page shows; None when it was altered or is too old."""
    try:
        channels, person, label, quiet = signing.loads(text, salt=SALT, max_age=LIFETIME)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return Pass(tuple(channels), person, label, quiet)
