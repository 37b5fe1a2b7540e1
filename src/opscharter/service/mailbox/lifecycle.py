"""The life of a message: received, judged once by rule, and where the rule leaves it open, by somebody."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from opscharter.kernel import moment
from opscharter.kernel.access.actor import Actor
from opscharter.kernel.records.lifecycle import Lifecycle, Move
from opscharter.service.mailbox import guards, opening
from opscharter.service.mailbox.words import Outcome, Why

Inputs = Mapping[str, Any]


def mark_handled(message: Any, actor: Actor, inputs: Inputs) -> None:
    """Note how long it lay before it had an outcome."""
    if message.handled_at is None:
        message.handled_at = moment.now()
        message.handle_seconds = _since(message)


def mark_decided(message: Any, actor: Actor, inputs: Inputs) -> None:
    """Note when somebody decided."""
    message.decided_at = moment.now()
    message.decide_seconds = _since(message)


def _since(message: Any) -> int:
    return max(0, int((moment.now() - message.received_at).total_seconds()))


def mark_discarded(message: Any, actor: Actor, inputs: Inputs) -> None:
    """Note that somebody refused it, and why."""
    message.why, message.detail = Why.DISCARDED, inputs["reason"][:500]


def examine_again(message: Any, actor: Actor, inputs: Inputs) -> None:
    """Let the rules judge it once more, as they and the contacts are now."""
    from opscharter.service.mailbox.intake import process_mail

    process_mail.enqueue(message.pk)


def _by_rule(name: str, target: Outcome) -> Move:
    return Move(name, Outcome.RECEIVED, target, target.label, automatic=True, prepare=[mark_handled])


MESSAGE = Lifecycle(
    Outcome,
    start=Outcome.RECEIVED,
    moves=[
        _by_rule("take-in", Outcome.TAKEN_IN),
        _by_rule("quarantine", Outcome.QUARANTINED),
        _by_rule("silence", Outcome.SILENCED),
        _by_rule("refuse", Outcome.REFUSED),
        _by_rule("set-aside", Outcome.COPY),
        Move("accept", [Outcome.QUARANTINED, Outcome.SILENCED, Outcome.REFUSED], Outcome.TAKEN_IN,
             _("Make a ticket of it"), primary=True, inputs=["customer", "contact", "service", "join", "make_contact"],
             required=["customer"], guards=[guards.readable, guards.sender_placed],
             prepare=[mark_decided, opening.accept]),
        Move("discard", Outcome.QUARANTINED, Outcome.REFUSED, _("Do not take it in"), needs_reason=True,
             prepare=[mark_decided, mark_discarded]),
        Move("examine-again", [Outcome.QUARANTINED, Outcome.SILENCED], Outcome.RECEIVED, _("Examine again"), rare=True,
             guards=[guards.readable], effects=[examine_again]),
    ],
    final=[Outcome.TAKEN_IN, Outcome.SILENCED, Outcome.REFUSED, Outcome.COPY],
)  # fmt: skip
