"""Articles, what readers think of them, and where they have helped."""

from __future__ import annotations

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from opscharter.customers.models import Service
from opscharter.kernel.access.actor import Actor, system_actor
from opscharter.kernel.access.scope import Scope
from opscharter.kernel.records.merging import changed_fields
from opscharter.kernel.records.numbering import Numbering
from opscharter.kernel.records.record import Record
from opscharter.organization.models import Employee
from opscharter.service.knowledge.lifecycle import ARTICLE, ArticleState
from opscharter.service.tickets.models import Incident

STAYS_OPEN = {"state", "expires_on", "published_at", "reviewer_id", "audience"}
"""What may still change when an article is published; its text is then changed by the next edition only."""


class Audience(models.TextChoices):
    """Who reads an article."""

    INTERNAL = "internal", _("the house")
    CUSTOMERS = "customers", _("customers too")


class Category(models.TextChoices):
    """What kind of question an article answers."""

    TROUBLE = "trouble", _("fault and repair")
    HOW_TO = "how-to", _("how to")
    PROCEDURE = "procedure", _("procedure")
    QUESTION = "question", _("frequent question")


class Article(Record):
    """What the company knows about a question or a fault, and how it is answered; one edition of it."""

    title = models.CharField(_("title"), max_length=200)
    category = models.CharField(_("category"), max_length=12, choices=Category.choices, default=Category.TROUBLE)
    service = models.ForeignKey(Service, models.PROTECT, null=True, blank=True, verbose_name=_("service"))
    audience = models.CharField(_("readers"), max_length=10, choices=Audience.choices, default=Audience.INTERNAL)
    symptom = models.TextField(_("question or symptom"), blank=True)
    body = models.TextField(_("answer"), blank=True)
    keywords = models.CharField(_("keywords"), max_length=200, blank=True)
    author = models.ForeignKey(
        Employee, models.PROTECT, null=True, blank=True, editable=False, related_name="+", verbose_name=_("author")
    )
    reviewer = models.ForeignKey(
        Employee, models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("reviewer")
    )
    edition = models.PositiveSmallIntegerField(_("edition"), default=1, editable=False)
    replaces = models.ForeignKey(
        "self", models.PROTECT, null=True, editable=False, related_name="replaced_by", verbose_name=_("replaces")
    )
    born_of = models.ForeignKey(
        Incident, models.PROTECT, null=True, editable=False, related_name="articles", verbose_name=_("learned from")
    )
    expires_on = models.DateField(_("good until"), null=True, blank=True)
    published_at = models.DateTimeField(_("published"), null=True, editable=False)

    numbering = Numbering("KB-{seq:05}")
    scope = Scope(
        public=True,
        outside=Q(audience=Audience.CUSTOMERS, state=ArticleState.PUBLISHED, archived_at__isnull=True),
    )
    lifecycle = ARTICLE
    search_fields = ("title", "symptom", "body", "keywords")

    class Meta:
        verbose_name = _("knowledge article")
        verbose_name_plural = _("knowledge articles")
        indexes = [models.Index(fields=["state", "audience", "category"], name="article_shelf")]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    def clean(self) -> None:
        """Refuse to change the text of what was published."""
        public = self.state in (ArticleState.PUBLISHED, ArticleState.RETIRED)
        if self.pk and public and set(changed_fields(self)) - STAYS_OPEN:
            raise ValidationError(_("A published article is changed by its next edition: take the step “Revise”."))

    def on_create(self, actor: Actor) -> None:
        """Whoever writes it down is its author."""
        if self.author_id is None and actor.person_id is not None:
            self.author_id = actor.person_id
            self.save_as(system_actor(), note="author")


class ArticleFeedback(models.Model):
    """What one reader thinks of an article."""

    article = models.ForeignKey(Article, models.CASCADE, related_name="feedback")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    helpful = models.BooleanField(_("helpful"))
    note = models.CharField(_("what is missing"), max_length=300, blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["article", "user"], name="article_feedback_once")]

    def __str__(self) -> str:
        return f"{self.article_id}: {self.helpful}"


class ArticleUse(models.Model):
    """A ticket that an article has helped to answer."""

    article = models.ForeignKey(Article, models.CASCADE, related_name="uses")
    record_type = models.CharField(max_length=60)
    record_id = models.BigIntegerField()
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["article", "record_type", "record_id"], name="article_use_once")]
        indexes = [models.Index(fields=["record_type", "record_id"], name="article_use_record")]

    def __str__(self) -> str:
        return f"{self.article_id} → {self.record_type} {self.record_id}"
