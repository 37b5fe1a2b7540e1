"""Publishing an edition: what must be there before, and what follows when it takes effect."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.cache import cache
from django.db import transaction
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from opscharter.charter.content import content_hash
from opscharter.kernel import moment
from opscharter.kernel.access.actor import Actor, system_actor
from opscharter.kernel.approvals.requests import Approval
from opscharter.kernel.controls.decisions import change_setting
from opscharter.kernel.controls.registry import Text, guard
from opscharter.kernel.errors import Reason

CLAUSE = "10.1.2"
BOUND = ("titles", "preambles", "headings", "settings", "bindings", "clauses")
"""What the votes on a publication are bound to: every text, parameter, mode and binding of the draft."""
PRESENT = ("charter.edition", "charter.rail", "charter.bindings")
"""The cached facts that follow from which edition is in force."""

when_in_force: list[Callable[[Any, Actor], object]] = []
"""What other parts do when an edition takes effect, in its transaction: the campaign asks everyone to read it."""


def first_of_all(edition: Any) -> bool:
    """Say whether this is the text an installation begins with: nothing is amended, nothing could be rehearsed."""
    return edition.base_id is None and not type(edition).objects.filter(took_effect_at__isnull=False).exists()


@dataclass(frozen=True)
class EditionApproval(Approval):
    """The approval of an amendment; the text an installation begins with is put into force by the installation."""

    def missing(self, record: Any, move: str, actor: Actor) -> list[Reason]:
        """Return why the amendment is not approved yet."""
        return [] if actor.system and first_of_all(record) else super().missing(record, move, actor)


APPROVAL = EditionApproval(CLAUSE, BOUND)


@guard(
    "regulation.rehearsed", clause=CLAUSE, owner="quality-supervisor",
    label=_("The draft was rehearsed as it stands"),
)  # fmt: skip
def rehearsed(edition: Any, actor: Actor) -> list[Text]:
    """An amendment is published only after everybody could see what it would have meant."""
    if first_of_all(edition):
        return []
    latest = edition.rehearsals.filter(state="DONE").order_by("-pk").first()
    if latest is None:
        return [_("Rehearse the draft over the last 90 days first.")]
    if latest.content != content_hash(edition):
        return [_("The draft was changed after its rehearsal; rehearse it again.")]
    return []


@guard(
    "regulation.dated", clause="10.1.1", owner="top-management", overridable=False,
    label=_("The day of effect and the interpreting body are named"), fields=("effective_on", "interpreter"),
)  # fmt: skip
def dated(edition: Any, actor: Actor) -> list[Text]:
    """An edition says from which day it is in force and who interprets it; never from a day that is past."""
    missing: list[Text] = []
    if edition.effective_on is None:
        missing.append(_("Name the day from which it is in force."))
    elif edition.effective_on < moment.today():
        missing.append(_("An edition cannot have been in force before it was published."))
    if not edition.interpreter.strip():
        missing.append(_("Name the body that interprets it."))
    return missing


def take_effect_if_due(edition: Any, actor: Actor, given: Mapping[str, Any]) -> None:
    """Put an edition into force at once when its day is today; otherwise the scheduler does so on that day."""
    if edition.effective_on <= moment.today():
        edition.move("take-effect", system_actor())


def note_effect(edition: Any, actor: Actor, given: Mapping[str, Any]) -> None:
    """Keep the moment from which the edition holds."""
    edition.took_effect_at = moment.now()


def note_end(edition: Any, actor: Actor, given: Mapping[str, Any]) -> None:
    """Keep the moment until which the edition held."""
    edition.superseded_at = moment.now()


def replace_former(edition: Any, actor: Actor, given: Mapping[str, Any]) -> None:
    """Supersede the edition that was in force until now."""
    for former in type(edition).objects.filter(state="IN_FORCE").exclude(pk=edition.pk):
        former.move("supersede", actor)


def apply_settings(edition: Any, actor: Actor, given: Mapping[str, Any]) -> None:
    """Let the parameters and modes of the edition hold from now on, as dated settings."""
    with override("zh-hant"):
        reason = _t("Version %(label)s of the regulation") % {"label": edition.label}
    for control, setting in sorted(edition.settings.items()):
        change_setting(control, actor, mode=setting["mode"], parameters=setting["parameters"], reason=reason)


def tell_others(edition: Any, actor: Actor, given: Mapping[str, Any]) -> None:
    """Let the other parts do what follows."""
    for follow in when_in_force:
        follow(edition, actor)


def forget_present() -> None:
    """Forget what was cached of the edition in force, now and once this is committed."""
    cache.delete_many(PRESENT)
    transaction.on_commit(lambda: cache.delete_many(PRESENT))
