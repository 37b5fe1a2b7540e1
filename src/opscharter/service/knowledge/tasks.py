"""Articles as things to do: one's own that have passed their day."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from opscharter.kernel import moment
from opscharter.kernel.access.actor import Actor
from opscharter.kernel.resources.links import record_url
from opscharter.kernel.resources.tasks import Task
from opscharter.service.knowledge.lifecycle import ArticleState
from opscharter.service.knowledge.models import Article


def articles_to_look_over(actor: Actor) -> list[Task]:
    """Return the person's published articles that are past the day until which they are good."""
    if actor.person_id is None:
        return []
    rows = Article.objects.current().filter(author_id=actor.person_id, state=ArticleState.PUBLISHED)
    late = rows.filter(expires_on__lt=moment.today()).order_by("expires_on")[:20]
    return [Task(str(row), _("knowledge article"), record_url(row), "3.3.2", verb=_("Look over")) for row in late]
