"""Who asks through the API: a key of a person, or a person's page."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, SessionAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from opscharter.kernel.access.actor import actor_for
from opscharter.kernel.api.tokens import find, has_just_written, narrowed, note_write
from opscharter.kernel.replica import pin, primary


def _address(request: Request) -> str:
    return request.META.get("REMOTE_ADDR", "")


class TokenAuthentication(BaseAuthentication):
    """`Authorization: Bearer oc_…`."""

    def authenticate(self, request: Request) -> tuple[Any, Any] | None:
        """Return the key's owner; the actor keeps only what the key allows."""
        kind, _space, plain = request.headers.get("Authorization", "").partition(" ")
        if kind.lower() != "bearer":
            return None
        with primary():
            token = find(plain.strip(), _address(request))
        if token is None:
            raise AuthenticationFailed(_("This key is not valid, has expired or was revoked."))
        if has_just_written(token):
            pin()
        request._request.remember_write = partial(note_write, token)  # type: ignore[attr-defined]
        request._request.actor = narrowed(actor_for(token.user), token).by("api", _address(request))  # type: ignore[attr-defined]
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        """Say which kind of key is wanted, so that a missing one answers 401."""
        return "Bearer"


class PageSessionAuthentication(SessionAuthentication):
    """A signed-in page, with its CSRF protection."""

    def authenticate(self, request: Request) -> tuple[Any, Any] | None:
        """Return the signed-in person."""
        found = super().authenticate(request)
        if found is not None:
            page: HttpRequest = request._request
            page.actor = actor_for(found[0]).by("api", _address(request))  # type: ignore[attr-defined]
        return found


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How the key appears in the OpenAPI document."""

    target_class = "opscharter.kernel.api.authentication.TokenAuthentication"
    name = "key"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        """Return the scheme."""
        return {"type": "http", "scheme": "bearer"}


class SessionScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How the page's session appears in the OpenAPI document."""

    target_class = "opscharter.kernel.api.authentication.PageSessionAuthentication"
    name = "session"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        """Return the scheme."""
        return {"type": "apiKey", "in": "cookie", "name": "sessionid"}
