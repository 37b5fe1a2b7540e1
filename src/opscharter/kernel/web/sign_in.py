"""Signing in: accounts are made by the company, and every coming and going is audited."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest

from opscharter.kernel.access.actor import NOBODY, actor_for
from opscharter.kernel.audit.trail import write_entry


class SignInAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """No sign-up by visitors; sign-ins, sign-outs and failures are written into the audit trail."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Accounts come from the organization, never from visitors."""
        return False

    def login(self, request: HttpRequest, user: Any) -> None:
        """Sign in, audited."""
        super().login(request, user)
        write_entry(actor_for(user).by("page", request.META.get("REMOTE_ADDR", "")), "sign-in", record=user)

    def logout(self, request: HttpRequest) -> None:
        """Sign out, audited."""
        user = request.user
        if user.is_authenticated:
            write_entry(actor_for(user).by("page", request.META.get("REMOTE_ADDR", "")), "sign-out", record=user)
        super().logout(request)

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Note who was tried; allauth counts the tries and shuts the door."""
        super().authentication_failed(request, **credentials)
        name = str(credentials.get("username") or credentials.get("email") or "")[:150]
        actor = NOBODY.by("page", request.META.get("REMOTE_ADDR", ""))
        write_entry(actor, "sign-in-failed", changes={"name": [None, name]})
