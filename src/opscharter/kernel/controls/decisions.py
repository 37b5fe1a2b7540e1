"""Applying guards to a step: mode, parameters, exceptions, and the guard log."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from opscharter.kernel import moment
from opscharter.kernel.access.actor import Actor
from opscharter.kernel.audit.trail import current_edition, plain, write_entry
from opscharter.kernel.controls.models import ControlException, ControlSetting, GuardDecision
from opscharter.kernel.controls.registry import Check, Control, Guard, Mode, clause_of, find
from opscharter.kernel.controls.wording import keep
from opscharter.kernel.errors import NotPermitted, Reason, Refused

LONGEST_EXCEPTION = dt.timedelta(days=30)


@dataclass(frozen=True)
class Standing:
    """The mode and the full parameters of a control that hold at a moment."""

    mode: str
    parameters: Mapping[str, Any]


def settings_at(controls: Iterable[Control], at: dt.datetime | None = None) -> dict[str, Standing]:
    """Return, by control id, what holds at the moment (default: now); one query for all of them."""
    controls = list(controls)
    chosen: dict[str, ControlSetting] = {}
    rows = ControlSetting.objects.filter(
        control__in=[control.id for control in controls], valid_from__lte=at or moment.now()
    ).order_by("valid_from", "pk")
    for row in rows:
        chosen[row.control] = row
    result = {}
    for control in controls:
        row_in_force = chosen.get(control.id)
        given = row_in_force.parameters if row_in_force else {}
        mode = row_in_force.mode if row_in_force else control.mode.value
        result[control.id] = Standing(mode, {**control.defaults(), **given})
    return result


def change_setting(
    control_id: str,
    actor: Actor,
    *,
    mode: str,
    parameters: Mapping[str, Any],
    reason: str,
    valid_from: dt.datetime | None = None,
) -> ControlSetting:
    """Set mode and parameters of a control from a moment on; dated, reasoned and audited."""
    if not actor.may("kernel.controlsetting", "create"):
        raise NotPermitted("create", "kernel.controlsetting")
    control = find(control_id)
    if not reason.strip():
        raise Refused([Reason(_t("A change of a control needs a reason."), control.id, clause_of(control), "reason")])
    unknown = sorted(set(parameters) - set(control.defaults()))
    if unknown:
        text = _t("Unknown parameter: %(names)s.") % {"names": ", ".join(unknown)}
        raise Refused([Reason(text, control.id, clause_of(control), "parameters")])
    for name, value in parameters.items():
        default = control.defaults()[name]
        if isinstance(default, int | float) and (isinstance(value, bool) or not isinstance(value, int | float)):
            text = _t("Parameter %(name)s must be a number.") % {"name": name}
            raise Refused([Reason(text, control.id, clause_of(control), "parameters")])
    before = settings_at([control])[control.id]
    with transaction.atomic():
        row = ControlSetting.objects.create(
            control=control.id,
            valid_from=valid_from or moment.now(),
            mode=Mode(mode).value,
            parameters=dict(parameters),
            reason=reason,
            set_by_id=actor.user_id,
        )
        after = {**control.defaults(), **parameters}
        changes = {
            name: [before.parameters.get(name), after[name]]
            for name in after
            if before.parameters.get(name) != after[name]
        }
        if before.mode != mode:
            changes["mode"] = [before.mode, mode]
        write_entry(
            actor, "control-setting", record=row, changes={"control": [None, control.id], **changes}, note=reason
        )
    return row


def grant_exception(
    record: Any,
    guard: Guard,
    actor: Actor,
    *,
    reason: str,
    expires_at: dt.datetime,
    longest: dt.timedelta = LONGEST_EXCEPTION,
) -> ControlException:
    """Let one record pass one guard until a moment, at most `longest` away; needs the override grant and a reason."""
    label = record._meta.label_lower
    if not actor.may(label, "override"):
        raise NotPermitted("override", label)
    problems = []
    if not guard.overridable:
        problems.append(Reason(_t("This clause allows no exception."), guard.id, clause_of(guard)))
    if not reason.strip():
        problems.append(Reason(_t("An exception needs a reason."), guard.id, clause_of(guard), "reason"))
    if not moment.now() < expires_at <= moment.now() + longest:
        text = _t("An exception expires within %(days)s days.") % {"days": longest.days}
        problems.append(Reason(text, guard.id, clause_of(guard), "expires_at"))
    if problems:
        raise Refused(problems)
    with transaction.atomic():
        row = ControlException.objects.create(
            guard=guard.id,
            clause=clause_of(guard),
            record_type=label,
            record_id=record.pk,
            reason=reason,
            granted_at=moment.now(),
            expires_at=expires_at,
            granted_by_id=actor.user_id,
        )
        write_entry(
            actor,
            "override",
            record=record,
            changes={"guard": [None, guard.id], "expires_at": [None, expires_at]},
            note=reason,
        )
    return row


def end_exceptions(record: Any, guard: Guard, actor: Actor, *, reason: str) -> int:
    """Take back every leave that a record has to pass a guard, before it expires; returns how many. Audited."""
    running = ControlException.objects.filter(
        record_type=record._meta.label_lower, record_id=record.pk, guard=guard.id, expires_at__gt=moment.now()
    )
    with transaction.atomic():
        ended = running.update(expires_at=moment.now())
        if ended:
            write_entry(actor, "override-ended", record=record, changes={"guard": [guard.id, None]}, note=reason)
    return ended


@dataclass
class Verdict:
    """What a step's guards say: reasons that stop it, warnings that do not, and guards passed by exception."""

    refusals: list[Reason]
    warnings: list[Reason]
    overridden: list[Reason]


