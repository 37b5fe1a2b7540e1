"""How the library's records appear, and how tests sign in to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from django.test import Client

from opscharter.kernel.access import actor as access
from opscharter.kernel.access.actor import Actor
from opscharter.kernel.resources.declaration import Resource
from opscharter.kernel.resources.site import Chapter, site
from tests.kernel.testapp.models import Paper, Shelf, Topic

SignIn = Callable[[Actor], Client]

papers = Resource(
    Paper, "papers", columns=["number", "title", "pages", "state"], filters=["shelf", "expires_at"],
    form=["title", "body", "pages", "cost", "words", "author", "unit", "customer", "shelf", "topics", "expires_at"],
    customer_facts=["title", "shelf"], order="-id",
)  # fmt: skip
shelves = Resource(Shelf, "shelves", order="name")
topics = Resource(Topic, "topics", order="name")
LIBRARY = Chapter(code="library", label="Library", resources=[papers, shelves, topics])
ALL = (("testapp.*", "*", "all"),)


@pytest.fixture
def library(settings) -> Iterator[None]:
    """Open the library's pages and API for a test."""
    before = list(site.chapters)
    site.install([*before, LIBRARY])
    settings.ROOT_URLCONF = "tests.kernel.api.urls"
    yield
    site.install(before)


@pytest.fixture
def sign_in(library: None, monkeypatch: pytest.MonkeyPatch) -> SignIn:
    """Return a way to get a browser in which an actor of one's making is signed in."""
    actors: dict[int, Actor] = {}
    monkeypatch.setattr(access, "_provider", [lambda user: actors[user.pk]])

    def enter(actor: Actor) -> Client:
        assert actor.user is not None
        actors[actor.user.pk] = actor
        client = Client()
        client.force_login(actor.user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return enter


@pytest.fixture
def librarian(make_actor) -> Actor:
    """Return somebody who may do everything in the library."""
    return make_actor(*ALL, person=1)


@pytest.fixture
def browser(sign_in: SignIn, librarian: Actor) -> Client:
    """Return the librarian's browser."""
    return sign_in(librarian)
