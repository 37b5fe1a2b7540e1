"""The library's records: every feature of the kernel's record, and no business."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models

from opscharter.kernel.access.actor import Actor
from opscharter.kernel.access.scope import Scope
from opscharter.kernel.approvals.requests import Approval
from opscharter.kernel.errors import Reason, Refused
from opscharter.kernel.records.lifecycle import STAY, Lifecycle, Move
from opscharter.kernel.records.numbering import Numbering
from opscharter.kernel.records.record import Record
from tests.kernel.testapp import guards


class Shelf(Record):
    """A place for papers, open to whoever is granted any reach."""

    name = models.CharField("name", max_length=80, unique=True)

    scope = Scope(public=True)
    search_fields = ("name",)

    class Meta:
        app_label = "testapp"

    def __str__(self) -> str:
        return self.name


class Topic(Record):
    """What papers are about."""

    name = models.CharField("name", max_length=80)

    scope = Scope(public=True)

    class Meta:
        app_label = "testapp"

    def __str__(self) -> str:
        return self.name


class State(models.TextChoices):
    """The states of a paper."""

    DRAFT = "draft", "draft"
    REVIEW = "review", "in review"
    PUBLISHED = "published", "published"
    WITHDRAWN = "withdrawn", "withdrawn"


def _stamp_pages(paper: Any, actor: Actor, given: Mapping[str, Any]) -> None:
    paper.stamp = f"{paper.pages} pages"


def _shelve(paper: Any, actor: Actor, given: Mapping[str, Any]) -> None:
    if given["reason"] == "fire":
        raise Refused([Reason("The library is on fire.", "testapp.titled", "9.1.3")])


class Paper(Record):
    """A text with an author that is reviewed, published and withdrawn."""

    title = models.CharField("title", max_length=120)
    body = models.TextField("body", blank=True)
    pages = models.PositiveIntegerField("pages", null=True, blank=True)
    cost = models.DecimalField("cost", max_digits=10, decimal_places=2, null=True, blank=True)
    words = models.JSONField("key words", default=list, blank=True)
    author = models.BigIntegerField("author", null=True, blank=True)
    unit = models.BigIntegerField("department", null=True, blank=True)
    customer = models.BigIntegerField("customer", null=True, blank=True)
    shelf = models.ForeignKey(Shelf, models.PROTECT, null=True, blank=True, related_name="papers")
    topics = models.ManyToManyField(Topic, blank=True, related_name="papers")
    expires_at = models.DateTimeField("expires", null=True, blank=True)
    published_at = models.DateTimeField("published", null=True, blank=True)
    stamp = models.CharField("stamp", max_length=40, blank=True)

    numbering = Numbering("PAP-{date:%Y%m%d}-{seq:04}")
    scope = Scope(owner="author", department="unit", customer="customer")
    create_guards = (guards.TITLED,)
    timeline_fields = ("shelf", "author")
    search_fields = ("title", "shelf__name")
    lifecycle = Lifecycle(
        State,
        State.DRAFT,
        [
            Move("submit", State.DRAFT, State.REVIEW, "Submit", guards=[guards.LONG_ENOUGH, guards.COMPLETE],
                 inputs=["pages"], prepare=[_stamp_pages], effects=[_shelve], primary=True),
            Move("publish", State.REVIEW, State.PUBLISHED, "Publish", inputs=["shelf", "published_at"],
                 required=["shelf"], separate_from=["author"], customer_visible=True),
            Move("return", State.REVIEW, State.DRAFT, "Return", needs_reason=True),
            Move("weigh", [State.DRAFT, State.REVIEW], STAY, "Weigh", inputs=["cost"], automatic=True),
            Move("withdraw", State.PUBLISHED, State.WITHDRAWN, "Withdraw",
                 approval=Approval("9.2.1", ["title", "cost", "topics", "sections"])),
        ],
        final=[State.WITHDRAWN],
    )  # fmt: skip

    class Meta:
        app_label = "testapp"
        constraints = [models.UniqueConstraint(fields=["shelf", "title"], name="testapp_one_title_a_shelf")]

    def __str__(self) -> str:
        return self.title

    def clean(self) -> None:
        """Refuse a title that shouts."""
        if self.title.isupper():
            raise ValidationError({"title": "A title does not shout."})

    def on_create(self, actor: Actor) -> None:
        """Refuse what only shows once the paper has its number."""
        if self.title == "Too late":
            raise Refused([Reason("Too late.", "testapp.titled", "9.1.3")])

    def on_change(self, actor: Actor, changes: Mapping[str, list[Any]]) -> None:
        """Remember what the kernel told, for tests."""
        self.told = dict(changes)


class Section(Record):
    """A part of a paper."""

    paper = models.ForeignKey(Paper, models.PROTECT, related_name="sections")
    text = models.TextField("text")

    scope = Scope(owner="paper__author", department="paper__unit", customer="paper__customer")

    class Meta:
        app_label = "testapp"

    def __str__(self) -> str:
        return self.text[:20]
