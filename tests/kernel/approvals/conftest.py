"""A board of five, and a directory that knows who they are."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pytest
from django.utils import translation

from opscharter.kernel.access.actor import Actor
from opscharter.kernel.approvals import directory
from opscharter.kernel.approvals.models import ApprovalPolicy
from tests.conftest import MakeActor
from tests.kernel.library import make_paper, make_shelf
from tests.kernel.testapp.models import Paper, Section, Topic

BOARD = [1, 2, 3, 4, 5]
Member = Callable[..., Actor]


class TestDirectory:
    """Who holds which role, heads which department and stands in for whom; tests change it as they like."""

    __test__ = False

    def __init__(self) -> None:
        self.roles: dict[str, list[int]] = {"board": BOARD, "chief": [9]}
        self.heads: dict[int, int] = {100: 6}
        self.deputies: dict[int, list[int]] = {}
        """Deputy → those they stand in for."""

    def in_role(self, code: str, record: Any) -> list[int]:
        """Return the holders of a role."""
        return self.roles.get(code, [])

    def head_of(self, department_id: int) -> int | None:
        """Return the head of a department."""
        return self.heads.get(department_id)

    def stands_in_for(self, person_id: int) -> list[int]:
        """Return for whom somebody stands in."""
        return self.deputies.get(person_id, [])

    def user_of(self, person_id: int) -> None:
        """Return no account: nobody is written to here."""

    def voices_of(self, person_ids: Iterable[int]) -> list[Any]:
        """Return no accounts: nobody is written to here."""
        return []


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    """Let refusals be told apart by their English words."""
    with translation.override("en"):
        yield


@pytest.fixture
def people(monkeypatch: pytest.MonkeyPatch) -> TestDirectory:
    """Install the library's directory for one test.

    By the test's own monkeypatch: a second one would be undone in another order than it was done, and leave this behind.
    """
    installed = TestDirectory()
    monkeypatch.setattr(directory, "_installed", [installed])
    return installed


@pytest.fixture
def member(make_actor: MakeActor) -> Member:
    """Return a maker of persons by number; the same person has the same account."""
    known: dict[int, Actor] = {}

    def find(person: int) -> Actor:
        if person not in known:
            known[person] = make_actor(("testapp.*", "*", "all"), person=person)
        return known[person]

    return find


@pytest.fixture
def make_policy(system: Actor) -> Callable[..., ApprovalPolicy]:
    """Return a maker of policies for withdrawing papers."""

    def make(*steps: dict[str, Any], **values: Any) -> ApprovalPolicy:
        given = {"name": "Board", "record_type": "testapp.paper", "action": "withdraw", **values}
        return ApprovalPolicy(steps=list(steps), **given).save_as(system)

    return make


@pytest.fixture
def paper(system: Actor) -> Paper:
    """Return a published paper with a topic and two sections, whose withdrawal needs the board."""
    topic = Topic(name="time").save_as(system)
    paper = make_paper(system, unit=100, cost="10.50")
    paper.save_as(system, links={"topics": [topic]})
    for text in ("Introduction", "Conclusion"):
        Section(paper=paper, text=text).save_as(system)
    paper.move("submit", system)
    paper.move("publish", system, shelf=make_shelf(system))
    return Paper.objects.get(pk=paper.pk)
