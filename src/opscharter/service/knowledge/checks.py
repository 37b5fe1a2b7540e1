"""The checks of the knowledge base: what is read is current and of use."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import Count, F, Q
from django.utils.translation import gettext_lazy as _

from opscharter.kernel import moment
from opscharter.kernel.controls.registry import Measure, check
from opscharter.service.knowledge.lifecycle import ArticleState
from opscharter.service.knowledge.models import Article, ArticleFeedback

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
    judged = ArticleFeedback.objects.values("article")
    rows = Article.objects.current().filter(state=ArticleState.PUBLISHED, pk__in=judged)
    balance = judged.annotate(good=Count("pk", filter=Q(helpful=True)), bad=Count("pk", filter=Q(helpful=False)))
    unhelpful = balance.filter(bad__gt=F("good")).values("article")
    reason = _("more readers were not helped than helped")
    return Measure(rows, Q(pk__in=unhelpful), "published_at", reason)