def judge(
    guards: Iterable[Guard], record: Any, actor: Actor, standings: Mapping[str, Standing] | None = None
) -> Verdict:
    """Ask every guard; nothing is written, so pages may ask what is still missing as often as they like.

    A page that asks for several steps gives the `standings` it has read once.
    """
    guards = list(guards)
    verdict = Verdict([], [], [])
    if not guards:
        return verdict
    standings = standings or settings_at(guards)
    excepted: set[str] = set()
    for guard in guards:
        standing = standings[guard.id]
        if standing.mode == Mode.OFF:
            continue
        sentences = guard.missing(record, actor, standing.parameters)
        reasons = [Reason(str(each), guard.id, clause_of(guard), kept=keep(each)) for each in sentences]
        if not reasons:
            continue
        if standing.mode == Mode.WARN:
            verdict.warnings += reasons
            continue
        if record.pk and not excepted:
            excepted = {
                "",
                *ControlException.objects.filter(
                    record_type=record._meta.label_lower, record_id=record.pk, expires_at__gt=moment.now()
                ).values_list("guard", flat=True),
            }
        (verdict.overridden if guard.id in excepted else verdict.refusals).extend(reasons)
    return verdict


def log_decisions(
    outcome: GuardDecision.Outcome,
    reasons: Iterable[Reason],
    record: Any,
    actor: Actor,
    step: str,
    inputs: Mapping[str, Any] | None = None,
) -> None:
    """Append to the guard log: one row per reason that cites a guard."""
    rows = [
        GuardDecision(
            at=moment.now(),
            guard=reason.control,
            clause=reason.clause,
            outcome=outcome,
            step=step,
            record_type=record._meta.label_lower,
            record_id=record.pk,
            number=getattr(record, "number", "") or "",
            message=str(reason.message),
            kept=reason.kept or None,
            inputs=plain(dict(inputs or {})),
            edition=current_edition(),
            via=actor.via,
            user_id=actor.user_id,
            actor_label=(actor.label or str(actor.user or ""))[:160],
        )
        for reason in reasons
        if reason.control
    ]
    GuardDecision.objects.bulk_create(rows)


def not_in_state(label: Any) -> Reason:
    """Return the reason for a move that the record's present state does not offer."""
    return Reason(_("“%(state)s” does not allow this step.") % {"state": label})


def is_check(control: Control) -> bool:
    """Say whether a control measures (a check) rather than refuses (a guard)."""
    return isinstance(control, Check)
