"""The life of a confirmation: asked, confirmed by the person alone, or no longer needed because they left."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from opscharter.charter.content import text_hash
from opscharter.kernel import moment
from opscharter.kernel.access.actor import Actor
from opscharter.kernel.controls.registry import Text, guard
from opscharter.kernel.records.lifecycle import Lifecycle, Move


class State(models.TextChoices):
    """What became of the question."""

    ASKED = "ASKED", _("not confirmed yet")
    CONFIRMED = "CONFIRMED", _("confirmed")
    LEFT = "LEFT", _("left the company")


@guard(
    "charter.confirmed-in-person", clause="1.2.1", owner="hr", overridable=False,
    label=_("Everyone confirms for themselves, and the version in force"),
)  # fmt: skip
def confirmed_in_person(answer: Any, actor: Actor) -> list[Text]:
    """Nobody confirms for somebody else, nor a version that no longer binds."""
    missing: list[Text] = []
    if actor.person_id != answer.person:
        missing.append(_("Only the person asked can confirm."))
    if answer.edition.state != "IN_FORCE":
        missing.append(_("This version is not in force; the one in force is to be confirmed."))
    return missing


def seal(answer: Any, actor: Actor, given: Mapping[str, Any]) -> None:
    """Seal the answer: the hash of the text as it was read, the person, and the time."""
    answer.confirmed_at = moment.now()
    answer.text_hash = text_hash(answer.edition)
    answer.seal = answer.seal_of()


LIFECYCLE = Lifecycle(
    State,
    start=State.ASKED,
    moves=[
        Move("confirm", State.ASKED, State.CONFIRMED, _("Read and confirmed"), primary=True,
             guards=[confirmed_in_person], prepare=[seal]),
        Move("leave", State.ASKED, State.LEFT, _("Leave"), automatic=True),
        Move("return", State.LEFT, State.ASKED, _("Return"), automatic=True),
    ],
    final=[State.CONFIRMED, State.LEFT],
)  # fmt: skip
