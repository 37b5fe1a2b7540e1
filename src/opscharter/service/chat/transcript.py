"""What was said in a chat, as the story of the ticket it has become."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from opscharter.kernel.access.actor import Actor
from opscharter.kernel.files.attachments import keep_also
from opscharter.kernel.timeline import entries
from opscharter.kernel.timeline.events import declare_event
from opscharter.kernel.timeline.models import TimelineEntry, Visibility

FROM_CHAT = declare_event("from-chat", _("Live chat %(number)s with %(who)s"))


def carry_over(chat: Any) -> int:
    """Write what was said and is not there yet into the ticket's story, at its own times; returns how much.

    What a contact who had signed in said, and was told, they may read there too. Who a visitor is nobody has proved,
    so their words stay in the house.
    """
    ticket = chat.ticket
    mark = f"chat:{chat.pk}:"
    there = TimelineEntry.objects.filter(
        record_type=ticket._meta.label_lower, record_id=ticket.pk, source_key__startswith=mark
    )
    known = set(there.values_list("source_key", flat=True))
    new = []
    for message in chat.messages.exclude(side="event").select_related("file").order_by("seq"):
        if f"{mark}{message.seq}" in known:
            continue
        shown = chat.proven and message.side != "note" and ticket.customer_id == chat.customer_id
        seen = Visibility.CUSTOMER if shown else Visibility.INTERNAL
        said = "\n".join(filter(None, [message.text, f"📎 {message.file.name}" if message.file else ""]))
        who = Actor(label=message.who)
        entry = entries.entry_for(ticket, who, TimelineEntry.Kind.COMMENT, text=said, visibility=seen)
        if message.file is not None:
            keep_also(ticket, who, message.file, visibility=seen)
        entry.at, entry.user_id, entry.source_key = message.at, message.user_id, f"{mark}{message.seq}"
        new.append(entry)
    TimelineEntry.objects.bulk_create(new)
    return len(new)


def tell_of_chat(chat: Any, ticket: Any, actor: Actor) -> None:
    """Say in the ticket's story which chat it comes from."""
    data = {"number": chat.number, "who": chat.customer_side}
    entries.append(ticket, actor, TimelineEntry.Kind.EVENT, verb=FROM_CHAT, data=data, clause="3.1.1")
