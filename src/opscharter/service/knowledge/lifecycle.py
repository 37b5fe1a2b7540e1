"""The life of an article: written, reviewed by somebody else, published, revised, retired."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from opscharter.kernel.records.lifecycle import STAY, Lifecycle, Move
from opscharter.service.knowledge import effects, guards


class ArticleState(models.TextChoices):
    """Where an edition stands."""

    DRAFT = "DRAFT", _("draft")
    IN_REVIEW = "IN_REVIEW", _("in review")
    PUBLISHED = "PUBLISHED", _("published")
    RETIRED = "RETIRED", _("retired")


ARTICLE = Lifecycle(
    ArticleState, start=ArticleState.DRAFT, final=[ArticleState.RETIRED],
    moves=[
        Move("submit", ArticleState.DRAFT, ArticleState.IN_REVIEW, _("Ask for review"), primary=True,
             guards=[guards.complete]),
        Move("publish", ArticleState.IN_REVIEW, ArticleState.PUBLISHED, _("Approve and publish"), primary=True,
             inputs=["audience", "expires_on"], required=["audience", "expires_on"],
             guards=[guards.complete, guards.names_no_customer],
             separate_from=["author"], prepare=[effects.mark_published], effects=[effects.retire_former]),
        Move("send-back", ArticleState.IN_REVIEW, ArticleState.DRAFT, _("Send back"), needs_reason=True),
        Move("prolong", ArticleState.PUBLISHED, STAY, _("Still right"), inputs=["expires_on"],
             required=["expires_on"], needs_reason=True),
        Move("revise", ArticleState.PUBLISHED, STAY, _("Revise"), effects=[effects.draft_next]),
        Move("retire", [ArticleState.DRAFT, ArticleState.IN_REVIEW, ArticleState.PUBLISHED], ArticleState.RETIRED,
             _("Retire"), needs_reason=True),
    ],
)  # fmt: skip
