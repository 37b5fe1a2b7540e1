"""What the steps of an article bring about."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from opscharter.kernel import moment
from opscharter.kernel.access.actor import Actor

Inputs = Mapping[str, Any]
COPIED = ("title", "category", "service", "audience", "symptom", "body", "keywords", "born_of")


def mark_published(article: Any, actor: Actor, inputs: Inputs) -> None:
    """Note when it was published, and who answers for it beside its author."""
    article.published_at, article.reviewer_id = moment.now(), actor.person_id


def retire_former(article: Any, actor: Actor, inputs: Inputs) -> None:
    """Let the edition that this one replaces go."""
    former = article.replaces
    if former is not None and former.state == "PUBLISHED":
        former.move("retire", actor, reason=_("Replaced by %(number)s.") % {"number": article.number})


def draft_next(article: Any, actor: Actor, inputs: Inputs) -> None:
    """Make the draft of the next edition; an unfinished one is gone on with."""
    model = type(article)
    if model.objects.filter(replaces=article, state__in=["DRAFT", "IN_REVIEW"], archived_at__isnull=True).exists():
        return
    kept = {name: getattr(article, name) for name in COPIED}
    model(**kept, edition=article.edition + 1, replaces=article).save_as(actor)
