"""The life of an exception: asked for, in force once another has approved, and over by itself."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from opscharter.charter.waivers import guards
from opscharter.kernel import moment
from opscharter.kernel.access.actor import Actor
from opscharter.kernel.controls.decisions import end_exceptions, grant_exception, settings_at
from opscharter.kernel.controls.registry import GUARDS
from opscharter.kernel.records.lifecycle import Lifecycle, Move


class State(models.TextChoices):
    REQUESTED = "REQUESTED", _("requested")
    IN_FORCE = "IN_FORCE", _("in force")
    EXPIRED = "EXPIRED", _("expired")
    ENDED = "ENDED", _("ended early")
    REFUSED = "REFUSED", _("refused")


def note_decision(waiver: Any, actor: Actor, inputs: Mapping[str, Any]) -> None:
    """Keep who decided, and when."""
    waiver.approved_by_id, waiver.decided_at = actor.user_id, moment.now()


def note_end(waiver: Any, actor: Actor, inputs: Mapping[str, Any]) -> None:
    """Keep when the clause binds again."""
    waiver.ended_at = moment.now()


def let_pass(waiver: Any, actor: Actor, inputs: Mapping[str, Any]) -> None:
    """Let the record pass its guard until the exception ends."""
    if waiver.record is not None:
        days = settings_at([guards.bounded])[guards.bounded.id].parameters["days"]
        grant_exception(
            waiver.record, GUARDS[waiver.control], actor,
            reason=f"{waiver.number}: {waiver.reason}", expires_at=waiver.expires_at, longest=dt.timedelta(days=days),
        )  # fmt: skip


def hold_again(waiver: Any, actor: Actor, inputs: Mapping[str, Any]) -> None:
    """Let the guard refuse the record again."""
    if waiver.record is not None:
        end_exceptions(waiver.record, GUARDS[waiver.control], actor, reason=f"{waiver.number} {inputs['reason']}")


LIFECYCLE = Lifecycle(
    State,
    start=State.REQUESTED,
    moves=[
        Move("approve", State.REQUESTED, State.IN_FORCE, _("Approve"), primary=True,
             guards=[guards.bounded, guards.approved_by_another], prepare=[note_decision], effects=[let_pass]),
        Move("refuse", State.REQUESTED, State.REFUSED, _("Refuse"), needs_reason=True,
             prepare=[note_decision, note_end]),
        Move("end", State.IN_FORCE, State.ENDED, _("End it now"), needs_reason=True, prepare=[note_end],
             effects=[hold_again]),
        Move("expire", State.IN_FORCE, State.EXPIRED, _("Expire"), automatic=True, prepare=[note_end]),
    ],
    final=[State.EXPIRED, State.ENDED, State.REFUSED],
)  # fmt: skip
