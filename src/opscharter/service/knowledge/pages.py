"""Reading an article, saying whether it helped, and writing one from an incident."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path
from django.utils.translation import gettext as _

from opscharter.kernel.errors import Conflict, NotPermitted, Refused
from opscharter.kernel.resources.links import record_url
from opscharter.kernel.web.base import SignedInPage
from opscharter.kernel.web.detail import DetailPage
from opscharter.kernel.web.moving import sentence
from opscharter.service.knowledge import services
from opscharter.service.knowledge.models import Article, ArticleFeedback
from opscharter.service.tickets.models import Incident, ServiceRequest

MOST_USES = 20
TICKETS: dict[str, Any] = {"incidents": Incident, "requests": ServiceRequest}


class ArticlePage(DetailPage):
    """An article as one reads it."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show it, with what readers think and where it has helped."""
        article = self.record(pk, related=True)
        counts = article.feedback.aggregate(good=Count("pk", filter=Q(helpful=True)), all=Count("pk"))
        mine = ArticleFeedback.objects.filter(article=article, user_id=self.actor.user_id or 0).first()
        reading = {
            **counts, "mine": mine, "uses": [] if self.actor.external else self._uses(article),
            "notes": [] if self.actor.external else list(article.feedback.exclude(note="").order_by("-at")[:10]),
        }  # fmt: skip
        return self.render("service/knowledge/article.html", self._context(article), reading=reading)

    def _uses(self, article: Article) -> list[Any]:
        wanted: dict[str, list[int]] = {}
        for record_type, pk in article.uses.order_by("-at").values_list("record_type", "record_id")[:MOST_USES]:
            wanted.setdefault(record_type, []).append(pk)
        found: list[Any] = []
        for record_type, ids in wanted.items():
            model: Any = apps.get_model(record_type)
            found += model.objects.visible_to(self.actor).filter(pk__in=ids).order_by("-pk")
        return found


class FeedbackPage(SignedInPage):
    """Whether an article helped."""

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Keep the reader's opinion."""
        article = Article.objects.visible_to(self.actor).filter(pk=pk).first()
        if article is None:
            raise Http404
        services.judge(article, self.actor, request.POST.get("helpful") == "1", request.POST.get("note", ""))
        messages.success(request, _("Thank you."))
        return HttpResponseRedirect(record_url(article))


class UsePage(SignedInPage):
    """An article that answers a ticket."""

    def post(self, request: HttpRequest, kind: str, pk: int, article: int) -> HttpResponse:
        """Keep it and go back to the ticket."""
        model = TICKETS.get(kind)
        ticket = model.objects.visible_to(self.actor, "comment").filter(pk=pk).first() if model else None
        used = Article.objects.visible_to(self.actor).filter(pk=article).first()
        if ticket is None or used is None or self.actor.external:
            raise Http404
        services.use(used, ticket, self.actor)
        return HttpResponseRedirect(record_url(ticket))


class FromIncidentPage(SignedInPage):
    """An article from what an incident has taught."""

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Begin it and show its form."""
        incident = Incident.objects.visible_to(self.actor).filter(pk=pk).first()
        if incident is None or self.actor.external:
            raise Http404
        try:
            article = services.write_from(incident, self.actor)
        except NotPermitted as error:
            raise Http404 from error
        except (Refused, Conflict, ValidationError) as error:
            messages.error(request, sentence(error))
            return HttpResponseRedirect(record_url(incident))
        return HttpResponseRedirect(record_url(article, "edit"))


URLS = [
    path("service/articles/<int:pk>/feedback/", FeedbackPage.as_view(), name="article-feedback"),
    path("service/<slug:kind>/<int:pk>/articles/<int:article>/", UsePage.as_view(), name="article-use"),
    path("service/incidents/<int:pk>/article/", FromIncidentPage.as_view(), name="incident-article"),
]
