"""The guards of live chat: somebody answers by name, and nothing that was asked is lost when it ends."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from opscharter.kernel.access.actor import Actor
from opscharter.kernel.controls.registry import Text, guard


@guard("chat.answered-by-name", clause="3.1.1", owner="hotline", label=_("Somebody of the house answers by name"))
def answered_by_name(chat: Any, actor: Actor) -> Text | None:
    """A chat is taken by an employee, who is responsible for it until it is passed on."""
    return None if actor.person_id is not None else _("Only somebody who works here can answer a chat.")


@guard(
    "chat.settled", clause="3.1.2", owner="hotline", label=_("What was asked has become a ticket, or needs none"),
    fields=("outcome",),
)  # fmt: skip
def settled(chat: Any, actor: Actor) -> Text | None:
    """A chat ends as a request or an incident, or with why none is needed."""
    if not chat.outcome:
        return _("Say what became of it: a ticket, or why none is needed.")
    if chat.outcome == "ticket" and chat.ticket is None:
        return _("Make the ticket first, or join one that is there.")
    return None
