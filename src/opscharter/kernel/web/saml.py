"""The last step of a sign-in by SAML: what the provider's answer proves, or a page that says why it proves nothing."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Any

from django.apps import apps
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path


def urls() -> list[URLPattern]:
    """Return the address at which sign-ins by SAML end; none where no SAML provider is in use."""
    if not apps.is_installed("allauth.socialaccount.providers.saml") or find_spec("onelogin") is None:
        return []
    from allauth.socialaccount.helpers import render_authentication_error
    from allauth.socialaccount.providers.saml.views import FinishACSView

    class FinishPage(FinishACSView):  # type: ignore[misc]
        """Takes an answer only from the browser that asked for it, once."""

        def dispatch(self, request: HttpRequest, organization_slug: str) -> HttpResponse:
            """Sign in, or say why not: allauth finds no question to a repeated answer and denies permission."""
            try:
                answer: HttpResponse = super().dispatch(request, organization_slug)
            except PermissionDenied:
                provider: Any = self.get_provider(organization_slug)
                more = {"saml_last_error_reason": "replayed or not asked for"}
                answer = render_authentication_error(request, provider, extra_context=more)
            return answer

    return [path("accounts/saml/<slug:organization_slug>/acs/finish/", FinishPage.as_view())]
