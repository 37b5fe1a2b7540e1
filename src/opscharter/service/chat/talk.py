"""What the pages of both ends draw of a conversation, and what they ask for when something has changed."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.http import HttpRequest, JsonResponse
from django.template.loader import render_to_string
from django.urls import reverse

from opscharter.kernel.live.channels import Pass, channel_of
from opscharter.service.chat.conversation import AGENT, CUSTOMER, EVENT, NOTE, WORDS, read_to
from opscharter.service.chat.doors import place_in_queue
from opscharter.service.chat.effects import DESK
from opscharter.service.chat.models import Chat, ChatMessage

MOST = 500


@dataclass
class Line:
    """One message as one end reads it."""

    message: ChatMessage
    own: bool
    files_url: str = ""
    """Where this end fetches files; the id follows. Empty: by the house's own address of files."""

    @property
    def told(self) -> str:
        """Return an event in words."""
        words = WORDS.get(self.message.text) if self.message.side == EVENT else None
        return words.told({"who": self.message.who}) if words else self.message.text

    @property
    def file_url(self) -> str:
        """Return where the message's file is fetched."""
        pk = self.message.file_id
        return f"{self.files_url}{pk}/" if self.files_url else reverse("file", args=[pk]) if pk else ""


@dataclass
class Talk:
    """A conversation on a page."""

    chat: Chat
    side: str
    url: str
    live: str
    lines: list[Line] = field(default_factory=list)
    place: int = 0

    @property
    def last(self) -> int:
        """Return the number of the last message shown."""
        return self.lines[-1].message.seq if self.lines else 0

    @property
    def mark(self) -> str:
        """Return what makes the page load anew when it changes: how the chat stands and with whom."""
        return f"{self.chat.state}:{self.chat.agent_id or 0}:{self.place}:{self.chat.rating or 0}:{self.chat.outcome}"


def lines_of(chat: Chat, side: str, after: int = 0, url: str = "") -> list[Line]:
    """Return the messages after a number that one end may read: notes are for the house."""
    rows = chat.messages.filter(seq__gt=after).select_related("file").order_by("seq")
    if side == CUSTOMER:
        rows = rows.exclude(side=NOTE)
    own = (CUSTOMER,) if side == CUSTOMER else (AGENT, NOTE)
    files = f"{url}files/" if side == CUSTOMER else ""
    return [Line(message, message.side in own, files) for message in rows[:MOST]]


def talk_of(chat: Chat, side: str, url: str, person: str, label: str, *, reads: bool = True) -> Talk:
    """Return a conversation as one end sees it, which has then read it, unless somebody merely looks on."""
    outside = side == CUSTOMER
    channels = (channel_of(chat),) if outside else (channel_of(chat), DESK)
    talk = Talk(chat, side, url, Pass(channels, person, label, quiet=outside).sign(), lines_of(chat, side, 0, url))
    talk.place = place_in_queue(chat)
    if reads:
        read_to(chat, side, talk.last)
    return talk


def news_of(request: HttpRequest, chat: Chat, side: str, url: str = "", *, reads: bool = True) -> JsonResponse:
    """Return what was said after `after`, and how the chat stands."""
    asked = request.GET.get("after", "")
    after = int(asked) if asked.isdecimal() else 0
    talk = Talk(chat, side, "", "", lines_of(chat, side, after, url), place_in_queue(chat))
    if talk.lines and reads:
        read_to(chat, side, talk.last)
    html = render_to_string("service/chat/lines.html", {"lines": talk.lines}, request)
    answer = {"html": html, "last": max(after, talk.last), "mark": talk.mark}
    return JsonResponse(answer, headers={"Cache-Control": "no-store"})
