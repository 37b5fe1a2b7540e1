"""What an edition says, as one hash: of its texts, and of its texts with all it sets for controls."""

from __future__ import annotations

import hashlib
import json
from typing import Any


def _digest(content: Any) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def _texts(edition: Any) -> dict[str, Any]:
    names = ("number", "headings", "texts", "owner_role", "supervisor_role", "expectation", "frameworks", "duties")
    clauses = edition.clauses.current().order_by("position", "number").values(*names)
    return {
        "titles": edition.titles,
        "preambles": edition.preambles,
        "headings": edition.headings,
        "clauses": list(clauses),
    }


def text_hash(edition: Any) -> str:
    """Return the SHA-256 of the text that people read and confirm, in every language."""
    return _digest(_texts(edition))


def content_hash(edition: Any) -> str:
    """Return the SHA-256 of text, parameters, modes and bindings: what is rehearsed and approved."""
    return _digest({**_texts(edition), "settings": edition.settings, "bindings": edition.bindings})
