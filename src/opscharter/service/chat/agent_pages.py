"""The agents' pages: the queue beside the conversation, and what can be made of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Count, F, Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import path
from django.utils.translation import gettext as _

from opscharter.customers.models import Contact, Customer
from opscharter.kernel import moment
from opscharter.kernel.access.actor import Actor
from opscharter.kernel.errors import Conflict, NotPermitted, Refused
from opscharter.kernel.live.channels import Pass
from opscharter.kernel.resources.links import record_url
from opscharter.kernel.web.base import SignedInPage
from opscharter.kernel.web.detail import DetailPage
from opscharter.kernel.web.moving import sentence
from opscharter.service.chat.conversation import AGENT, say
from opscharter.service.chat.effects import DESK
from opscharter.service.chat.filing import KINDS, join_ticket, make_ticket
from opscharter.service.chat.lifecycle import LIVE, OPEN, State
from opscharter.service.chat.models import Chat
from opscharter.service.chat.talk import news_of, talk_of

MOST = 200


@dataclass
class Queue:
    """The open chats as one agent sees them."""

    waiting: list[Chat] = field(default_factory=list)
    mine: list[Chat] = field(default_factory=list)
    left: list[Chat] = field(default_factory=list)
    others: list[Chat] = field(default_factory=list)
    chosen: int = 0

    @property
    def unread(self) -> int:
        """Return how much the agent has not read: new chats, and what was said in the own ones."""
        return len(self.waiting) + sum(chat.unread for chat in self.mine)  # type: ignore[attr-defined]


def queue_of(actor: Actor, chosen: int = 0) -> Queue:
    """Return the open chats within the actor's scope, in one query, who waits longest first."""
    new = Q(messages__side="customer", messages__seq__gt=F("thread__read_by_agent"))
    rows = (
        Chat.objects.visible_to(actor).current().filter(state__in=OPEN).annotate(unread=Count("messages", filter=new))
    )
    queue, now = Queue(chosen=chosen), moment.now()
    for chat in rows.select_related("desk", "customer", "contact", "agent", "thread").order_by("started_at")[:MOST]:
        waited = (now - chat.started_at).total_seconds()
        unanswered = chat.answered_at is None and chat.state in LIVE
        chat.late = unanswered and waited > chat.desk.answer_seconds  # type: ignore[attr-defined]
        if chat.state == State.WAITING:
            queue.waiting.append(chat)
        elif chat.state == State.MESSAGE:
            queue.left.append(chat)
        elif chat.agent_id is not None and chat.agent_id == actor.person_id:
            queue.mine.append(chat)
        else:
            queue.others.append(chat)
    return queue


def _who(actor: Actor) -> tuple[str, str]:
    return f"u{actor.user_id}", (actor.label or str(actor.user))[:160]


class DeskPage(SignedInPage):
    """The queue, with no chat chosen."""

    part = False

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show it, or only the list when a page asks for it."""
        if self.actor.external or not self.actor.may("service.chat", "view"):
            raise Http404
        asked = request.GET.get("chosen", "")
        queue = queue_of(self.actor, int(asked) if asked.isdecimal() else 0)
        if self.part:
            return self.render("service/chat/queue.html", None, queue=queue)
        live = Pass((DESK,), *_who(self.actor)).sign()
        return self.render("service/chat/desk.html", None, queue=queue, live=live)


class ChatPage(DetailPage):
    """One chat, with the queue beside it; a contact is led to their own page of it."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show it."""
        chat = self.record(pk, related=True)
        if self.actor.external:
            return HttpResponseRedirect(f"/chat/{pk}/")
        has = chat.agent_id is not None and chat.agent_id == self.actor.person_id
        talk = talk_of(chat, AGENT, record_url(chat), *_who(self.actor), reads=has)
        known = Contact.objects.none()
        if chat.contact_id is None and chat.visitor_email:
            known = Contact.objects.visible_to(self.actor).current().filter(email__iexact=chat.visitor_email)
        more: dict[str, Any] = {
            "talk": talk, "queue": queue_of(self.actor, pk), "kinds": self._kinds(),
            "known": known.select_related("customer").first(),
            "may_file": self.may("file") and chat.ticket is None and chat.state != State.WAITING,
            "may_speak": chat.state == State.ACTIVE and has,
            "may_note": self.may("comment"), "ticket_url": record_url(chat.ticket) if chat.ticket else "",
        }  # fmt: skip
        return self.render("service/chat/chat.html", self._context(chat), **more)

    def _kinds(self) -> list[tuple[str, Any]]:
        """Return the kinds of ticket that the agent may make."""
        names = [(kind, model._meta) for kind, model in KINDS.items()]
        return [(kind, meta.verbose_name) for kind, meta in names if self.actor.may(meta.label_lower, "create")]


