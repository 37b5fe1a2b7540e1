"""Where what runs under a contract follows its changes without contracts knowing it: each appends its function here."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

after_levels: list[Callable[[Any], None]] = []
"""Called with the contract, in the same transaction, when its levels, hours, dates or services have changed."""


def levels_changed(contract: Any) -> None:
    """Let everything that runs under a contract follow."""
    for follow in after_levels:
        follow(contract)
