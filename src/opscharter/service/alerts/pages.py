"""The door for monitoring systems, and the pages that show what came through it."""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import path
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views import View
from django.views.decorators.csrf import csrf_exempt

from opscharter.kernel.errors import NotPermitted
from opscharter.kernel.resources.links import record_url
from opscharter.kernel.web.base import SignedInPage
from opscharter.service.alerts.connecting import Connection, connection_of
from opscharter.service.alerts.intake import MOST_BYTES, accept, issue_token, try_again
from opscharter.service.alerts.models import AlertSource, Delivery, Occurrence

LENGTH = 50
SOURCE = "service.alertsource"


def token_in(request: HttpRequest) -> str:
    """Return the token a sender brought: as a bearer, as a password, or in a header of its own."""
    scheme, _space, given = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return given.strip()
    if scheme.lower() == "basic":
        try:
            return base64.b64decode(given).decode().partition(":")[2]
        except (binascii.Error, UnicodeDecodeError):
            return ""
    return request.headers.get("X-OpsCharter-Token", "")


@method_decorator(csrf_exempt, name="dispatch")
class AlertHook(View):
    """Where monitoring systems deliver: POST with the token of the source."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, code: str) -> HttpResponse:
        """Keep the delivery and answer at once; 202 says that it will be processed."""
        body = request.read(MOST_BYTES + 1)
        address, agent = request.META.get("REMOTE_ADDR", ""), request.headers.get("User-Agent", "")
        answer = accept(code, token_in(request), body, address=address, agent=agent)
        content = {"error": answer.reason} if answer.reason else {"accepted": answer.delivery}
        headers = {"WWW-Authenticate": "Bearer"} if answer.status == 401 else {}
        return JsonResponse(content, status=answer.status, headers=headers)


@dataclass
class TokenContext:
    """A token, shown this once, and how it is used."""

    source: AlertSource
    url: str
    token: str
    connection: Connection


class TokenPage(SignedInPage):
    """A new token for a source."""

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Make it and show it; it is never shown again."""
        source = AlertSource.objects.visible_to(self.actor, "edit").filter(pk=pk).first()
        if source is None:
            raise Http404
        token = issue_token(source, self.actor)
        answer = self.render(
            "service/alerts/token.html", TokenContext(source, record_url(source), token, connection_of(source, token))
        )
        answer["Cache-Control"] = "no-store"
        return answer


@dataclass
class DeliveriesContext:
    """A page of what was delivered, newest first."""

    lines: list[Delivery]
    sources: list[AlertSource]
    source: int
    state: str
    states: list[tuple[str, Any]]
    older: str


class DeliveriesPage(SignedInPage):
    """What monitoring systems have delivered, as it came."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show the deliveries of the sources one may see, narrowed by source and state."""
        sources = list(sources_seen(self.actor).order_by("name"))
        if not self.actor.may(SOURCE, "view"):
            raise Http404
        source, state = _number(request.GET.get("source")), request.GET.get("state", "")
        rows = Delivery.objects.filter(source__in=[each.pk for each in sources]).defer("body").order_by("-pk")
        if source:
            rows = rows.filter(source_id=source)
        if state in Delivery.State.values:
            rows = rows.filter(state=state)
        if before := _number(request.GET.get("before")):
            rows = rows.filter(pk__lt=before)
        lines = list(rows.select_related("source")[: LENGTH + 1])
        older = ""
        if len(lines) > LENGTH:
            lines = lines[:LENGTH]
            older = urlencode({"source": source or "", "state": state, "before": lines[-1].pk})
        context = DeliveriesContext(lines, sources, source, state, list(Delivery.State.choices), older)
        return self.render("service/alerts/deliveries.html", context)


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 19 else 0


def sources_seen(actor: Any) -> Any:
    """Return the sources whose deliveries somebody may read."""
    return AlertSource.objects.visible_to(actor)


@dataclass
class DeliveryContext:
    """One delivery with its bytes as text, and what it led to."""

    delivery: Delivery
    text: str
    occurrences: list[Occurrence] = field(default_factory=list)
    may_retry: bool = False


class DeliveryPage(SignedInPage):
    """One delivery, byte for byte."""

    def _delivery(self, pk: int) -> Delivery:
        rows = Delivery.objects.filter(source__in=sources_seen(self.actor).values("pk")).select_related("source")
        found = rows.filter(pk=pk).first()
        if found is None:
            raise Http404
        return found

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show it; JSON is set out readably, everything else as it is."""
        delivery = self._delivery(pk)
        told = Occurrence.objects.filter(first_delivery=delivery).select_related("alert", "incident")
        retry = delivery.state == Delivery.State.FAILED and self.actor.may(SOURCE, "edit")
        context = DeliveryContext(delivery, readable(bytes(delivery.body)), list(told.order_by("pk")[:LENGTH]), retry)
        return self.render("service/alerts/delivery.html", context)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Let the worker try again what it could not process."""
        delivery = self._delivery(pk)
        try:
            try_again(delivery, self.actor)
        except NotPermitted as error:
            raise Http404 from error
        messages.success(request, _("It is processed again."))
        return HttpResponseRedirect(request.path)


def readable(body: bytes) -> str:
    """Return bytes as a text to be read: JSON set out in lines, what is no text with its bytes named."""
    text = body.decode("utf-8", errors="backslashreplace")
    try:
        return json.dumps(json.loads(text), ensure_ascii=False, indent=2)
    except (ValueError, RecursionError):
        return text


URLS = [
    path("hooks/alerts/<slug:code>/", AlertHook.as_view(), name="alert-hook"),
    path("service/alert-sources/<int:pk>/token/", TokenPage.as_view(), name="alert-token"),
    path("service/alert-deliveries/", DeliveriesPage.as_view(), name="alert-deliveries"),
    path("service/alert-deliveries/<int:pk>/", DeliveryPage.as_view(), name="alert-delivery"),
]
