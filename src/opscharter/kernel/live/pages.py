"""The address of live pages where no stream is kept open: one look, and saying that one is there."""

from __future__ import annotations

import json

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.csrf import csrf_exempt

from opscharter.kernel.live.channels import Pass, numbers_of, read_pass
from opscharter.kernel.live.presence import Doing, be_here, leave, who_is_at

ASK_AGAIN = 5000
"""Milliseconds after which a browser asks again where the server cannot keep a stream open."""


@method_decorator(csrf_exempt, name="dispatch")
class LivePage(View):
    """What a page may know by its pass, which is proof enough: no cookie counts here, so none can be misused."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Return where the channels stand; to an event source as a stream that ends at once and is asked for again."""
        mine = read_pass(request.GET.get("pass", ""))
        if mine is None:
            return HttpResponse(status=403)
        numbers = numbers_of(mine.channels)
        if "text/event-stream" not in request.headers.get("Accept", ""):
            return self._answer(mine, numbers)
        body = f"retry: {ASK_AGAIN}\ndata: {json.dumps(numbers)}\n\n"
        return HttpResponse(body, content_type="text/event-stream", headers={"Cache-Control": "no-store"})

    def post(self, request: HttpRequest) -> HttpResponse:
        """Note what the person does on the page (`doing`), or that it was closed (`gone`); `page` tells pages apart."""
        mine = read_pass(request.POST.get("pass", ""))
        if mine is None or not mine.person:
            return HttpResponse(status=403)
        doing, page = request.POST.get("doing", ""), request.POST.get("page", "")[:36]
        for place, channel in enumerate(mine.channels):
            if doing == "gone":
                leave(channel, mine.person, page)
            elif doing in Doing.values:
                be_here(channel, mine.person, mine.label, doing if place == 0 else Doing.VIEWS, page)
        return self._answer(mine, {})

    def _answer(self, mine: Pass, numbers: dict[str, int]) -> HttpResponse:
        found = who_is_at(mine.channels[0], but=mine.person) if mine.channels else []
        people = [each.told() for each in found if not mine.quiet or each.doing == Doing.WRITES]
        return JsonResponse({"numbers": numbers, "people": people}, headers={"Cache-Control": "no-store"})


URLS = [path("live/", LivePage.as_view(), name="live")]
