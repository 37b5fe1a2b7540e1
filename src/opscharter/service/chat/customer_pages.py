"""The customer's end: a contact who has signed in, or a visitor by a signed link. Each sees the own chats only."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect, JsonResponse
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.translation import gettext as _
from django.views import View

from opscharter.customers.models import Contact
from opscharter.kernel.access.actor import Actor
from opscharter.kernel.errors import Conflict, Refused
from opscharter.kernel.files.attachments import download
from opscharter.kernel.resources.links import record_url
from opscharter.kernel.web.base import SignedInPage
from opscharter.kernel.web.moving import sentence
from opscharter.service.chat import doors
from opscharter.service.chat.conversation import CUSTOMER, NOTE, say
from opscharter.service.chat.filing import make_ticket
from opscharter.service.chat.lifecycle import State
from opscharter.service.chat.models import Chat, ChatDesk
from opscharter.service.chat.talk import news_of, talk_of


class _Door(View):
    """What both doors share: showing the conversation and what the customer does in it."""

    request: HttpRequest
    frame = "opscharter/base.html"

    def show(self, template: str, status: int = 200, **context: Any) -> HttpResponse:
        """Return a page that no cache keeps."""
        context["frame"] = self.frame
        response = TemplateResponse(self.request, template, context, status=status)
        response.headers["Cache-Control"] = "no-store"
        response.headers["Referrer-Policy"] = "same-origin"
        return response

    def start(self, desk: ChatDesk | None, status: int = 200, **context: Any) -> HttpResponse:
        """Return the form with which a chat begins, or a message outside the opening hours."""
        if desk is None:
            return self.show("service/chat/closed.html")
        told: dict[str, Any] = {"desk": desk, "opens": doors.opens_at(desk), "there": doors.somebody_there(), **context}
        told.setdefault("key", secrets.token_hex(12))
        return self.show("service/chat/start.html", status, **told)

    def conversation(self, chat: Chat, person: str, url: str, again: str) -> HttpResponse:
        """Return the page of a chat."""
        talk = talk_of(chat, CUSTOMER, url, person, chat.customer_side)
        ticket = record_url(chat.ticket) if chat.ticket and chat.proven else ""
        more: dict[str, Any] = {"talk": talk, "again": again, "there": doors.somebody_there(), "ticket_url": ticket}
        return self.show("service/chat/customer.html", **more)

    def do(self, what: str, chat: Chat, guest: Actor, back: str) -> HttpResponse:
        """Say something, leave, turn a chat into a message, or rate it."""
        post = self.request.POST
        if what == "talk":
            return self._say(chat, guest)
        steps: dict[str, Callable[[], object]] = {
            "leave": lambda: chat.move("give-up" if chat.state == State.WAITING else "hang-up", guest),
            "message": lambda: chat.move("leave-message", guest),
            "rate": lambda: chat.move("rate", guest, rating=int(post.get("rating", "0") or 0),
                                      rating_text=post.get("text", "").strip()[:400]),
        }  # fmt: skip
        if what not in steps or not post.get("rating", "0").isdecimal():
            raise Http404
        with suppress(Refused, Conflict, ValidationError):  # sent twice, or too late: the page shows how it stands
            steps[what]()
        return HttpResponseRedirect(back)

    def _say(self, chat: Chat, guest: Actor) -> HttpResponse:
        try:
            said = say(
                chat, guest, self.request.POST.get("text", ""), key=self.request.POST.get("key", ""),
                uploaded=self.request.FILES.get("file"),
            )  # fmt: skip
        except (Refused, ValidationError) as error:
            return JsonResponse({"problem": sentence(error)}, status=409)
        return JsonResponse({"seq": said.seq})

    def file(self, chat: Chat, guest: Actor, pk: int) -> Any:
        """Send a file of this very chat that is meant for the customer; 404 otherwise. Audited."""
        if not chat.messages.filter(file_id=pk).exclude(side=NOTE).exists():
            raise Http404
        return download(pk, guest)


class ContactDoor(_Door, SignedInPage):
    """The portal's door: a contact begins a chat, or sees the ones begun."""

    contact: Contact

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Let in contacts who have signed in; for everybody else there is no such page."""
        if request.user.is_authenticated:
            found = doors.contact_of(self.actor)
            if found is None:
                raise Http404
            self.contact = found
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show the form and the earlier chats."""
        earlier = doors.chats_of(self.contact).select_related("agent")[:10]
        return self.start(doors.desk_for(self.contact), earlier=earlier, contact=self.contact)

    def post(self, request: HttpRequest) -> HttpResponse:
        """Begin; outside the opening hours the message becomes a request at once."""
        desk, text = doors.desk_for(self.contact), request.POST.get("text", "")
        key = request.POST.get("key", "")
        if desk is None:
            raise Http404
        try:
            chat = doors.begin(desk, self.actor, text, key=key, contact=self.contact)
            if chat.state == State.MESSAGE or (chat.ticket is not None and chat.agent_id is None):
                return HttpResponseRedirect(record_url(self._request_of(chat)))
        except (Refused, ValidationError) as error:
            kept = {"problem": sentence(error), "text": text, "key": key, "contact": self.contact}
            return self.start(desk, 422, **kept)
        return HttpResponseRedirect(f"/chat/{chat.pk}/")

    def _request_of(self, chat: Chat) -> Any:
        if chat.ticket is None:
            urgency = self.request.POST.get("urgency", "")
            guest = doors.at_the_door(self.actor, self.contact.name)
            make_ticket(chat, "request", guest, urgency=int(urgency) if urgency in ("1", "2", "3") else 3)
            chat.move("end", guest)
        return chat.ticket


