"""The checks of the knowledge base: what is read is current and of use."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import Count, F, Q
from django.utils.translation import gettext_lazy as _

from opscharter.kernel import moment
from opscharter.kernel.controls.registry import Measure, check
from opscharter.service.knowledge.lifecycle import ArticleState
from opscharter.service.knowledge.models import Article

Parameters = Mapping[str, Any]


@check(
    "knowledge.current", clause="3.3.2", owner="service-manager", target=90, label=_("Published articles are current"),
)  # fmt: skip
def current(parameters: Parameters) -> Measure:
    """Published articles; exceptions are past the day until which they are good."""
    rows = Article.objects.current().filter(state=ArticleState.PUBLISHED)
    late = Q(expires_on__lt=moment.today()) | Q(expires_on__isnull=True)
    return Measure(rows, late, "published_at", _("past the day until which it is good"))


@check(
    "knowledge.helpful", clause="3.3.2", owner="service-manager", target=80, label=_("Readers find articles helpful"),
)  # fmt: skip
def helpful(parameters: Parameters) -> Measure:
    """Published articles that readers have judged; exceptions are found unhelpful more often than helpful."""
    rows = Article.objects.current().filter(state=ArticleState.PUBLISHED, feedback__isnull=False)
    judged = rows.annotate(
        good=Count("feedback", filter=Q(feedback__helpful=True), distinct=True),
        bad=Count("feedback", filter=Q(feedback__helpful=False), distinct=True),
    )
    return Measure(judged, Q(bad__gt=F("good")), "published_at", _("more readers were not helped than helped"))
