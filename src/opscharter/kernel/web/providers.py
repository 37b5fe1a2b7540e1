"""What people are told when an outside provider cannot be reached."""

from __future__ import annotations

import logging
from collections.abc import Callable
from urllib.error import URLError

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from requests import RequestException

logger = logging.getLogger(__name__)
AWAY = (RequestException, URLError)
DOORS = ("openid_connect_", "saml_")
"""How the addresses of the providers' pages are named."""


class ProviderAwayMiddleware:
    """Answers 503, in plain words, where a provider that should prove somebody does not answer."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Lead on."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Return the page for a provider that is away, None for anything else."""
        match = request.resolver_match
        if not isinstance(exception, AWAY) or match is None or not (match.url_name or "").startswith(DOORS):
            return None
        logger.error("The sign-in provider does not answer: %s", exception)
        why = _("The provider does not answer at the moment. Try again later, or sign in with your password.")
        return render(request, "socialaccount/authentication_error.html", {"why": why}, status=503)
