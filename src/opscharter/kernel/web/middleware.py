"""Who asks, in which language and zone; and what the kernel's refusals look like on a page."""

from __future__ import annotations

import zoneinfo
from collections.abc import Callable

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone, translation

from opscharter.kernel.access.actor import actor_for
from opscharter.kernel.errors import Conflict, NotPermitted, Refused

POLICY = "; ".join([
    "default-src 'self'", "img-src 'self' data:", "style-src 'self' 'unsafe-inline'", "object-src 'none'",
    "base-uri 'self'", "form-action 'self'", "frame-ancestors 'none'",
])  # fmt: skip
"""Scripts come from our own files only; styles may be set by the chart library."""


class ActorMiddleware:
    """Gives every request its actor, its language and its time zone, and turns refusals into pages."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer one request as its actor."""
        user = request.user
        request.actor = actor_for(user if user.is_authenticated else None).by(  # type: ignore[attr-defined]
            "page", request.META.get("REMOTE_ADDR", "")
        )
        language = getattr(user, "language", "")
        if language and settings.LANGUAGE_COOKIE_NAME not in request.COOKIES:
            translation.activate(language)
            request.LANGUAGE_CODE = translation.get_language()
        zone = getattr(user, "time_zone", "")
        with timezone.override(zoneinfo.ZoneInfo(zone) if zone else None):
            response = self.get_response(request)
            if hasattr(response, "render") and not getattr(response, "is_rendered", True):
                response.render()
        response.setdefault("Content-Security-Policy", POLICY)
        response.headers["Content-Language"] = translation.get_language() or ""
        return response

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Answer the write path's refusals where a page has not done so itself."""
        if isinstance(error, NotPermitted):
            raise Http404 from error
        if isinstance(error, Refused):
            return TemplateResponse(request, "opscharter/refused.html", {"refusals": error.reasons}, status=409)
        if isinstance(error, Conflict):
            return TemplateResponse(request, "opscharter/refused.html", {"conflict": error.fields}, status=409)
        return None
