"""Impact × urgency → priority (§3.2.1): the company's matrix, and what a contract says differently."""

from __future__ import annotations

from collections.abc import Mapping

MATRIX: dict[tuple[int, int], int] = {
    (1, 1): 1, (1, 2): 2, (1, 3): 3,
    (2, 1): 2, (2, 2): 3, (2, 3): 4,
    (3, 1): 3, (3, 2): 4, (3, 3): 4,
}  # fmt: skip
"""(impact, urgency) → priority; 1 is the highest of each."""


def priority_of(impact: int, urgency: int, own: Mapping[str, int] | None = None) -> int:
    """Return the priority; `own` holds a contract's differences, such as {"1,3": 2}."""
    return (own or {}).get(f"{impact},{urgency}", MATRIX[impact, urgency])