class ContactChat(ContactDoor):
    """One chat of the contact's own."""

    def _own(self, pk: int) -> Chat:
        rows = doors.chats_of(self.contact).filter(pk__in=Chat.objects.visible_to(self.actor).values("pk"))
        found = rows.filter(pk=pk).select_related("desk", "agent", "customer", "contact").first()
        if found is None:
            raise Http404
        return found  # type: ignore[no-any-return]

    def get(self, request: HttpRequest, pk: int, what: str = "") -> HttpResponse:  # type: ignore[override]
        """Show it, or what is new in it."""
        chat = self._own(pk)
        if what == "talk":
            return news_of(request, chat, CUSTOMER, f"/chat/{pk}/")
        return self.conversation(chat, f"u{self.actor.user_id}", f"/chat/{pk}/", "/chat/")

    def post(self, request: HttpRequest, pk: int, what: str) -> HttpResponse:  # type: ignore[override]
        """Do something in it."""
        chat = self._own(pk)
        return self.do(what, chat, doors.at_the_door(self.actor, self.contact.name), f"/chat/{pk}/")


class ContactFile(ContactChat):
    """A file of a chat of the contact's own."""

    def get(self, request: HttpRequest, pk: int, file: int) -> Any:  # type: ignore[override]
        """Send it."""
        return self.file(self._own(pk), doors.at_the_door(self.actor, self.contact.name), file)


class VisitorDoor(_Door):
    """The door for people without an account, where a desk is open to them."""

    frame = "service/chat/visitor.html"

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        """Show the form."""
        return self.start(self._desk(code), visitor=True)

    def post(self, request: HttpRequest, code: str) -> HttpResponse:
        """Begin, and lead the visitor to the own chat."""
        desk, post = self._desk(code), request.POST
        actor: Actor = request.actor.by("chat")  # type: ignore[attr-defined]
        nobody = Actor(via="chat", address=actor.address)
        given = {name: post.get(name, "").strip()[:80] for name in ("name", "email")}
        try:
            validate_email(given["email"])
            if not given["name"]:
                raise ValidationError(_("Say your name."))
            who: dict[str, Any] = {"visitor_name": given["name"], "visitor_email": given["email"].lower()}
            chat = doors.begin(desk, nobody, post.get("text", ""), key=post.get("key", ""), **who)
        except (Refused, ValidationError) as error:
            kept = {
                "problem": sentence(error),
                "text": post.get("text", ""),
                "key": post.get("key", ""),
                "given": given,
            }
            return self.start(desk, 429 if isinstance(error, Refused) else 422, visitor=True, **kept)
        return HttpResponseRedirect(f"/chat/with/{doors.token_of(chat)}/")

    def _desk(self, code: str) -> ChatDesk:
        found = ChatDesk.objects.current().filter(code=code, visitors=True).select_related("calendar").first()
        if found is None:
            raise Http404
        return found


class VisitorChat(_Door):
    """A visitor's own chat, by its signed address."""

    frame = "service/chat/visitor.html"

    def _own(self, token: str) -> Chat:
        found = doors.chat_of(token)
        if found is None:
            raise Http404
        return found

    def get(self, request: HttpRequest, token: str, what: str = "") -> HttpResponse:
        """Show it, or what is new in it."""
        chat = self._own(token)
        if what == "talk":
            return news_of(request, chat, CUSTOMER, f"/chat/with/{token}/")
        return self.conversation(chat, f"v{chat.pk}", f"/chat/with/{token}/", f"/chat/door/{chat.desk.code}/")

    def post(self, request: HttpRequest, token: str, what: str) -> HttpResponse:
        """Do something in it."""
        chat = self._own(token)
        address = request.META.get("REMOTE_ADDR", "")
        guest = doors.at_the_door(Actor(address=address), chat.visitor_name)
        return self.do(what, chat, guest, f"/chat/with/{token}/")


class VisitorFile(VisitorChat):
    """A file of a visitor's own chat."""

    def get(self, request: HttpRequest, token: str, file: int) -> Any:  # type: ignore[override]
        """Send it."""
        chat = self._own(token)
        address = request.META.get("REMOTE_ADDR", "")
        return self.file(chat, doors.at_the_door(Actor(address=address), chat.visitor_name), file)


URLS = [
    path("chat/", ContactDoor.as_view(), name="chat"),
    path("chat/<int:pk>/", ContactChat.as_view(), name="chat-own"),
    path("chat/<int:pk>/files/<int:file>/", ContactFile.as_view(), name="chat-file"),
    path("chat/<int:pk>/<slug:what>/", ContactChat.as_view()),
    path("chat/door/<slug:code>/", VisitorDoor.as_view(), name="chat-door"),
    path("chat/with/<str:token>/", VisitorChat.as_view(), name="chat-visitor"),
    path("chat/with/<str:token>/files/<int:file>/", VisitorFile.as_view(), name="chat-visitor-file"),
    path("chat/with/<str:token>/<slug:what>/", VisitorChat.as_view()),
]
