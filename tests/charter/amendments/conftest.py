"""A company with an officer who amends and a director who approves, under the default regulation."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.utils.translation import override

from opscharter.charter.install import install_default_regulation
from opscharter.kernel import moment
from opscharter.kernel.access.actor import system_actor
from opscharter.kernel.approvals import directory
from opscharter.kernel.calendars.models import BusinessCalendar
from opscharter.organization.directory import CompanyDirectory
from opscharter.organization.models import Employee
from opscharter.organization.seed import install_roles
from tests.charter.company import day, hire

BEGIN = day("2026-03-02")


@pytest.fixture(autouse=True)
def _company(db: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(directory, "_installed", [CompanyDirectory()])
    cache.clear()
    with moment.at(BEGIN):
        install_roles(system_actor())
        install_default_regulation(system_actor())
        BusinessCalendar(name="辦公", holidays="cn").save_as(system_actor())
    with override("en"):
        yield
    cache.clear()


@pytest.fixture
def officer() -> Employee:
    """Return the quality supervisor."""
    return hire("Officer", "quality-supervisor")


@pytest.fixture
def director() -> Employee:
    """Return the director, who votes on amendments."""
    return hire("Director", "top-management")
