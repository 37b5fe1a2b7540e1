"""Who is there: people who have the same record open see each other."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from opscharter.kernel.access.actor import Actor
from opscharter.kernel.live.channels import Pass, channel_of, touch
from opscharter.kernel.live.models import Presence

BEAT = dt.timedelta(seconds=20)
"""So often a page says that it is still open; the same number is in live.js."""
GONE = dt.timedelta(seconds=50)
"""Who was not heard of for so long is gone."""
FORGOTTEN = dt.timedelta(days=1)


class Doing(models.TextChoices):
    """What somebody does on a page."""

    VIEWS = "views", _("is looking")
    WRITES = "writes", _("is writing")
    EDITS = "edits", _("is editing")


@dataclass(frozen=True)
class Somebody:
    """One who is there."""

    person: str
    label: str
    doing: str

    def told(self) -> dict[str, str]:
        """Return who it is and what they do, in the reader's words."""
        return {"who": self.label, "doing": self.doing, "told": str(Doing(self.doing).label)}


def pass_for(record: Any, actor: Actor) -> Pass:
    """Return the pass of a record's page for somebody who works here."""
    return Pass((channel_of(record),), f"u{actor.user_id}", (actor.label or str(actor.user))[:160])


@transaction.atomic
def be_here(channel: str, person: str, label: str, doing: str, page: str = "") -> bool:
    """Note that somebody is there by a page of theirs; says whether that was news, which the others hear of."""
    now = timezone.now()
    known = Presence.objects.filter(channel=channel, person=person).first()
    if known is None:
        Presence.objects.filter(channel=channel, seen_at__lt=now - FORGOTTEN).delete()
        Presence.objects.bulk_create(
            [Presence(channel=channel, person=person, label=label, page=page, doing=doing, seen_at=now)],
            ignore_conflicts=True,
        )
        news = True
    else:
        news = known.doing != doing or known.seen_at < now - GONE
        if news or known.page != page or known.seen_at < now - BEAT / 4:
            Presence.objects.filter(pk=known.pk).update(doing=doing, label=label, page=page, seen_at=now)
    if news:
        touch(channel)
    return news


@transaction.atomic
def leave(channel: str, person: str, page: str = "") -> None:
    """Note that somebody has closed a page; who has opened the next one meanwhile stays: word of it may come first."""
    if Presence.objects.filter(channel=channel, person=person, page=page).delete()[0]:
        touch(channel)


def who_is_at(channel: str, but: str = "") -> list[Somebody]:
    """Return who is there, those who write or edit first."""
    rows = Presence.objects.filter(channel=channel, seen_at__gte=timezone.now() - GONE).exclude(person=but)
    found = [Somebody(*row) for row in rows.order_by("label").values_list("person", "label", "doing")]
    return sorted(found, key=lambda each: each.doing == Doing.VIEWS)
