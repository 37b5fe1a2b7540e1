"""Reading and confirming the version in force, and seeing who has not."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _

from opscharter.charter.acknowledgements.campaign import confirm, in_service, open_question, parameters
from opscharter.charter.acknowledgements.lifecycle import State
from opscharter.charter.acknowledgements.models import Acknowledgement
from opscharter.charter.content import text_hash
from opscharter.charter.models import Clause, Edition
from opscharter.charter.standing import in_force
from opscharter.kernel import moment
from opscharter.kernel.errors import Conflict, NotPermitted, Refused
from opscharter.kernel.resources.links import list_url
from opscharter.kernel.resources.site import site
from opscharter.kernel.web.base import SignedInPage
from opscharter.kernel.web.moving import sentence

MISSING_SHOWN = 200


@dataclass
class ReadContext:
    """The text to confirm, with what has changed since the version the person confirmed last."""

    edition: Edition
    chapters: list[tuple[str, str, list[Clause]]]
    answer: Acknowledgement | None
    due: dt.date | None
    text_hash: str
    earlier: list[Acknowledgement] = field(default_factory=list)


class ReadPage(SignedInPage):
    """Reading the whole text, and confirming it at its end."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show the version in force and the person's own answer to it."""
        edition = in_force()
        if edition is None or self.actor.person_id is None:
            raise Http404
        own = Acknowledgement.objects.filter(person=self.actor.person_id or 0).select_related("edition")
        answers = list(own.order_by("-pk"))
        answer = next((each for each in answers if each.edition_id == edition.pk), None)
        chapters: dict[str, list[Clause]] = {}
        for clause in edition.clauses.current().order_by("position"):
            chapters.setdefault(str(clause.chapter), []).append(clause)
        due = answer.asked_on + dt.timedelta(days=int(parameters()["days"])) if answer else None
        page = ReadContext(
            edition,
            [(number, edition.heading(number), clauses) for number, clauses in chapters.items()],
            answer,
            due,
            text_hash(edition),
            [each for each in answers if each.edition_id != edition.pk and each.state == State.CONFIRMED],
        )
        return self.render("charter/confirm.html", page)

    def post(self, request: HttpRequest) -> HttpResponse:
        """Confirm exactly the text that was on the page."""
        answer = open_question(self.actor)
        if answer is None:
            messages.info(request, _("There is nothing for you to confirm."))
            return HttpResponseRedirect("/regulation/confirm/")
        if request.POST.get("text") != text_hash(answer.edition):
            messages.error(request, _("A newer version has come into force meanwhile; read that one."))
            return HttpResponseRedirect("/regulation/confirm/")
        try:
            confirm(answer, self.actor)
        except NotPermitted as error:
            raise Http404 from error
        except (Refused, Conflict) as error:
            messages.error(request, sentence(error))
            return HttpResponseRedirect("/regulation/confirm/")
        messages.success(request, _("Thank you. Your confirmation is sealed."))
        return HttpResponseRedirect("/regulation/confirm/")


@dataclass
class Campaign:
    """How far the confirmations of one edition have come."""

    edition: Edition
    asked: int
    confirmed: int

    @property
    def share(self) -> str:
        """Return the confirmed share in percent."""
        return f"{self.confirmed * 100 / self.asked:.1f}" if self.asked else "—"


@dataclass
class CampaignContext:
    """Everything the page of the campaign draws."""

    campaigns: list[Campaign]
    missing: list[tuple[Acknowledgement, dt.date, bool]]
    total: int
    most: int
    list_url: str


class CampaignPage(SignedInPage):
    """Who has confirmed which version, and who of one's own people has not."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show the figures of every edition, and the missing names within the reader's reach."""
        if self.actor.external or not self.actor.may("charter.acknowledgement", "view"):
            raise Http404
        edition = in_force()
        given = parameters()
        days = int(given["days"])
        missing: list[tuple[Acknowledgement, dt.date, bool]] = []
        total = 0
        if edition is not None:
            rows = Acknowledgement.objects.visible_to(self.actor).filter(edition=edition, state=State.ASKED)
            found = in_service(rows).order_by("asked_on", "name")
            total = found.count()
            for answer in found[:MISSING_SHOWN]:
                due = answer.asked_on + dt.timedelta(days=days)
                missing.append((answer, due, due <= moment.today()))
        page = CampaignContext(
            campaigns(), missing, total, int(given["reminders"]), list_url(site.resource(Acknowledgement))
        )
        return self.render("charter/confirmations.html", page)


def campaigns() -> list[Campaign]:
    """Return how far every edition was confirmed, the newest first."""
    editions = Edition.objects.filter(took_effect_at__isnull=False).order_by("-took_effect_at")
    return [campaign_of(edition) for edition in editions]


def campaign_of(edition: Edition) -> Campaign:
    """Return how far an edition was confirmed: the one in force by those in service, an older one by those asked."""
    rows = edition.acknowledgements.all()
    if edition.state == Edition.State.IN_FORCE:
        rows = in_service(rows)
    figures: dict[str, Any] = rows.aggregate(
        asked=Count("pk", filter=~Q(state=State.LEFT)), confirmed=Count("pk", filter=Q(state=State.CONFIRMED))
    )
    return Campaign(edition, figures["asked"], figures["confirmed"])
