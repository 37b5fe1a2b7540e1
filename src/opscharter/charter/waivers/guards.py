"""What an exception to a clause needs."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils.translation import gettext_lazy as _

from opscharter.kernel import moment
from opscharter.kernel.access.actor import Actor
from opscharter.kernel.approvals.directory import directory
from opscharter.kernel.controls.registry import GUARDS, Parameter, guard
from opscharter.kernel.controls.wording import Sentence, Wording
from opscharter.kernel.resources.site import site


@guard(
    "exception.bounded", clause="10.1.1", owner="quality-supervisor", overridable=False,
    label=_("An exception has a reason and ends soon"),
    parameters={"days": Parameter(30, _("days"), _("longest exception"))},
)  # fmt: skip
def bounded(waiver: Any, actor: Actor, parameters: Any) -> list[Sentence]:
    """The exception says why, ends within the longest time allowed, and concerns a guard that allows exceptions."""
    missing: list[Sentence] = []
    if not waiver.reason.strip():
        missing.append(_("An exception needs a reason."))
    if not moment.now() < waiver.expires_at <= moment.now() + dt.timedelta(days=parameters["days"]):
        missing.append(Wording(_("An exception expires within %(days)s days."), {"days": parameters["days"]}))
    declared = GUARDS.get(waiver.control)
    if declared is not None and not declared.overridable:
        missing.append(_("This clause allows no exception."))
    return missing


@guard(
    "exception.record-known", clause="10.1.1", owner="quality-supervisor", overridable=False,
    label=_("The record exists for who asks"),
)  # fmt: skip
def record_known(waiver: Any, actor: Actor) -> list[Sentence]:
    """The record that is to pass the guard exists within the requester's own scope."""
    if not waiver.record_type:
        return []
    resource = site.find(waiver.record_type)
    rows = resource.model._default_manager.visible_to(actor) if resource else None
    if rows is None or not rows.filter(pk=waiver.record_id).exists():
        return [_("There is no such record, or not for you.")]
    return []


@guard(
    "exception.approved-by-another", clause="10.1.1", owner="quality-supervisor", overridable=False,
    label=_("Somebody else approves, who may override the guard"),
)  # fmt: skip
def approved_by_another(waiver: Any, actor: Actor) -> list[Sentence]:
    """The approver is neither the requester nor a deputy of theirs, and holds the grant to override."""
    missing: list[Sentence] = []
    represented = set(directory().stands_in_for(actor.person_id)) if actor.person_id else set()
    own = actor.user_id is not None and actor.user_id == waiver.created_by_id
    if own or waiver.requested_person in {actor.person_id, *represented} - {None}:
        missing.append(_("Whoever asked for the exception, or stands in for them, does not approve it."))
    if waiver.record_type and not actor.may(waiver.record_type, "override"):
        missing.append(_("Your role may not let such records pass a guard."))
    return missing
