"""The regulation in force, and checks declared for one test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.db.models import Q

from opscharter.charter.install import install_default_regulation
from opscharter.kernel.access.actor import system_actor
from opscharter.kernel.controls import registry
from opscharter.kernel.controls.registry import Check, Measure, check
from opscharter.organization.models import Department


@pytest.fixture
def regulation(db: None) -> Iterator[None]:
    """Put the default regulation into force."""
    cache.clear()
    install_default_regulation(system_actor())
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def departments(db: None) -> list[Department]:
    """Return four departments D0…D3, over which the declared checks measure."""
    return [Department(code=f"D{n}", name=f"Department {n}").save_as(system_actor()) for n in range(4)]


@pytest.fixture
def declare() -> Iterator[Callable[..., Check]]:
    """Declare checks of clause 1.1.1 for one test: `declare("name", exception)`; exception None raises an error."""
    declared: list[str] = []

    def make(name: str, exception: Q | None, rows: Any = None, **options: Any) -> Check:
        @check(f"probe.{name}", clause="1.1.1", owner="hr", label=name, **options)
        def measured(parameters: Any) -> Measure:
            if exception is None:
                raise RuntimeError("broken")
            found = Department.objects.all() if rows is None else rows
            return Measure(found, exception, "created_at", "because")

        declared.append(measured.id)
        return measured

    yield make
    for name in declared:
        registry.CHECKS.pop(name)