class _ChatAction(SignedInPage):
    """Something done with a chat, and back to it."""

    action = "file"

    def chat(self, pk: int, action: str) -> Chat:
        """Return the chat within the actor's scope; 404 otherwise."""
        found = Chat.objects.visible_to(self.actor, action).filter(pk=pk).select_related("desk").first()
        if found is None or self.actor.external:
            raise Http404
        return found

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Do it; what stands in the way is said on the page."""
        chat = self.chat(pk, self.action)
        try:
            made = self.act(chat, request)
            messages.success(request, _("%(record)s is saved.") % {"record": made})
        except NotPermitted as error:
            raise Http404 from error
        except (Refused, Conflict, ValidationError) as error:
            messages.error(request, sentence(error))
        return HttpResponseRedirect(record_url(chat))

    def act(self, chat: Chat, request: HttpRequest) -> Any:
        """Do what the subclass is for."""
        raise NotImplementedError


class TalkPage(_ChatAction):
    """What is said: reading what is new, and saying something."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Return what was said since."""
        chat = self.chat(pk, "view")
        return news_of(request, chat, AGENT, reads=chat.agent_id is not None and chat.agent_id == self.actor.person_id)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Say something once, however often it is sent."""
        chat = self.chat(pk, "comment")
        note = request.POST.get("note") == "1"
        try:
            said = say(
                chat, self.actor, request.POST.get("text", ""), key=request.POST.get("key", ""), note=note,
                uploaded=request.FILES.get("file"),
            )  # fmt: skip
        except (Refused, NotPermitted, ValidationError) as error:
            return JsonResponse({"problem": sentence(error)}, status=409)
        return JsonResponse({"seq": said.seq})


class TicketPage(_ChatAction):
    """Making a request or an incident of the chat."""

    def act(self, chat: Chat, request: HttpRequest) -> Any:
        """Make it with what is known and what the agent gave."""
        kind = request.POST.get("kind", "")
        if kind not in KINDS:
            raise Http404
        given: dict[str, Any] = {"title": request.POST.get("title", "").strip()[:200]}
        contact = request.POST.get("contact", "")
        if contact.isdecimal():
            given["contact"] = Contact.objects.visible_to(self.actor).filter(pk=int(contact)).first()
        customer = request.POST.get("customer", "")
        if customer.isdecimal() and not given.get("contact"):
            given["customer"] = Customer.objects.visible_to(self.actor).filter(pk=int(customer)).first()
        for name in ("impact", "urgency"):
            if request.POST.get(name) in ("1", "2", "3"):
                given[name] = int(request.POST[name])
        return make_ticket(chat, kind, self.actor, **given)


class JoinPage(_ChatAction):
    """Letting the chat join a ticket that is there."""

    def act(self, chat: Chat, request: HttpRequest) -> Any:
        """Join it by its number."""
        return join_ticket(chat, request.POST.get("number", ""), self.actor)


def may_answer(actor: Actor) -> bool:
    """Say whether the desk is for this person: whoever sees chats and works here."""
    return not actor.external and actor.may("service.chat", "view")


URLS = [
    path("service/chat-desk/", DeskPage.as_view(), name="chat-desk"),
    path("service/chat-desk/queue/", DeskPage.as_view(part=True), name="chat-queue"),
    path("service/chats/<int:pk>/talk/", TalkPage.as_view(), name="chat-talk"),
    path("service/chats/<int:pk>/ticket/", TicketPage.as_view(), name="chat-ticket"),
    path("service/chats/<int:pk>/join/", JoinPage.as_view(), name="chat-join"),
]
