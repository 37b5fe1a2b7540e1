"""The load of people: every part of every chapter counts its own open work by person, one page shows it together."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q

from opscharter.kernel import moment
from opscharter.kernel.access.actor import Actor
from opscharter.kernel.resources.declaration import Text


@dataclass(frozen=True)
class Load:
    """How much one person has open of one kind, and how much of it is late."""

    open: int = 0
    late: int = 0


@dataclass(frozen=True)
class Counter:
    """One kind of work: its name, the record type it counts, and how much each of some persons has of it."""

    label: Text
    record_type: str
    count: Callable[[Collection[int]], dict[int, Load]]


COUNTERS: dict[str, Counter] = {}


def register(label: Text, record_type: str, count: Callable[[Collection[int]], dict[int, Load]]) -> None:
    """Add a kind of work; ValueError when it is there already."""
    if record_type in COUNTERS:
        raise ValueError(f"the load of {record_type} is counted twice")
    COUNTERS[record_type] = Counter(label, record_type, count)


def count_by_person(model: Any, person: str, people: Collection[int], where: Q, due: str = "") -> dict[int, Load]:
    """Count records by the field that names their person; late are those whose day of `due` has passed."""
    rows = model.objects.current().filter(where, **{f"{person}__in": list(people)}).order_by()
    late = Q(**{f"{due}__lt": moment.today()}) if due else Q(pk__in=[])
    found = rows.values_list(person).annotate(n=Count("pk"), late=Count("pk", filter=late))
    return {pk: Load(n, late) for pk, n, late in found}


def loads(people: Collection[int], actor: Actor) -> list[tuple[Counter, dict[int, Load]]]:
    """Return the load of some persons by kind, of the kinds that the reader may see at all."""
    counters = [each for each in COUNTERS.values() if actor.may(each.record_type, "view")]
    return [(counter, counter.count(people)) for counter in counters]
