"""What every test may use: actors, and the database's append-only rules kept out of the way of flushing."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import count
from typing import Any

import pytest
from django.db import connection
from django.db.backends.base.operations import BaseDatabaseOperations

from opscharter.kernel.access.actor import Actor, Grant, system_actor
from opscharter.kernel.audit import rules
from opscharter.kernel.users.models import User

MakeActor = Callable[..., Actor]


def pytest_sessionstart() -> None:
    """Collect garbage seldom: all of the product stays in memory, and to look through it again and again takes long."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip what needs PostgreSQL elsewhere; `make test-postgres` runs it."""
    if item.get_closest_marker("postgres") and connection.vendor != "postgresql":
        pytest.skip("needs PostgreSQL: make test-postgres")


@pytest.fixture(autouse=True, scope="session")
def _flushing_lifts_the_append_only_rules() -> Iterator[None]:
    """On SQLite a flush between transactional tests is a DELETE, which append-only tables rightly refuse."""
    if connection.vendor != "sqlite":
        yield
        return
    flush = type(connection.ops).execute_sql_flush

    def lifted(operations: BaseDatabaseOperations, statements: Iterable[str]) -> None:
        rules.drop(connection)
        try:
            flush(operations, statements)
        finally:
            rules.create(connection)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(type(connection.ops), "execute_sql_flush", lifted)
        yield


@pytest.fixture
def system(db: None) -> Actor:
    """Return the actor of jobs, which is granted everything."""
    return system_actor()


@pytest.fixture
def make_actor(db: None) -> MakeActor:
    """Return a maker of actors with an account: `make_actor(("testapp.paper", "edit", "own"), person=7)`."""
    numbers = count(1)

    def make(
        *grants: tuple[str, str, str],
        person: int | None = None,
        units: Mapping[str, Iterable[int]] | None = None,
        customers: Iterable[int] = (),
        **more: Any,
    ) -> Actor:
        user = User.objects.create_user(f"account-{next(numbers)}")
        return Actor(
            user=user,
            person_id=person,
            grants=tuple(Grant(*grant) for grant in grants),
            units={reach: frozenset(ids) for reach, ids in (units or {}).items()},
            customers=frozenset(customers),
            **more,
        )

    return make
