"""Verbs of the knowledge base."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from opscharter.kernel import moment
from opscharter.kernel.access.actor import Actor
from opscharter.kernel.resources.links import record_url
from opscharter.kernel.search.similar import similar
from opscharter.kernel.timeline import entries
from opscharter.kernel.timeline.events import declare_event
from opscharter.kernel.timeline.models import TimelineEntry
from opscharter.service.knowledge.lifecycle import ArticleState
from opscharter.service.knowledge.models import Article, ArticleFeedback, ArticleUse
from opscharter.service.tickets.hooks import Suggestion
from opscharter.service.tickets.models import Incident

USED = declare_event("article-used", _("Answered with %(number)s %(title)s"))
KIND: str | Promise = _("Knowledge")


@transaction.atomic
def write_from(incident: Incident, actor: Actor) -> Article:
    """Begin an article with what a resolved incident has taught."""
    if not (incident.cause.strip() and incident.fix.strip()):
        raise ValidationError(_t("Resolve the incident first: its cause and repair are what is worth keeping."))
    body = _t("Cause: %(cause)s\n\nRepair: %(fix)s") % {"cause": incident.cause, "fix": incident.fix}
    article = Article(
        title=incident.title, symptom=incident.title, body=body,
        service=incident.service, born_of=incident,
    )  # fmt: skip
    return article.save_as(actor)


def judge(article: Article, actor: Actor, helpful: bool, note: str = "") -> None:
    """Keep what one reader thinks; a second opinion of the same reader replaces the first."""
    if actor.user is None:
        return
    ArticleFeedback.objects.update_or_create(
        article=article, user=actor.user, defaults={"helpful": helpful, "note": note[:300], "at": moment.now()}
    )


@transaction.atomic
def use(article: Article, ticket: Any, actor: Actor) -> None:
    """Keep that an article has helped with a ticket, once, and tell the ticket's story."""
    _made, new = ArticleUse.objects.get_or_create(
        article=article, record_type=ticket._meta.label_lower, record_id=ticket.pk,
        defaults={"user_id": actor.user_id, "at": moment.now()},
    )  # fmt: skip
    if new:
        data = {"number": article.number, "title": article.title}
        entries.append(ticket, actor, TimelineEntry.Kind.EVENT, verb=USED, data=data)


def suggest(actor: Actor, text: str) -> list[Suggestion]:
    """Return the published articles most like a text, within what the reader may see."""
    if not actor.may("service.article", "view"):
        return []
    rows = Article.objects.visible_to(actor).current().filter(state=ArticleState.PUBLISHED)
    return [
        Suggestion(KIND, str(article), record_url(article), article.body, score, article)
        for article, score in similar(rows, text, limit=3)
    ]
