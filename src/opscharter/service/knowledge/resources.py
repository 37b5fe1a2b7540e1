"""How knowledge articles appear."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from opscharter.kernel import moment
from opscharter.kernel.access.actor import Actor
from opscharter.kernel.resources.declaration import Panel, Resource, Section, Text, View
from opscharter.service.knowledge.lifecycle import ArticleState
from opscharter.service.knowledge.models import Article, Audience
from opscharter.service.knowledge.pages import ArticlePage


def _learned_of(incident: Any, actor: Actor) -> dict[str, Any] | None:
    """Return the articles that came of an incident or answered it."""
    if actor.external:
        return None
    mine = Q(born_of=incident) | Q(uses__record_type=incident._meta.label_lower, uses__record_id=incident.pk)
    found = list(Article.objects.visible_to(actor).filter(mine).distinct().order_by("pk"))
    may = actor.may("service.article", "create") and bool(incident.cause and incident.fix)
    return {"articles": found, "may": may} if found or may else None


def _badges(article: Any) -> list[tuple[Text, str]]:
    badges: list[tuple[Text, str]] = [(_("edition %(n)s") % {"n": article.edition}, "n")]
    if article.audience == Audience.CUSTOMERS:
        badges.append((_("customers read it"), "b"))
    if article.state == ArticleState.PUBLISHED and article.expires_on and article.expires_on < moment.today():
        badges.append((_("past its day"), "r"))
    return badges


ON_INCIDENT = Panel(_("Knowledge"), "service/knowledge/on_incident.html", _learned_of, later=True)

articles = Resource(
    Article, "articles", icon="book", order="-id", badges=_badges,
    columns=["number", "title", "category", "service", "state", "audience", "expires_on", "published_at"],
    filters=["state", "category", "service", "audience", "author", "expires_on"],
    views=[
        View("published", _("Published"), lambda actor: Q(state=ArticleState.PUBLISHED)),
        View("to-review", _("To review"), lambda actor: Q(state=ArticleState.IN_REVIEW)),
        View("expired", _("Past their day"),
             lambda actor: Q(state=ArticleState.PUBLISHED, expires_on__lt=moment.today())),
    ],
    form=[
        Section(_("Article"), ["title", "symptom", "body"]),
        Section(_("Where it stands"), ["category", "service", "keywords", "audience", "expires_on"]),
    ],
    facts=["category", "service", "keywords", "audience", "author", "reviewer", "published_at", "expires_on",
           "replaces", "born_of"],
    customer_facts=["title", "category", "service", "symptom", "body", "published_at"],
    pages={"<int:pk>/": ArticlePage},
)  # fmt: skip
