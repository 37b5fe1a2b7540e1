"""Rows outside an actor's reach do not exist for reading, editing, moving."""

from __future__ import annotations

import pytest

from opscharter.kernel.access.actor import NOBODY, Actor, Grant, actor_for
from opscharter.kernel.errors import NotPermitted
from opscharter.kernel.users.models import User
from tests.conftest import MakeActor
from tests.kernel.library import make_paper, make_shelf
from tests.kernel.testapp.models import Paper, Section, Shelf

PAPERS = {"mine": {"author": 7, "unit": 1, "customer": 11}, "team's": {"author": 8, "unit": 1, "customer": 12},
          "below": {"author": 9, "unit": 2, "customer": 12}, "elsewhere": {"author": 10, "unit": 3, "customer": 13},
          "nobody's": {"author": None, "unit": None, "customer": None}}  # fmt: skip
UNITS = {"team": [1], "department": [1], "department-tree": [1, 2]}
SEEN = {
    "own": {"mine"},
    "team": {"mine", "team's"},
    "department": {"mine", "team's"},
    "department-tree": {"mine", "team's", "below"},
    "customer": {"team's", "below"},
    "all": set(PAPERS),
}


@pytest.fixture
def papers(system: Actor) -> dict[str, Paper]:
    """Return papers of every owner, department and customer."""
    return {title: make_paper(system, title, **values) for title, values in PAPERS.items()}


def titles(actor: Actor, action: str = "view") -> set[str]:
    """Return the titles of the papers an actor sees."""
    return set(Paper.objects.visible_to(actor, action).values_list("title", flat=True))


@pytest.mark.parametrize("reach", SEEN)
def test_each_reach_sees_its_rows_and_no_other(make_actor: MakeActor, papers: dict[str, Paper], reach: str) -> None:
    actor = make_actor(("testapp.paper", "view", reach), person=7, units=UNITS, customers=[12])
    assert titles(actor) == SEEN[reach]
    assert titles(actor, "edit") == set()


@pytest.mark.parametrize("reach", SEEN)
def test_writing_reaches_as_far_as_the_grant(make_actor: MakeActor, papers: dict[str, Paper], reach: str) -> None:
    actor = make_actor(("testapp.paper", "*", reach), person=7, units=UNITS, customers=[12])
    written = set()
    for title, paper in papers.items():
        paper.pages = 99
        try:
            paper.save_as(actor)
        except NotPermitted:
            with pytest.raises(NotPermitted):
                paper.move("submit", actor)
        else:
            written.add(title)
    assert written == SEEN[reach]
    assert set(Paper.objects.filter(pages=99).values_list("title", flat=True)) == SEEN[reach]


def test_reaches_add_up(make_actor: MakeActor, papers: dict[str, Paper]) -> None:
    actor = make_actor(
        ("testapp.paper", "view", "own"), ("testapp.*", "view", "customer"), person=7, units=UNITS, customers=[13]
    )
    assert titles(actor) == {"mine", "elsewhere"}


def test_what_one_has_written_oneself_is_ones_own(make_actor: MakeActor) -> None:
    actor = make_actor(("testapp.paper", "*", "own"))
    Paper(title="by hand").save_as(actor)
    assert titles(actor) == {"by hand"}


def test_without_person_team_or_customer_a_reach_is_empty(make_actor: MakeActor, papers: dict[str, Paper]) -> None:
    grants = [("testapp.paper", "view", reach) for reach in SEEN if reach != "all"]
    assert titles(make_actor(*grants)) == set()


def test_rows_are_bounded_through_their_parents(make_actor: MakeActor, papers: dict[str, Paper], system: Actor) -> None:
    for title, paper in papers.items():
        Section(paper=paper, text=title).save_as(system)
    actor = make_actor(("testapp.section", "view", "team"), units=UNITS)
    assert set(Section.objects.visible_to(actor).values_list("text", flat=True)) == {"mine", "team's"}


def test_public_records_need_a_grant_of_any_reach(make_actor: MakeActor, system: Actor) -> None:
    make_shelf(system)
    assert Shelf.objects.visible_to(make_actor(("testapp.shelf", "view", "own"))).count() == 1
    assert Shelf.objects.visible_to(make_actor()).count() == 0


def test_nobody_sees_nothing(papers: dict[str, Paper]) -> None:
    assert titles(NOBODY) == set()
    assert actor_for(None) is NOBODY
    assert actor_for(User.objects.create_user("gone", is_active=False)) is NOBODY


@pytest.mark.parametrize(
    ("grant", "covered"),
    [
        (Grant("testapp.paper", "edit", "all"), True),
        (Grant("testapp.*", "edit", "all"), True),
        (Grant("*", "*", "all"), True),
        (Grant("testapp.paper", "view", "all"), False),
        (Grant("testapp.pap*", "edit", "all"), False),
        (Grant("test.*", "edit", "all"), False),
        (Grant("testapp.shelf", "*", "all"), False),
    ],
)
def test_a_grant_covers_a_type_a_chapter_or_everything(grant: Grant, covered: bool) -> None:
    assert Actor(grants=(grant,)).may("testapp.paper", "edit") is covered


def test_a_way_in_does_not_change_who_one_is(make_actor: MakeActor) -> None:
    actor = make_actor(("testapp.paper", "view", "all"), person=7).by("page", "10.0.0.1")
    by_api = actor.by("api")
    assert (by_api.user, by_api.person_id, by_api.grants) == (actor.user, 7, actor.grants)
    assert (by_api.via, by_api.address) == ("api", "10.0.0.1")
