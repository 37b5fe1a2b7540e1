"""The guards of a call (§3.1.1, §3.1.2): it ends with an outcome, and what was asked is on record."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from opscharter.kernel.access.actor import Actor
from opscharter.kernel.controls.registry import Text, guard
from opscharter.service.hotline.outcomes import ABOUT_SOMETHING, WITH_TICKET, Outcome


@guard(
    "call.outcome-recorded", clause="3.1.1", owner="hotline", label=_("The outcome of the call is recorded"),
    fields=("outcome",),
)  # fmt: skip
def outcome_recorded(call: Any, actor: Actor) -> list[Text]:
    """No call ends without saying what became of it."""
    return [] if call.outcome else [_("Say what became of the call.")]


@guard(
    "call.content-recorded", clause="3.1.2", owner="hotline", label=_("What was asked, and by whom, is on record"),
    fields=("outcome", "note"),
)  # fmt: skip
def content_recorded(call: Any, actor: Actor) -> list[Text]:
    """A call about something leaves a ticket or a written answer, and says who called or that nobody knows."""
    missing: list[Text] = []
    if call.outcome in WITH_TICKET and call.ticket is None:
        missing.append(_("Record the request or incident, or add the call to a ticket."))
    if call.outcome == Outcome.ANSWERED and not call.note.strip():
        missing.append(_("Write down what was asked and what was answered."))
    if call.outcome in ABOUT_SOMETHING and not call.caller_told:
        missing.append(_("Say who calls, or keep the caller as unknown."))
    return missing


@guard("call.has-ticket", clause="3.1.2", owner="hotline", label=_("The matter is recorded as a ticket"))
def has_ticket(call: Any, actor: Actor) -> list[Text]:
    """Who is called on duty must find what it is about."""
    return [] if call.ticket is not None else [_("Record the matter first: on-call is called for a ticket.")]
