"""A list looks up each part of an actor's reach by itself: what it shows is what one condition would show."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.db import connection
from django.db.models import Q
from django.test.utils import CaptureQueriesContext

from opscharter.kernel.access.actor import Actor
from opscharter.kernel.access.scope import MOST_APART
from opscharter.kernel.records import bulk
from opscharter.kernel.resources import paging
from opscharter.kernel.resources.paging import Order, PageOfRows, capped_count, take_page
from tests.conftest import MakeActor
from tests.kernel.testapp.models import Paper

LABEL = "testapp.paper"
ORDERS = [("title", False), ("title", True), ("pages", False), ("pages", True), ("id", True)]


@pytest.fixture
def papers(system: Actor) -> list[Paper]:
    """Store papers of several authors, departments and customers; many belong to more than one part of a reach."""
    rows = [
        Paper(title=f"Paper {n % 9}-{n}", author=n % 4, unit=n % 5, customer=n % 7, pages=n % 3 or None)
        for n in range(60)
    ]
    return bulk.create_many(rows, system)


@pytest.fixture
def reader(make_actor: MakeActor) -> Actor:
    """Return somebody who sees their own papers, those of two departments and those of one customer."""
    grants = [(LABEL, "view", reach) for reach in ("own", "department", "customer")]
    return make_actor(*grants, person=1, units={"department": [2, 3]}, customers=[4])


def order(name: str, descending: bool) -> Order:
    return Order(name, descending, Paper._meta.get_field(name))


def visited(actor: Actor, wanted: Order, parts: bool) -> list[list[int]]:
    """Return the pages of a list from first to last, then back to the first."""
    rows, pages, page = Paper.objects.all(), [], PageOfRows()
    asked = Paper.scope.parts(actor, LABEL, "view") if parts else None
    if not parts:
        rows = Paper.objects.visible_to(actor)
    while not pages or page.after:
        page = take_page(rows, wanted, 7, after=page.after, parts=asked)
        pages.append([row.pk for row in page.rows])
    while page.before:
        page = take_page(rows, wanted, 7, before=page.before, parts=asked)
        pages.append([row.pk for row in page.rows])
    return pages


@pytest.mark.parametrize(("name", "descending"), ORDERS)
def test_pages_forth_and_back_are_those_of_one_condition(
    papers: list[Paper], reader: Actor, name: str, descending: bool
) -> None:
    wanted = order(name, descending)
    apart = visited(reader, wanted, parts=True)
    assert apart == visited(reader, wanted, parts=False)
    assert sum(map(len, apart)) > 60


def test_a_page_in_parts_takes_one_query(papers: list[Paper], reader: Actor) -> None:
    parts = Paper.scope.parts(reader, LABEL, "view")
    assert parts is not None
    assert len(parts) == 5
    with CaptureQueriesContext(connection) as captured:
        take_page(Paper.objects.all(), order("title", False), 7, parts=parts)
    assert len(captured) == 1


def test_a_count_in_parts_counts_no_row_twice_and_ends_at_its_limit(
    papers: list[Paper], reader: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    parts = Paper.scope.parts(reader, LABEL, "view")
    visible = Paper.objects.visible_to(reader).count()
    assert capped_count(Paper.objects.all(), parts) == (visible, False)
    assert capped_count(Paper.objects.filter(title="none"), parts) == (0, False)
    monkeypatch.setattr(paging, "COUNT_LIMIT", 10)
    assert capped_count(Paper.objects.all(), parts) == (10, True)
    assert capped_count(Paper.objects.all()) == (10, True)


def test_who_sees_nothing_gets_an_empty_page_and_who_sees_all_has_no_parts(
    papers: list[Paper], make_actor: MakeActor, system: Actor
) -> None:
    nobody = make_actor((LABEL, "view", "customer"))
    parts = Paper.scope.parts(nobody, LABEL, "view")
    assert parts == []
    assert take_page(Paper.objects.all(), order("title", False), 7, parts=parts).rows == []
    assert capped_count(Paper.objects.all(), parts) == (0, False)
    assert Paper.scope.parts(system, LABEL, "view") is None


def test_very_many_departments_are_asked_for_together(make_actor: MakeActor) -> None:
    many = range(MOST_APART + 1)
    actor = make_actor((LABEL, "view", "department-tree"), units={"department-tree": many})
    parts = Paper.scope.parts(actor, LABEL, "view")
    assert parts is not None
    assert len(parts) == 1


@pytest.mark.parametrize("reach", ["customer", "all"])
def test_what_is_not_meant_for_the_outside_is_shown_to_no_customer_in_one_piece_or_in_parts(
    papers: list[Paper], make_actor: MakeActor, monkeypatch: pytest.MonkeyPatch, reach: str
) -> None:
    monkeypatch.setattr(Paper, "scope", replace(Paper.scope, outside=Q(pages=2)))
    contact = make_actor((LABEL, "view", reach), customers=[3, 4], external=True)
    house = make_actor((LABEL, "view", reach), customers=[3, 4])
    parts = Paper.scope.parts(contact, LABEL, "view")
    shown = take_page(Paper.objects.all(), order("id", False), 60, parts=parts).rows
    assert shown
    assert {paper.pages for paper in shown} == {2}
    assert shown == list(Paper.objects.visible_to(contact).order_by("pk"))
    assert capped_count(Paper.objects.all(), parts) == (len(shown), False)
    assert Paper.objects.visible_to(house).count() > len(shown)
