"""The library's guards. They are built without the registry, so that no other test meets them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from opscharter.kernel.access.actor import Actor
from opscharter.kernel.controls.registry import Guard, Mode, Parameter


def _long_enough(paper: Any, actor: Actor, parameters: Mapping[str, Any]) -> str | None:
    wanted = parameters["words"]
    return None if len(paper.body.split()) >= wanted else f"The body has fewer than {wanted} words."


def _complete(paper: Any, actor: Actor) -> list[str]:
    wanted = {"pages": "The pages are not counted.", "author": "The paper has no author."}
    return [sentence for name, sentence in wanted.items() if getattr(paper, name) is None]


def _titled(paper: Any, actor: Actor) -> str | None:
    return "A paper is not called Untitled." if paper.title == "Untitled" else None


LONG_ENOUGH = Guard(
    "testapp.long-enough", "9.1.1", "A paper says something", "librarian",
    {"words": Parameter(3, "words", "Least number of words")}, Mode.ENFORCE, _long_enough,
)  # fmt: skip
COMPLETE = Guard("testapp.complete", "9.1.2", "A paper is complete", "librarian", {}, Mode.ENFORCE, _complete, False)
TITLED = Guard("testapp.titled", "9.1.3", "A paper has a title of its own", "librarian", {}, Mode.ENFORCE, _titled)
