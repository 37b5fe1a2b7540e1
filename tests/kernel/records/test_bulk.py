"""Bulk writes: the same validation, numbers, audit and search as one by one; all or nothing."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from django.test.utils import CaptureQueriesContext

from opscharter.kernel.access.actor import Actor
from opscharter.kernel.audit.models import AuditEntry
from opscharter.kernel.errors import Conflict, NotPermitted
from opscharter.kernel.records import bulk
from opscharter.kernel.search.models import SearchDocument
from tests.conftest import MakeActor
from tests.kernel.library import office
from tests.kernel.testapp.models import Paper


def test_rows_arrive_as_they_are_with_an_audit_entry_each(make_actor: MakeActor) -> None:
    actor = make_actor(("testapp.paper", "import", "all"))
    then = office(2020, 1, 2, 3)
    papers = [Paper(title=f"Old {n}", state="published", created_at=then) for n in range(5)]
    bulk.create_many(papers, actor, note="from the card box")
    stored = list(Paper.objects.order_by("pk"))
    assert {(paper.state, paper.created_at, paper.version) for paper in stored} == {("published", then, 1)}
    assert len({paper.number for paper in stored}) == 5
    entries = list(AuditEntry.objects.order_by("pk"))
    assert [entry.record_id for entry in entries] == [paper.pk for paper in stored]
    assert {entry.note for entry in entries} == {"from the card box"}
    assert SearchDocument.objects.count() == 5


def test_rows_are_written_by_the_statement_not_one_by_one(
    system: Actor, django_assert_max_num_queries: type[CaptureQueriesContext]
) -> None:
    with django_assert_max_num_queries(40):  # SQLite takes 999 values a statement
        bulk.create_many([Paper(title=f"Old {n}") for n in range(300)], system)
    papers = list(Paper.objects.all())
    for paper in papers:
        paper.pages = 2
    with django_assert_max_num_queries(40):
        bulk.update_many(papers, system, ["pages"])
    assert Paper.objects.filter(pages=2, version=2).count() == 300


def test_importing_needs_its_grant(make_actor: MakeActor) -> None:
    actor = make_actor(("testapp.paper", "create", "all"), ("testapp.paper", "edit", "all"))
    with pytest.raises(NotPermitted):
        bulk.create_many([Paper(title="x")], actor)
    with pytest.raises(NotPermitted):
        bulk.update_many([Paper(title="x")], actor, ["title"])


def test_one_bad_row_stops_all(system: Actor) -> None:
    with pytest.raises(ValidationError):
        bulk.create_many([Paper(title="good"), Paper(title="bad", pages=-1)], system)
    assert not Paper.objects.exists()
    assert not AuditEntry.objects.exists()


def test_what_was_created_in_bulk_is_edited_like_any_record(system: Actor) -> None:
    (paper,) = bulk.create_many([Paper(title="Old")], system)
    paper.title = "Older"
    paper.save_as(system)
    assert Paper.objects.get().title == "Older"
    assert AuditEntry.objects.latest("pk").changes == {"title": ["Old", "Older"]}


def test_only_changed_rows_are_written_and_each_change_once(system: Actor) -> None:
    bulk.create_many([Paper(title=f"Old {n}") for n in range(3)], system)
    papers = list(Paper.objects.order_by("pk"))
    papers[1].pages = 8
    assert bulk.update_many(papers, system, ["pages"]) == [papers[1]]
    assert AuditEntry.objects.filter(action="edit").get().changes == {"pages": [None, 8]}
    assert bulk.update_many(papers, system, ["pages"]) == []


def test_rows_that_others_changed_are_not_overwritten(system: Actor) -> None:
    (paper,) = bulk.create_many([Paper(title="Old")], system)
    stale = Paper.objects.get()
    paper.title = "Older"
    paper.save_as(system)
    stale.title = "Newer"
    with pytest.raises(Conflict):
        bulk.update_many([stale], system, ["title"])
    assert Paper.objects.get().title == "Older"


def test_nothing_is_nothing(system: Actor) -> None:
    assert bulk.create_many([], system) == []
    assert bulk.update_many([], system, ["title"]) == []
