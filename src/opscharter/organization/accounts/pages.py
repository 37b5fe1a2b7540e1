"""The account of an employee or a contact: how it stands, and what one may do with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext_lazy as _

from opscharter.kernel.access.actor import Actor
from opscharter.kernel.errors import NotPermitted, Reason, Refused
from opscharter.kernel.records.writing import permitted
from opscharter.kernel.resources.declaration import Panel
from opscharter.kernel.resources.links import record_url
from opscharter.kernel.web.base import ResourcePage
from opscharter.kernel.web.history import WORDS
from opscharter.kernel.web.moving import sentence
from opscharter.organization.accounts import services
from opscharter.organization.accounts.services import ACTION, VERBS, Standing, Verb, offered, standing_of

ADDRESS = "<int:pk>/account/"
WORDS.update({f"account:{name}": verb.label for name, verb in VERBS.items()})


@dataclass
class AccountContext:
    """Everything the page of somebody's account draws."""

    person: Any
    back_url: str
    standing: Standing
    login: str
    verbs: list[tuple[str, Verb]]
    obstacles: list[Reason] = field(default_factory=list)
    password: str = ""


class AccountOfPage(ResourcePage):
    """Somebody's account."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show how it stands."""
        return self._show(self.record(pk, ACTION))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Do one thing; a one-time password is shown in this answer and never again."""
        person = self.record(pk, ACTION)
        do = request.POST.get("do", "")
        try:
            given = services.handle(
                person, do, self.actor, login=request.POST.get("login", ""), reason=request.POST.get("reason", "")
            )
        except NotPermitted as error:
            raise Http404 from error
        except (Refused, ValidationError) as error:
            messages.error(request, sentence(error))
            return HttpResponseRedirect(record_url(person, "account"))
        if given.password:
            person.refresh_from_db()
            return self._show(person, given.password)
        messages.success(request, _("Done: %(what)s.") % {"what": VERBS[do].label})
        return HttpResponseRedirect(record_url(person, "account"))

    def _show(self, person: Any, password: str = "") -> HttpResponse:
        login = person.email or getattr(person, "number", "").lower()
        page = AccountContext(
            person,
            record_url(person),
            standing_of(person),
            login,
            [(name, VERBS[name]) for name in offered(person.user)],
            services.obstacles_to(person, self.actor),
            password,
        )
        answer = self.render("organization/account_of.html", page)
        if password:
            answer["Cache-Control"] = "no-store"
        return answer


def _account(person: Any, actor: Actor) -> Mapping[str, Any] | None:
    if not permitted(person, actor, ACTION):
        return None
    return {"standing": standing_of(person), "url": record_url(person, "account")}


PANEL = Panel(_("Account"), "organization/account_panel.html", _account)
"""The card on the page of an employee or a contact, for those who may handle accounts."""
