"""The customer's word on a window, bound to the hash of what was shown when it was given."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from opscharter.kernel.access.actor import Actor
from opscharter.kernel.errors import Reason, Refused
from opscharter.service.changes.effects import customer_hash
from opscharter.service.changes.guards import window_agreed
from opscharter.service.changes.models import Change

ANSWERS = ("agree", "decline")


@transaction.atomic
def answer(change: Change, actor: Actor, move: str, seen: str, reason: str = "") -> Change:
    """Agree to the window, or decline it; refused when anything shown has been altered since it was looked at."""
    held = Change.objects.select_for_update().get(pk=change.pk)
    refuse_unseen(held, seen)
    return held.move(move, actor, reason=reason)


def refuse_unseen(change: Change, seen: str) -> None:
    """Raise Refused when what is stored is not what was seen."""
    if seen != customer_hash(change):
        text = _("The change has been altered since you looked at it; look again before you answer.")
        raise Refused([Reason(text, window_agreed.id, str(window_agreed.clause))])


def standing_of(change: Any) -> str:
    """Return how the customer's approval stands: `unasked`, `waiting`, `agreed`, `declined` or `outdated`."""
    if not change.customer_must_agree:
        return "unasked"
    if not change.customer_answer:
        return "waiting"
    return str(change.customer_answer) if change.answered_hash == customer_hash(change) else "outdated"
