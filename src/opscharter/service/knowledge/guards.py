"""The guards of articles."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from opscharter.customers.models import Customer
from opscharter.kernel.access.actor import Actor
from opscharter.kernel.controls.registry import guard
from opscharter.kernel.controls.wording import Sentence, Wording


@guard("knowledge.complete", clause="3.3.2", owner="engineer", label=_("Question and answer are written"))
def complete(article: Any, actor: Actor) -> list[Sentence]:
    """An article says for which question or symptom it is, and answers it."""
    missing: list[Sentence] = []
    if not article.symptom.strip():
        missing.append(_("Write the question or symptom."))
    if not article.body.strip():
        missing.append(_("Write the answer."))
    return missing


@guard(
    "knowledge.names-no-customer", clause="3.3.2", owner="service-manager", overridable=False,
    label=_("What customers read names none of them"),
)  # fmt: skip
def names_no_customer(article: Any, actor: Actor) -> list[Sentence]:
    """An article for customers tells none of them about another."""
    if article.audience != "customers":
        return []
    text = " ".join([article.title, article.symptom, article.body, article.keywords]).casefold()
    known = Customer.objects.current().values_list("name", "short_name")
    named = sorted({name for names in known for name in names if len(name) > 1 and name.casefold() in text})
    return [Wording(_("Take the customers' names out: %(names)s."), {"names": named[:5]})] if named else []
