"""Where people come from: the providers that the sign-in page offers, and the browsers they are signed in with."""

from __future__ import annotations

from django import template
from django.conf import settings
from django.urls import reverse

from opscharter.kernel.web.browsers import browser_name

register = template.Library()
register.filter(browser_name)


@register.simple_tag
def outside_providers() -> list[tuple[str, str]]:
    """Return (name, address that leads there) of each provider; the page is shown before any database is asked."""
    found = []
    for app in settings.SOCIALACCOUNT_PROVIDERS.get("openid_connect", {}).get("APPS", ()):
        found.append((app["name"], reverse("openid_connect_login", args=[app["provider_id"]])))
    for app in settings.SOCIALACCOUNT_PROVIDERS.get("saml", {}).get("APPS", ()):
        found.append((app["name"], reverse("saml_login", args=[app["client_id"]])))
    return found
