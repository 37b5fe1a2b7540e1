"""The messages of on-call duty."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from opscharter.kernel.access.actor import Actor
from opscharter.kernel.notices.catalogue import notice_type
from opscharter.kernel.notices.sending import send
from opscharter.kernel.resources.links import record_url

PAGE = notice_type(
    "service.on-call-page", label=_("I am called on duty"), clause="2.2.4", urgent=True,
    subject=_("On call: %(number)s P%(priority)s %(title)s"),
    body=_("%(reason)s. Answer within %(minutes)s minutes, or the next person is called."),
)  # fmt: skip
HANDOVER = notice_type(
    "service.handover-offered", label=_("A shift is handed over to me"), clause="1.3.3",
    subject=_("%(who)s hands over: %(roster)s"),
    body=_("%(count)s open matters. Take over, or refuse with the reason."),
)  # fmt: skip
HANDOVER_REFUSED = notice_type(
    "service.handover-refused", label=_("My hand-over was refused"), clause="1.3.3", urgent=True,
    subject=_("%(who)s does not take over: %(roster)s"), body=_("%(reason)s"),
)  # fmt: skip
UNANSWERED = notice_type(
    "service.on-call-unanswered", label=_("Nobody answered a page"), clause="2.2.4", urgent=True,
    subject=_("Nobody answers: %(number)s %(title)s"), body=_("Everybody of the roster “%(roster)s” was called."),
)  # fmt: skip


def _users(*people: Any) -> list[Any]:
    return [person.user for person in people if person is not None and person.user is not None]


def tell_incoming(handover: Any, actor: Actor, inputs: Mapping[str, Any]) -> None:
    """Tell the incoming person, each time it is offered."""
    data = {"who": str(handover.outgoing), "roster": str(handover.roster), "count": len(handover.matters)}
    key = f"{handover.number}:{handover.refusals}"
    send(HANDOVER, _users(handover.incoming), key=key, record=handover, url=record_url(handover), data=data)


def tell_refused(handover: Any, actor: Actor, inputs: Mapping[str, Any]) -> None:
    """Tell the outgoing person and the head of the team that the shift is still theirs."""
    data = {"who": str(handover.incoming), "roster": str(handover.roster), "reason": inputs["reason"]}
    people = _users(handover.outgoing, handover.roster.team.head)
    key = f"{handover.number}:{handover.refusals}"
    send(HANDOVER_REFUSED, people, key=key, record=handover, url=record_url(handover), data=data)
