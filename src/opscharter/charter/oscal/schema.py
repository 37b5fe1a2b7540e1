"""Holding a document to the official OSCAL JSON schema; what is wrong is named with its place."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import regex
from django.utils.translation import gettext as _
from jsonschema import Draft7Validator
from jsonschema.exceptions import ValidationError, best_match
from jsonschema.validators import extend

SCHEMAS = Path(__file__).parent / "schema"
MODELS = {
    "catalog": "catalog",
    "profile": "profile",
    "assessment-results": "assessment-results",
    "plan-of-action-and-milestones": "poam",
}
"""The one member at the root of a document, and the schema that describes it."""
LARGEST = 64 * 1024 * 1024
MOST_PROBLEMS = 50


@dataclass(frozen=True)
class Problem:
    """One thing wrong with a document: where, and what."""

    place: str
    reason: str

    def __str__(self) -> str:
        return f"{self.place}: {self.reason}"


class BadDocument(Exception):
    """A document is no valid OSCAL; nothing was changed."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("; ".join(str(problem) for problem in problems[:5]))
        self.problems = problems


def _pattern(validator: Any, pattern: str, instance: Any, schema: Any) -> Iterator[ValidationError]:
    """Match as the schema means it: its patterns name classes of Unicode that Python's own module lacks."""
    if isinstance(instance, str) and not regex.search(pattern, instance):
        yield ValidationError(f"{instance[:60]!r} does not match {pattern!r}")


@cache
def _validator(name: str) -> Any:
    schema = json.loads((SCHEMAS / f"{name}.json").read_text("utf-8"))
    return extend(Draft7Validator, {"pattern": _pattern})(schema)


def parse(text: bytes) -> tuple[str, dict[str, Any]]:
    """Read a document and hold it to its schema; returns (model, content) or raises BadDocument."""
    if len(text) > LARGEST:
        raise BadDocument([Problem("$", _("The document is too large."))])
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        at = f"line {error.lineno}, column {error.colno}" if isinstance(error, json.JSONDecodeError) else "$"
        raise BadDocument([Problem(at, _("This is not JSON."))]) from error
    model = next((name for name in MODELS if isinstance(document, dict) and name in document), "")
    if not model:
        reason = _("None of these stands at the root: %(names)s.") % {"names": ", ".join(MODELS)}
        raise BadDocument([Problem("$", reason)])
    if problems := problems_of(document, model):
        raise BadDocument(problems)
    return model, document[model]


def problems_of(document: Any, model: str) -> list[Problem]:
    """Return what is wrong with a document by the official schema; empty when it is valid."""
    found = []
    for error in _validator(MODELS[model]).iter_errors(document):
        inner = best_match(error.context) if error.context else None
        found.append(Problem((inner or error).json_path, (inner or error).message[:300]))
        if len(found) == MOST_PROBLEMS:
            break
    return found
