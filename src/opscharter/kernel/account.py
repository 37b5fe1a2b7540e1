"""One's own pages: notices, language, keys to the API; and the jobs that failed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import TimeField
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views import View

from opscharter.kernel.access.role_names import role_name
from opscharter.kernel.api import tokens
from opscharter.kernel.api.models import ApiToken
from opscharter.kernel.errors import Refused
from opscharter.kernel.jobs.queue import dead_letters, give_up, try_again
from opscharter.kernel.notices.inbox import InboxLine, inbox
from opscharter.kernel.notices.models import Channel
from opscharter.kernel.notices.sending import mark_read
from opscharter.kernel.users.models import User
from opscharter.kernel.web.base import SignedInPage
from opscharter.kernel.web.moving import sentence

DAYS = (30, 90, 365)


class SetLanguagePage(View):
    """Choosing the language, for now and for one's account."""

    def post(self, request: HttpRequest) -> HttpResponse:
        """Keep the choice and go back."""
        language = request.POST.get("language", "")
        target = request.POST.get("next", "/")
        if not url_has_allowed_host_and_scheme(target, {request.get_host()}, request.is_secure()):
            target = "/"
        response = HttpResponseRedirect(target)
        if language in dict(settings.LANGUAGES):
            response.set_cookie(settings.LANGUAGE_COOKIE_NAME, language, max_age=31_536_000, samesite="Lax")
            if request.user.is_authenticated:
                User.objects.filter(pk=request.user.pk).update(language=language)
        return response


@dataclass
class InboxContext:
    """One's notices."""

    lines: list[InboxLine]


class InboxPage(SignedInPage):
    """One's notices, newest first."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show them."""
        assert self.actor.user is not None
        return self.render("opscharter/inbox.html", InboxContext(inbox(self.actor.user)))

    def post(self, request: HttpRequest) -> HttpResponse:
        """Mark all, or one, as read; one leads on to its record."""
        assert self.actor.user is not None
        pk = request.POST.get("id", "")
        mark_read(self.actor.user, [int(pk)] if pk.isdigit() else None)
        target = request.POST.get("url", "")
        return HttpResponseRedirect(target if target.startswith("/") and not target.startswith("//") else "/inbox/")


@dataclass
class AccountContext:
    """One's account."""

    tokens: list[ApiToken]
    channels: list[Channel]
    days: tuple[int, ...] = DAYS
    plain: str = ""
    roles: list[str] = field(default_factory=list)
    failed_jobs: list[Any] = field(default_factory=list)
    may_jobs: bool = False


class AccountPage(SignedInPage):
    """One's roles, channels and API keys."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show them."""
        return self._show()

    def post(self, request: HttpRequest) -> HttpResponse:
        """Make or revoke a key, add or drop a channel."""
        do = request.POST.get("do", "")
        if do == "issue":
            return self._issue(request)
        if do == "revoke" and request.POST.get("id", "").isdigit():
            tokens.revoke(self.actor, int(request.POST["id"]))
        elif do == "channel":
            self._add_channel(request)
        elif do == "drop-channel" and request.POST.get("id", "").isdigit():
            Channel.objects.filter(pk=request.POST["id"], user=self.actor.user).delete()
        return HttpResponseRedirect("/account/")

    def _issue(self, request: HttpRequest) -> HttpResponse:
        days = int(request.POST.get("days", "30")) if request.POST.get("days", "30").isdigit() else 30
        name = request.POST.get("name", "").strip()
        if not name or days not in DAYS:
            messages.error(request, _("A key needs a name and an end."))
            return HttpResponseRedirect("/account/")
        _token, plain = tokens.issue(self.actor, name, days=days, read_only=request.POST.get("read_only") == "1")
        return self._show(plain)

    def _add_channel(self, request: HttpRequest) -> None:
        channel = Channel(
            user_id=self.request.user.pk or 0,
            kind=request.POST.get("kind", ""),
            address=request.POST.get("address", "").strip(),
            digest=request.POST.get("digest") == "1",
        )
        try:
            channel.quiet_from, channel.quiet_to = (
                TimeField().to_python(request.POST.get(name) or None) for name in ("quiet_from", "quiet_to")
            )
            channel.full_clean(exclude=["user"])
        except ValidationError as error:
            messages.error(request, sentence(error))
            return
        channel.save()

    def _show(self, plain: str = "") -> HttpResponse:
        user = self.actor.user
        living = ApiToken.objects.filter(user=user, revoked_at__isnull=True).order_by("-pk")
        may_jobs = self.actor.may("kernel.job", "edit")
        page = AccountContext(
            list(living),
            list(Channel.objects.filter(user=user)),
            plain=plain,
            roles=sorted(role_name(code) for code in self.actor.roles),
            failed_jobs=list(dead_letters()[:50]) if may_jobs else [],
            may_jobs=may_jobs,
        )
        return self.render("opscharter/account.html", page)


class JobPage(SignedInPage):
    """Deciding what becomes of a job that failed for good."""

    def post(self, request: HttpRequest, pk: str) -> HttpResponse:
        """Try it again, or give it up with a reason."""
        if not self.actor.may("kernel.job", "edit"):
            raise Http404
        if request.POST.get("do") == "retry":
            try_again(pk, self.actor)
        else:
            try:
                give_up(pk, self.actor, request.POST.get("reason", ""))
            except Refused as refused:
                messages.error(request, str(refused))
        return HttpResponseRedirect("/account/#jobs")


URLS = [
    path("language/", SetLanguagePage.as_view(), name="set-language"),
    path("inbox/", InboxPage.as_view(), name="inbox"),
    path("account/", AccountPage.as_view(), name="account"),
    path("account/jobs/<uuid:pk>/", JobPage.as_view(), name="job"),
]
