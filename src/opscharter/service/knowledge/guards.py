"""The guards of articles."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from opscharter.kernel.access.actor import Actor
from opscharter.kernel.controls.registry import Text, guard


@guard("knowledge.complete", clause="3.3.2", owner="engineer", label=_("Question and answer are written"))
def complete(article: Any, actor: Actor) -> list[Text]:
    """An article says for which question or symptom it is, and answers it."""
    missing: list[Text] = []
    if not article.symptom.strip():
        missing.append(_("Write the question or symptom."))
    if not article.body.strip():
        missing.append(_("Write the answer."))
    return missing
