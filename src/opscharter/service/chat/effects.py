"""What the steps of a chat bring about: who answers, times, words in the conversation, and what pages are told."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from opscharter.kernel import moment
from opscharter.kernel.access.actor import Actor
from opscharter.kernel.live.channels import channel_of, touch
from opscharter.kernel.notices.sending import send
from opscharter.kernel.resources.links import record_url
from opscharter.service.chat import notices
from opscharter.service.chat.conversation import GREETED, LEFT, OVER, PASSED, post_event

Inputs = Mapping[str, Any]
DESK = "service.chat"
"""The channel of every agent's page."""


def name_agent(chat: Any, actor: Actor, inputs: Inputs) -> None:
    """Note who answers."""
    chat.agent_id = actor.person_id


def forget_agent(chat: Any, actor: Actor, inputs: Inputs) -> None:
    """It waits for somebody else, in its old place."""
    chat.agent = None


def greet(chat: Any, actor: Actor, inputs: Inputs) -> None:
    """Tell the customer who has come."""
    post_event(chat, GREETED, who=str(chat.agent))


def mark_left(chat: Any, actor: Actor, inputs: Inputs) -> None:
    """Note when the customer left."""
    chat.left_at = moment.now()


def mark_over(chat: Any, actor: Actor, inputs: Inputs) -> None:
    """Note the end."""
    chat.ended_at = moment.now()


def mark_filed(chat: Any, actor: Actor, inputs: Inputs) -> None:
    """It has become a ticket; whose it was is known then."""
    chat.outcome = "ticket"


def mark_rated(chat: Any, actor: Actor, inputs: Inputs) -> None:
    """Note when the customer rated it."""
    chat.rated_at = moment.now()


def say_left(chat: Any, actor: Actor, inputs: Inputs) -> None:
    """Tell the agent that the customer has gone."""
    post_event(chat, LEFT, who=chat.customer_side)


def say_ended(chat: Any, actor: Actor, inputs: Inputs) -> None:
    """Tell the customer that it is over."""
    post_event(chat, OVER)


def tell_pages(chat: Any, actor: Actor, inputs: Inputs) -> None:
    """Wake the pages of the chat and those of the agents."""
    touch(channel_of(chat), DESK)


def tell_queue(chat: Any, actor: Actor, inputs: Inputs) -> None:
    """Wake them, and those who wait behind: their place has changed."""
    waiting = type(chat).objects.current().filter(desk_id=chat.desk_id, state="WAITING").exclude(pk=chat.pk)
    touch(channel_of(chat), *(channel_of(each) for each in waiting.order_by("pk")[:100]), DESK)


def tell_passed(chat: Any, actor: Actor, inputs: Inputs) -> None:
    """Tell the customer and the colleague."""
    post_event(chat, PASSED, who=str(chat.agent))
    user = chat.agent.user
    if user is not None and user.pk != actor.user_id:
        data = {"number": chat.number, "who": chat.customer_side, "subject": chat.subject}
        key = f"{chat.number}:{chat.version}"
        send(notices.PASSED, [user], key=key, record=chat, url=record_url(chat), data=data)
