"""How chats appear in lists and forms; a chat's own page is the conversation."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from opscharter.kernel.access.actor import Actor
from opscharter.kernel.resources.declaration import Panel, Resource, Section, Stage, Text, View
from opscharter.kernel.resources.links import record_url
from opscharter.service.chat.agent_pages import ChatPage
from opscharter.service.chat.api import ChatViewSet
from opscharter.service.chat.lifecycle import LIVE, OPEN, State
from opscharter.service.chat.models import Chat, ChatDesk


def _badges(chat: Any) -> list[tuple[Text, str]]:
    found: list[tuple[Text, str]] = []
    if chat.warned_at is not None and chat.answered_at is None and chat.state in LIVE:
        found.append((_("waits too long"), "r"))
    if chat.visitor_email:
        found.append((_("visitor"), "n"))
    if chat.outcome:
        found.append((chat.get_outcome_display(), "g" if chat.outcome == "ticket" else "n"))
    if chat.rating:
        found.append((_("rated %(n)s of 5") % {"n": chat.rating}, "r" if chat.rating <= 2 else "g"))
    return found


chats = Resource(
    Chat, "chats", icon="message-circle",
    columns=["number", "subject", "customer", "agent", "state", "started_at", "answer_seconds", "rating"],
    filters=["state", "desk", "customer", "agent", "outcome", "answered_in_time", "started_at"],
    create=["desk", "subject", "customer", "contact", "visitor_name", "visitor_email"],
    form=[
        Section(_("Live chat"), ["desk", "subject", "service"]),
        Section(_("Who asks"), ["customer", "contact", "visitor_name", "visitor_email"]),
        Section(_("What became of it"), ["outcome", "note"]),
    ],
    facts=["customer", "contact", "visitor_name", "visitor_email", "service", "desk", "agent", "started_at",
           "answer_seconds", "ended_at", "outcome", "note", "request", "incident", "rating", "rating_text"],
    customer_facts=["subject", "service", "started_at", "ended_at", "request", "incident", "rating", "rating_text"],
    stages=[
        Stage(_("Waiting"), (State.WAITING, State.MESSAGE)), Stage(_("Talking"), (State.ACTIVE, State.LEFT)),
        Stage(_("Ended"), (State.ENDED, State.ABANDONED)),
    ],
    views=[
        View("open", _("Open"), lambda actor: Q(state__in=OPEN)),
        View("mine", _("Mine"), lambda actor: Q(agent_id=actor.person_id or 0)),
        View("late", _("Answered late"), lambda actor: Q(answered_in_time=False)),
        View("low", _("Low rating"), lambda actor: Q(rating__lte=2)),
    ],
    choices={"agent": lambda actor: Q(left_on__isnull=True)},
    badges=_badges, order="-started_at", pages={"<int:pk>/": ChatPage}, viewset_class=ChatViewSet,
)  # fmt: skip
desks = Resource(
    ChatDesk, "chat-desks", icon="door", columns=["name", "code", "team", "calendar", "visitors", "answer_seconds"],
    filters=["team", "visitors"],
)  # fmt: skip


def _chats_of(ticket: Any, actor: Actor) -> dict[str, Any] | None:
    field = "incident" if ticket._meta.model_name == "incident" else "request"
    found = list(Chat.objects.visible_to(actor).filter(**{field: ticket}).order_by("pk"))
    return {"chats": [(chat, record_url(chat)) for chat in found]} if found else None


ON_TICKET = Panel(_("Live chat"), "service/chat/on_ticket.html", _chats_of, later=True)
