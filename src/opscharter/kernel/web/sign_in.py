"""Signing in: accounts are made by the company, and every coming and going is audited."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.conf import settings
from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from opscharter.kernel.access.actor import NOBODY, actor_for
from opscharter.kernel.audit.trail import write_entry
from opscharter.kernel.users.models import User


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

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """Count failed tries anew once somebody has unlocked the account, in every web process."""
        key: str = super()._get_login_attempts_cache_key(request, **credentials)
        name = str(credentials.get("email") or credentials.get("username") or "")
        known = User.objects.filter(Q(username__iexact=name) | Q(email__iexact=name), unlocked__isnull=False)
        since = known.order_by("-unlocked").values_list("unlocked", flat=True).first()
        return f"{key}:{since.timestamp()}" if since else key

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Note who was tried; allauth counts the tries and shuts the door."""
        super().authentication_failed(request, **credentials)
        name = str(credentials.get("username") or credentials.get("email") or "")[:150]
        actor = NOBODY.by("page", request.META.get("REMOTE_ADDR", ""))
        write_entry(actor, "sign-in-failed", changes={"name": [None, name]})

    def set_password(self, user: Any, password: str) -> None:
        """Keep a password that the person has chosen; whoever had to choose one has now done so."""
        super().set_password(user, password)
        if user.must_change_password:
            user.must_change_password = False
            user.save(update_fields=["must_change_password"])
        write_entry(actor_for(user), "password-changed", record=user)


UNPROVEN = {
    "deprecated": gettext_lazy("The provider signs with an outdated algorithm; its administrator must choose SHA-256."),
    "signature": gettext_lazy("The provider's answer bears no valid signature of the provider."),
    "audience": gettext_lazy("The provider's answer is meant for another service."),
    "timestamp": gettext_lazy("The provider's answer is out of date, or a clock on one of the two sides is wrong."),
    "expired": gettext_lazy("The provider's answer is out of date, or a clock on one of the two sides is wrong."),
    "replayed": gettext_lazy("This answer was used already, or this browser never asked for it."),
}
"""What to tell people, by a word in the reason that a SAML answer was refused for."""


class OutsideSignInAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """An outside provider vouches for accounts that exist here, by their verified e-mail; it makes none."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        """Refuse strangers, however well their provider knows them; noted like any failed try."""
        actor = NOBODY.by("page", request.META.get("REMOTE_ADDR", ""))
        write_entry(actor, "sign-in-failed", changes={"name": [None, str(sociallogin.user.email)[:150]]})
        return False

    def on_authentication_error(
        self,
        request: HttpRequest,
        provider: Any,
        error: Any = None,
        exception: Exception | None = None,
        extra_context: dict[str, Any] | None = None,
    ) -> None:
        """Note that a provider's answer proved nothing, with the reason, and put words for people on the page."""
        more = {} if extra_context is None else extra_context
        reason = str(more.get("saml_last_error_reason") or exception or error or "")
        word = next((word for word in UNPROVEN if word in reason.lower()), "")
        more["why"] = UNPROVEN.get(word, "")
        actor = NOBODY.by("page", request.META.get("REMOTE_ADDR", ""))
        changes = {"provider": [None, str(provider)[:80]], "reason": [None, reason[:300]]}
        write_entry(actor, "sign-in-failed", changes=changes)


class PasswordChangeMiddleware:
    """Lets whoever must choose a password do that first. In demo mode the published passwords are meant to be used."""

    FREE = ("account_change_password", "account_logout", "set-language")

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Lead on, or lead to the page where a password is chosen."""
        user = request.user
        if settings.DEMO_MODE or not getattr(user, "must_change_password", False):
            return self.get_response(request)
        if request.path in {reverse(name) for name in self.FREE}:
            return self.get_response(request)
        messages.warning(request, _("Choose a password of your own first."))
        return HttpResponseRedirect(reverse("account_change_password"))
