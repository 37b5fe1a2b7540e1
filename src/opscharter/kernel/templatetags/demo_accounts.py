"""The demo accounts on the sign-in page; the demo company names them."""

from __future__ import annotations

from collections.abc import Callable

from django import template
from django.conf import settings

register = template.Library()
Listing = list[tuple[str, str, str]]

_provider: list[Callable[[], Listing]] = []


def install_demo_accounts(provider: Callable[[], Listing]) -> None:
    """Name the function that lists (role, user name, password) of the demo accounts."""
    _provider[:] = [provider]


@register.simple_tag
def demo_listing() -> Listing:
    """Return the demo accounts in demo mode, nothing otherwise."""
    return _provider[0]() if _provider and settings.DEMO_MODE else []
