"""From kept figures to the tables that are printed: one a stage, and one of growth between the sizes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bench.lib.figure import Figure
from bench.lib.table import Table, times

Stage = tuple[str, int]
HEADS = (
    "figure", "p50 ms", "p95 ms", "floor ms", "× floor", "req/s", "req/s at 8", "p95 at 8", "floor req/s at 8",
    "queries", "CPU ms",
)  # fmt: skip


def tables(found: Mapping[Stage, Mapping[str, Sequence[Figure]]]) -> list[Table]:
    """Return the tables of the stages that were measured, and of the growth where two sizes were."""
    measured = {stage: [each for section in sections.values() for each in section] for stage, sections in found.items()}
    drawn = [table for stage, figures in measured.items() if figures for table in _of_stage(stage, figures)]
    sizes = [(stage, figures) for stage, figures in measured.items() if figures and stage[0] == "postgresql"]
    return [*drawn, *(_growth(sizes[0], larger) for larger in sizes[1:])]


def _of_stage(stage: Stage, figures: Sequence[Figure]) -> list[Table]:
    kind, tickets = stage
    requests = Table(f"{kind}, {tickets:,} tickets: requests", HEADS)
    others = Table(f"{kind}, {tickets:,} tickets: other work", ["figure", "value", "unit"])
    for each in sorted(figures, key=_item):
        name = f"{each.item} {each.name}".strip()
        if each.p50 is None:
            others.add(name, each.value, each.unit)
            others.notes += [f"{name}: {note}" for note in each.notes]
            continue
        requests.add(
            name, each.p50, each.p95, each.floor, times(each.p50, each.floor), each.per_second, each.per_second_of_8,
            each.p95_of_8, each.floor_per_second_of_8, each.queries, each.cpu,
        )  # fmt: skip
        requests.notes += [f"{name}: {note}" for note in each.notes]
    return [table for table in (requests, others) if table.rows]


def _item(figure: Figure) -> int:
    return int(figure.item or 0)


def _growth(small: tuple[Stage, Sequence[Figure]], large: tuple[Stage, Sequence[Figure]]) -> Table:
    """Return how each figure of the larger stage stands to the same of the smaller one."""
    (_kind, few), (_same, many) = small[0], large[0]
    table = Table(f"14 growth on PostgreSQL, {few:,} → {many:,} tickets", ["figure", f"{few:,}", f"{many:,}", "growth"])
    before = {each.name: each for each in small[1]}
    for each in sorted(large[1], key=_item):
        known = before.get(each.name)
        if known is None:
            continue
        one, other = (f.p50 if f.p50 is not None else f.value for f in (known, each))
        unit = f", {each.unit}" if each.unit else ", ms"
        table.add(f"{each.item} {each.name}{unit}".strip(), one, other, times(other, one))
    return table
