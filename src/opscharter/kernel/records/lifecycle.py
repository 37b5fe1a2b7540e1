"""The life of a record: its states, and the moves between them with guards, inputs and effects."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from opscharter.kernel.access.actor import Actor
from opscharter.kernel.controls.registry import Guard
from opscharter.kernel.errors import Reason

Effect = Callable[[Any, Actor, Mapping[str, Any]], None]
STAY = ""
"""The target of a step that leaves the record in its state."""


class ApprovalRule(Protocol):
    """What a move needs of an approval (see kernel.approvals): reasons while it is missing."""

    def missing(self, record: Any, move: str, actor: Actor) -> list[Reason]:
        """Return why the move is not approved yet; empty when it is."""
        ...

    def recheck(self, record: Any, move: str, actor: Actor) -> None:
        """Void what is being voted on when the record, just written, no longer is what the voters were shown."""
        ...


@dataclass(frozen=True)
class Move:
    """One step from some states to another. `inputs` are the record fields the step may set; `required` must be given.

    `prepare` functions set further fields of the record before it is written; `effects` follow after it.
    `separate_from` names fields holding persons who may not take this step (requester ≠ approver).
    `reserved` steps (an approval, a decision) are for those granted them by name; leave for everything does not do.
    `automatic` moves are taken by jobs and effects and get no button; `rare` ones have theirs in the menu.
    `applies` narrows a move to some records, such as those of one kind; the others neither show nor take it.
    """

    name: str
    sources: tuple[str, ...]
    target: str
    label: str | Promise
    guards: tuple[Guard, ...] = ()
    prepare: tuple[Effect, ...] = ()
    effects: tuple[Effect, ...] = ()
    inputs: tuple[str, ...] = ()
    required: tuple[str, ...] = ()
    needs_reason: bool = False
    separate_from: tuple[str, ...] = ()
    reserved: bool = False
    approval: ApprovalRule | None = None
    primary: bool = False
    automatic: bool = False
    rare: bool = False
    applies: Callable[[Any], bool] | None = None
    customer_visible: bool = False

    def __init__(
        self, name: str, sources: str | Iterable[str], target: str, label: str | Promise, **options: Any
    ) -> None:
        single = (sources,) if isinstance(sources, str) else tuple(sources)
        plain = {"name": name, "sources": tuple(str(s) for s in single), "target": str(target), "label": label}
        for option, value in options.items():
            if option not in self.__dataclass_fields__:
                raise TypeError(f"a move has no option {option!r}")
            plain[option] = tuple(value) if isinstance(value, list) else value
        for option, spec in self.__dataclass_fields__.items():
            object.__setattr__(self, option, plain.get(option, spec.default))
        if missing := set(self.required) - set(self.inputs):
            raise TypeError(f"required but not inputs: {missing}")


@dataclass(frozen=True)
class Lifecycle:
    """The states of a record type and its moves. Set as `lifecycle` on a record it adds the field `state`."""

    states: type[models.TextChoices]
    start: str
    moves: tuple[Move, ...] = field(default=())
    final: tuple[str, ...] = ()

    def __init__(
        self, states: type[models.TextChoices], start: str, moves: Iterable[Move], final: Iterable[str] = ()
    ) -> None:
        object.__setattr__(self, "states", states)
        object.__setattr__(self, "start", str(start))
        object.__setattr__(self, "moves", tuple(moves))
        object.__setattr__(self, "final", tuple(str(state) for state in final))
        known = set(states.values)
        for move in self.moves:
            if strange := {move.target, *move.sources} - known - {STAY}:
                raise ValueError(f"move {move.name} names unknown states {strange}")
        reached = {self.start, *(move.target for move in self.moves)}
        if unreachable := known - reached:
            raise ValueError(f"no move leads to {unreachable}")

    def contribute_to_class(self, cls: type[models.Model], name: str) -> None:
        """Add the `state` field to the record (Django calls this while it builds the class)."""
        setattr(cls, name, self)
        state: models.Field[Any, Any] = models.CharField(
            _("state"), max_length=20, choices=self.states.choices, default=self.start, editable=False
        )
        state.contribute_to_class(cls, "state")

    def move(self, name: str) -> Move:
        """Return a move by its name; KeyError when there is none."""
        for move in self.moves:
            if move.name == name:
                return move
        raise KeyError(name)

    def moves_from(self, state: str) -> list[Move]:
        """Return the moves a state offers to people, in declared order."""
        return [move for move in self.moves if state in move.sources and not move.automatic]

    def offered_to(self, record: Any) -> list[Move]:
        """Return the moves that a record, as it stands, offers to people."""
        return [move for move in self.moves_from(record.state) if move.applies is None or move.applies(record)]

    @property
    def open_states(self) -> list[str]:
        """Return the states from which work is still to be done."""
        return [state for state in self.states.values if state not in self.final]

    def diagram(self) -> str:
        """Draw the lifecycle in Mermaid's state diagram notation."""
        lines = ["stateDiagram-v2", f"    [*] --> {self.start}"]
        for move in self.moves:
            guards = "".join(f" §{guard.clause}" for guard in move.guards)
            lines += [f"    {source} --> {move.target or source}: {move.name}{guards}" for source in move.sources]
        return "\n".join([*lines, *(f"    {state} --> [*]" for state in self.final)])
