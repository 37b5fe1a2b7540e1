"""The registry of controls: guards that refuse a step and checks that measure all records, each bound to a clause."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q, QuerySet, TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from opscharter.kernel.controls.wording import Sentence, Wording

Text = str | Promise


class Mode(TextChoices):
    """How strictly a control is applied; *off* leaves its clause uncovered, never green."""

    ENFORCE = "enforce", _("enforce")
    WARN = "warn", _("warn")
    OFF = "off", _("off")


@dataclass(frozen=True)
class Parameter:
    """A figure of a control that a company may edit; each edit is dated and audited."""

    default: Any
    unit: Text = ""
    label: Text = ""


@dataclass(frozen=True, eq=False)
class Control:
    """What guards and checks share: a stable id, the clause they serve, an owner role, parameters and a mode."""

    id: str
    clause: str
    label: Text
    owner: str
    parameters: Mapping[str, Parameter] = field(default_factory=dict)
    mode: Mode = Mode.ENFORCE

    def defaults(self) -> dict[str, Any]:
        """Return every parameter with its default."""
        return {name: parameter.default for name, parameter in self.parameters.items()}

    def figure_label(self, name: str) -> str:
        """Return what a figure is called, with its unit; of one without a name the unit alone says it."""
        parameter = self.parameters.get(name)
        if parameter is None:
            return _t("target (%)") if name == "target" else name
        if parameter.label and parameter.unit:
            return f"{parameter.label} ({parameter.unit})"
        return str(parameter.label or parameter.unit or name)


@dataclass(frozen=True, eq=False)
class Guard(Control):
    """A proposition that must hold before a step; the function returns what is missing, or nothing.

    The function takes `(record, actor)`, and `parameters` too when the guard declares some. A sentence is a lazy
    message, or a `Wording` where figures stand in it, so that the guard log tells it to every reader in their language.
    """

    function: Callable[..., Any] = lambda *_: None
    overridable: bool = True
    fields: tuple[str, ...] = ()
    """What the guard asks to be filled in; a step that takes these fields may be opened to do so."""

    def missing(self, record: Any, actor: Any, parameters: Mapping[str, Any]) -> list[Sentence]:
        """Return the sentences that say what is missing; empty when the guard is content."""
        given = {"parameters": parameters} if self.parameters else {}
        answer = self.function(record, actor, **given)
        if answer is None:
            return []
        return [answer] if isinstance(answer, str | Promise | Wording) else list(answer)


@dataclass(frozen=True)
class Measure:
    """One population of a check: all records it speaks of, and the condition that makes one an exception.

    `when` names the datetime field that places a record in a month; `reason` says why an exception is one: a lazy
    message, or a `Wording` where figures stand in it, so that every reader has it in the language they read.
    """

    records: QuerySet[Any]
    exception: Q
    when: str
    reason: Sentence


@dataclass(frozen=True, eq=False)
class Check(Control):
    """A population and its exceptions, measured over all records, never a sample.

    The function takes `parameters` and returns one Measure, or one for each record type it covers.
    `target` is the least share (percent) of records without exception that still passes.
    """

    function: Callable[..., Measure | Sequence[Measure]] = lambda **_: []
    target: float = 100.0

    def measures(self, parameters: Mapping[str, Any]) -> list[Measure]:
        """Return the populations of the check under the parameters given."""
        answer = self.function(parameters=parameters)
        return [answer] if isinstance(answer, Measure) else list(answer)

    def defaults(self) -> dict[str, Any]:
        """Return every parameter with its default; the target is one too."""
        return {"target": self.target, **super().defaults()}


GUARDS: dict[str, Guard] = {}
CHECKS: dict[str, Check] = {}


def _register(control: Any, registry: dict[str, Any]) -> None:
    if control.id in GUARDS or control.id in CHECKS:
        raise ValueError(f"control {control.id} is declared twice")
    registry[control.id] = control


def guard(
    id: str,
    *,
    clause: str,
    owner: str,
    label: Text,
    parameters: Mapping[str, Parameter] | None = None,
    overridable: bool = True,
    fields: tuple[str, ...] = (),
) -> Callable[[Callable[..., Any]], Guard]:
    """Declare the decorated proposition a guard; list the result in a move's `guards`."""

    def declare(function: Callable[..., Any]) -> Guard:
        declared = Guard(id, clause, label, owner, parameters or {}, Mode.ENFORCE, function, overridable, fields)
        _register(declared, GUARDS)
        return declared

    return declare


def check(
    id: str,
    *,
    clause: str,
    owner: str,
    label: Text,
    parameters: Mapping[str, Parameter] | None = None,
    target: float = 100.0,
) -> Callable[[Callable[..., Any]], Check]:
    """Declare the decorated function a check; the charter evaluates it on schedule and keeps every result."""

    def declare(function: Callable[..., Any]) -> Check:
        declared = Check(id, clause, label, owner, parameters or {}, Mode.ENFORCE, function, target)
        _register(declared, CHECKS)
        return declared

    return declare


def find(control_id: str) -> Control:
    """Return a control by its id; KeyError when no code declares it."""
    return GUARDS[control_id] if control_id in GUARDS else CHECKS[control_id]


_bindings: list[Callable[[], Mapping[str, str]]] = [dict]


def install_bindings(provider: Callable[[], Mapping[str, str]]) -> None:
    """Name the function that says which controls serve another clause than their code names (the charter's)."""
    _bindings[:] = [provider]


def clause_of(control: Control) -> str:
    """Return the clause a control serves in the regulation in force."""
    return _bindings[0]().get(control.id, control.clause)


def for_clause(clause: str) -> list[Control]:
    """Return the guards and checks that serve a clause, guards first."""
    declared: Iterable[Control] = [*GUARDS.values(), *CHECKS.values()]
    return [control for control in declared if clause_of(control) == clause]
