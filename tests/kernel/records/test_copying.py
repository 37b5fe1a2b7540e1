"""Many rows at once arrive exactly as single ones would, on either database; and only the kernel may do it."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.db import IntegrityError, models

from opscharter.kernel import copying
from opscharter.kernel.access.actor import Actor
from opscharter.kernel.records import bulk
from opscharter.kernel.timeline import entries
from opscharter.kernel.timeline.models import TimelineEntry, Visibility
from tests.architecture.tree import KERNEL, PACKAGE, modules, shown
from tests.kernel.library import office
from tests.kernel.testapp.models import Paper, State

MANY = copying.FEWEST * 2


def odd_paper(number: int) -> Paper:
    """Return a paper with a value of every awkward kind."""
    return Paper(
        title=f'Tab\there, "quoted", \\N and 網絡 {number}', body="two\nlines\\", cost=Decimal("12.30"),
        words=["a", {"b": None}, "c\\n"], state=State.PUBLISHED, expires_at=office(2026, 3, 1, 8), stamp="",
    )  # fmt: skip


def stored(pk: int) -> dict[str, object]:
    row = Paper.objects.filter(pk=pk).values().get()
    return {name: value for name, value in row.items() if name not in ("id", "number", "created_at", "updated_at")}


def test_every_kind_of_value_is_stored_as_by_a_single_insert(system: Actor) -> None:
    many = bulk.create_many([odd_paper(0) for _n in range(MANY)], system)
    (one,) = bulk.create_many([odd_paper(0)], system)
    assert len({paper.pk for paper in many}) == MANY
    assert all(not paper._state.adding for paper in many)
    assert stored(many[-1].pk) == stored(one.pk)
    assert stored(one.pk)["words"] == ["a", {"b": None}, "c\\n"]


def test_rows_made_afterwards_get_ids_of_their_own(system: Actor) -> None:
    many = bulk.create_many([odd_paper(n) for n in range(MANY)], system)
    assert Paper(title="Next").save_as(system).pk > max(paper.pk for paper in many)


def test_one_row_that_the_database_refuses_keeps_all_of_them_out(system: Actor) -> None:
    papers = [odd_paper(n) for n in range(MANY)]
    for paper in papers[-2:]:
        paper.number = "P-twice"
    with pytest.raises(IntegrityError):
        bulk.create_many(papers, system)
    assert not Paper.objects.exists()


def test_timeline_entries_of_a_history_keep_their_own_times(system: Actor) -> None:
    paper = Paper(title="Old").save_as(system)
    before = entries.entries_of(paper).count()
    told = [entries.entry_for(paper, system, TimelineEntry.Kind.COMMENT, visibility=Visibility.CUSTOMER, text=str(n))
            for n in range(MANY)]  # fmt: skip
    for n, entry in enumerate(told):
        entry.at = office(2020, 1, 1) + dt.timedelta(hours=n)
    entries.append_many(told)
    assert entries.entries_of(paper).count() == before + MANY
    oldest = entries.entries_of(paper).last()
    assert oldest is not None
    assert (oldest.text, oldest.at) == ("0", office(2020, 1, 1))


def test_only_the_kernel_inserts_many_rows() -> None:
    found = [
        shown(path, 1)
        for path, tree in modules(PACKAGE)
        if KERNEL not in path.parents
        for name in models_named(tree)
        if name.endswith("kernel.copying")
    ]
    assert not found, "\n".join(found)


def models_named(tree: object) -> list[str]:
    """Return the modules that a file imports from."""
    import ast

    return [node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]  # type: ignore[arg-type]


def test_stamped_fields_and_plain_ones_are_told_apart() -> None:
    class Stamp(models.DateTimeField):
        """A field with its own hour."""

    assert copying._is_special(Stamp(auto_now=True))
    assert copying._is_special(models.JSONField())
    assert not copying._is_special(Stamp())
