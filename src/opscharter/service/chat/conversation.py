"""What is said in a chat: numbered under a lock, each message once however often it is sent."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from opscharter.kernel import moment
from opscharter.kernel.access.actor import Actor, system_actor
from opscharter.kernel.audit.trail import write_entry
from opscharter.kernel.errors import Reason, Refused
from opscharter.kernel.files.attachments import attach
from opscharter.kernel.live.channels import channel_of, touch
from opscharter.kernel.timeline.events import EventWords
from opscharter.service.chat.transcript import carry_over

LONGEST = 4000
LARGEST = 10 * 1024 * 1024
"""Bytes of one file: strangers may send some too."""
MOST_FILES = 20
CUSTOMER, AGENT, NOTE, EVENT = "customer", "agent", "note", "event"

GREETED, PASSED, LEFT, OVER = "greeted", "passed", "left", "over"
WORDS: dict[str, EventWords] = {
    GREETED: EventWords(_("%(who)s has joined")),
    PASSED: EventWords(_("%(who)s goes on from here")),
    LEFT: EventWords(_("%(who)s has left")),
    OVER: EventWords(_("the chat is over")),
}


@transaction.atomic
def _append(
    chat: Any, side: str, who: str, text: str, *, user_id: int | None = None, key: str = "", file: Any = None
) -> Any:
    """Append under the lock of the thread; what was sent before under the same key is returned as it was kept."""
    thread = apps.get_model("service", "ChatThread").objects.select_for_update().get(chat_id=chat.pk)
    if key and (kept := chat.messages.filter(client_key=key).first()):
        return kept
    now = moment.now()
    message = chat.messages.create(
        seq=thread.last_seq + 1, client_key=key, at=now, side=side, who=who[:160], user_id=user_id, text=text,
        file=file,
    )  # fmt: skip
    changes: dict[str, Any] = {"last_seq": message.seq, "last_at": now}
    if side == CUSTOMER:
        changes["unanswered_since"] = thread.unanswered_since or now
    elif side == AGENT:
        changes["unanswered_since"] = None
    type(thread).objects.filter(pk=thread.pk).update(**changes)
    touch(channel_of(chat), "service.chat")
    return message


def post_event(chat: Any, event: str, who: str = "") -> None:
    """Append what happened; it is worded when it is read, in the reader's language."""
    _append(chat, EVENT, who, event)


def say(
    chat: Any, actor: Actor, text: str, *, key: str = "", note: bool = False, uploaded: UploadedFile | None = None
) -> Any:
    """Say something as who one is: the customer, or the agent who has the chat; notes are for the house.

    A file is kept with the chat under the rules of all files. Raises Refused when the conversation is over or somebody
    else's, ValidationError for nothing or too much.
    """
    text = text.strip()
    if not text and uploaded is None:
        raise ValidationError(_t("Write something first."))
    if len(text) > LONGEST:
        raise ValidationError(_t("This is too long; the limit is %(n)s characters.") % {"n": LONGEST})
    with transaction.atomic():
        current = type(chat).objects.select_for_update().get(pk=chat.pk)
        if key and (kept := current.messages.filter(client_key=key[:40]).first()):
            return kept
        side = CUSTOMER if actor.external else NOTE if note else AGENT
        _may_speak(current, actor, side)
        who = current.customer_side if side == CUSTOMER else actor.label or str(actor.user or "")
        file = _keep(current, actor, uploaded, side) if uploaded is not None else None
        message = _append(current, side, who, text, user_id=actor.user_id, key=key[:40], file=file)
        write_entry(actor, "chat", record=current, changes={"message": [None, message.seq], "side": [None, side]})
        if side == AGENT and current.answered_at is None:
            _mark_answered(current)
        if current.ticket is not None:
            carry_over(current)
    return message


def _keep(chat: Any, actor: Actor, uploaded: UploadedFile, side: str) -> Any:
    """Keep a file with the chat: the customer's and the agent's for both ends, a note's for the house."""
    if (uploaded.size or 0) > LARGEST:
        raise ValidationError(_t("The file is larger than %(limit)s MB.") % {"limit": LARGEST // 1024 // 1024})
    if chat.messages.filter(file__isnull=False).count() >= MOST_FILES:
        raise ValidationError(_t("A chat takes at most %(n)s files.") % {"n": MOST_FILES})
    return attach(chat, actor, uploaded, visibility="internal" if side == NOTE else "customer")


def _may_speak(chat: Any, actor: Actor, side: str) -> None:
    if side == NOTE:
        return
    speaking = ("WAITING", "ACTIVE") if side == CUSTOMER else ("ACTIVE",)
    if chat.state not in speaking:
        raise Refused([Reason(_t("This conversation is over, or nobody has taken it yet."))])
    if side == AGENT and chat.agent_id != actor.person_id:
        raise Refused([Reason(_t("%(who)s has this chat; write a note, or take it over.") % {"who": chat.agent})])


def _mark_answered(chat: Any) -> None:
    chat.answered_at = moment.now()
    chat.answer_seconds = max(0, int((chat.answered_at - chat.started_at).total_seconds()))
    chat.answered_in_time = chat.answer_seconds <= chat.desk.answer_seconds
    chat.save_as(system_actor(), note="first answer")


def read_to(chat: Any, side: str, seq: int) -> None:
    """Note how far one side has read."""
    field = "read_by_customer" if side == CUSTOMER else "read_by_agent"
    rows = apps.get_model("service", "ChatThread").objects.filter(chat_id=chat.pk, **{f"{field}__lt": seq})
    rows.filter(last_seq__gte=seq).update(**{field: seq})
