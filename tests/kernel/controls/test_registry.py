"""Declaring guards and checks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from django.db.models import Q

from opscharter.kernel.controls import registry
from opscharter.kernel.controls.registry import Measure, Parameter, check, find, for_clause, guard
from tests.kernel.testapp.models import Paper


@pytest.fixture(autouse=True)
def _empty_registry() -> Iterator[None]:
    """Let each test begin without a control, and without a regulation that binds one to another clause."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(registry, "GUARDS", {})
        patch.setattr(registry, "CHECKS", {})
        patch.setattr(registry, "_bindings", [dict])
        yield


def test_a_guard_is_found_by_its_id_and_clause() -> None:
    @guard("paper.signed", clause="9.1.1", owner="librarian", label="Signed")
    def signed(record: Any, actor: Any) -> str | None:
        return None if record else "Not signed."

    @check("paper.read", clause="9.1.1", owner="librarian", label="Read")
    def read(parameters: Mapping[str, Any]) -> list[Measure]:
        return []

    assert find("paper.signed") is signed
    assert find("paper.read") is read
    assert for_clause("9.1.1") == [signed, read]
    assert for_clause("9.1.2") == []
    assert signed.missing(False, None, {}) == ["Not signed."]
    assert signed.missing(True, None, {}) == []
    with pytest.raises(KeyError):
        find("paper.burnt")


def test_an_id_is_declared_once_whether_guard_or_check() -> None:
    guard("paper.signed", clause="9.1.1", owner="librarian", label="Signed")(lambda record, actor: None)
    with pytest.raises(ValueError, match="declared twice"):
        check("paper.signed", clause="9.1.1", owner="librarian", label="Signed")(lambda parameters: [])


def test_parameters_are_given_to_those_who_declared_some() -> None:
    @guard("paper.long", clause="9.1.1", owner="librarian", label="Long", parameters={"words": Parameter(3)})
    def long_enough(record: Any, actor: Any, parameters: Mapping[str, Any]) -> list[str]:
        return [f"{parameters['words']} words.", "More."]

    assert long_enough.defaults() == {"words": 3}
    assert long_enough.missing(None, None, {"words": 5}) == ["5 words.", "More."]


def test_a_check_measures_one_population_or_several_and_its_target_is_a_parameter() -> None:
    measure = Measure(Paper.objects.all(), Q(pages=None), "created_at", "not counted")
    one = check("paper.one", clause="9.1.1", owner="librarian", label="One", target=95)(lambda parameters: measure)
    two = check("paper.two", clause="9.1.1", owner="librarian", label="Two")(lambda parameters: [measure, measure])
    assert one.measures({}) == [measure]
    assert two.measures({}) == [measure, measure]
    assert (one.defaults(), two.defaults()) == ({"target": 95}, {"target": 100.0})
