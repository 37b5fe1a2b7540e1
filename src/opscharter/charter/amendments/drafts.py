"""Drafting: a new edition begins as a copy of the one in force and is changed clause by clause."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from opscharter.charter.models import Clause, Edition
from opscharter.charter.models.clause import position_of
from opscharter.charter.publication import APPROVAL
from opscharter.charter.standing import in_force
from opscharter.kernel.access.actor import Actor
from opscharter.kernel.controls.decisions import settings_at
from opscharter.kernel.controls.registry import CHECKS, GUARDS, Control, Mode, find
from opscharter.kernel.errors import Reason, Refused
from opscharter.kernel.records.bulk import create_many

COPIED = ("number", "position", "headings", "texts", "words", "owner_role", "supervisor_role", "expectation",
          "frameworks", "duties")  # fmt: skip


def next_label() -> str:
    """Return the number of the next version: one more than the highest so far."""
    labels = Edition.objects.values_list("label", flat=True)
    return str(max((int(label) for label in labels if label.isdecimal()), default=0) + 1)


@transaction.atomic
def start_draft(actor: Actor, purpose: str) -> Edition:
    """Begin an amendment of the edition in force; raises Refused without a purpose or an edition."""
    base = in_force()
    if base is None:
        raise Refused([Reason(_("No edition of the regulation is in force."), clause="10.1.2")])
    if not purpose.strip():
        raise Refused([Reason(_("Say why the regulation is amended."), clause="10.1.2", field="purpose")])
    draft = Edition(
        label=next_label(),
        purpose=purpose.strip(),
        base=base,
        titles=base.titles,
        preambles=base.preambles,
        headings=base.headings,
        bindings=base.bindings,
        interpreter=base.interpreter,
    ).save_as(actor)
    copies = [
        Clause(edition=draft, **{name: getattr(clause, name) for name in COPIED})
        for clause in base.clauses.current().order_by("position")
    ]
    for copy in copies:
        copy.position = position_of(copy.number)
    create_many(copies, actor, note=f"copy of version {base.label}")
    return draft


def set_control(draft: Edition, control: Control, actor: Actor, setting: Mapping[str, Any], clause: str) -> Edition:
    """Write down what the draft sets for a control: mode, parameters, and the clause it serves.

    What equals the present setting is no change and is not kept. Raises Refused for what could not hold.
    """
    problems = [*_setting_problems(control, setting), *_clause_problems(draft, control, clause)]
    if problems:
        raise Refused(problems)
    present = settings_at([control])[control.id]
    wanted = {"mode": str(setting["mode"]), "parameters": dict(setting["parameters"])}
    settings = {name: value for name, value in draft.settings.items() if name != control.id}
    if wanted != {"mode": present.mode, "parameters": dict(present.parameters)}:
        settings[control.id] = wanted
    bindings = {name: value for name, value in draft.bindings.items() if name != control.id}
    if clause != control.clause:
        bindings[control.id] = clause
    draft.settings, draft.bindings = settings, bindings
    return draft.save_as(actor)


def _setting_problems(control: Control, setting: Mapping[str, Any]) -> list[Reason]:
    problems = []
    if setting["mode"] not in Mode.values:
        problems.append(_("There is no such mode."))
    defaults = control.defaults()
    for name, value in setting["parameters"].items():
        number = isinstance(value, int | float) and not isinstance(value, bool)
        if isinstance(defaults.get(name), int | float) and not number:
            problems.append(_("Parameter %(name)s must be a number.") % {"name": name})
        elif name == "target" and not 0 <= value <= 100:
            problems.append(_("A target is a share between 0 and 100."))
        elif number and value < 0:
            problems.append(_("Parameter %(name)s cannot be less than nothing.") % {"name": name})
    return [Reason(text, control.id, control.clause, "parameters") for text in problems]


def _clause_problems(draft: Edition, control: Control, clause: str) -> list[Reason]:
    if draft.clauses.current().filter(number=clause).exists():
        return []
    text = _("The draft has no clause %(number)s.") % {"number": clause}
    return [Reason(text, control.id, control.clause, "clause")]


def setting_in(draft: Edition, control: Control) -> dict[str, Any]:
    """Return mode and parameters of a control as they would hold under the draft."""
    if control.id in draft.settings:
        given = draft.settings[control.id]
        return {"mode": given["mode"], "parameters": {**control.defaults(), **given["parameters"]}}
    present = settings_at([control])[control.id]
    return {"mode": present.mode, "parameters": dict(present.parameters)}


def known(control_id: str) -> Control | None:
    """Return a control that code still declares, or None."""
    try:
        return find(control_id)
    except KeyError:
        return None


def figure(text: str, present: Any) -> Any:
    """Read a figure as typed; what is no figure is passed on, so that the refusal can name it."""
    if text == "" or not isinstance(present, int | float):
        return present
    try:
        value = float(text)
    except ValueError:
        return text
    if not math.isfinite(value):
        return text
    return int(value) if value.is_integer() else value


def add_clause(
    draft: Edition, number: str, headings: Mapping[str, str], texts: Mapping[str, str], actor: Actor
) -> Clause:
    """Add a clause to a section of the draft; raises Refused when its number is taken or its section is unknown."""
    section = ".".join(number.split(".")[:2])
    problems = []
    if not any(headings.values()) or not any(texts.values()):
        problems.append(_("A clause has a heading and a text in at least one language."))
    if draft.clauses.current().filter(number=number).exists():
        problems.append(_("The draft has a clause %(number)s already.") % {"number": number})
    elif section not in draft.headings:
        problems.append(_("The draft has no section %(number)s.") % {"number": section})
    if problems:
        raise Refused([Reason(text, clause="10.1.2", field="number") for text in problems])
    clause = Clause(edition=draft, number=number, headings=dict(headings), texts=dict(texts))
    return clause.save_as(actor)


@transaction.atomic
def remove_clause(draft: Edition, clause: Clause, actor: Actor, reason: str) -> None:
    """Take a clause out of the draft; raises Refused while controls still serve it."""
    serving = [
        control.id for control in [*GUARDS.values(), *CHECKS.values()] if draft.clause_of(control) == clause.number
    ]
    if serving:
        text = _("Controls still serve this clause; bind them to another first: %(names)s.")
        raise Refused([Reason(text % {"names": ", ".join(serving)}, clause="10.1.2")])
    clause.archive_as(actor, reason=reason)
    APPROVAL.recheck(draft, "publish", actor)
