"""What a management review looks at: figures of all chapters by name, how the clauses stand, what is open."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from opscharter.charter.standing import in_force, standings
from opscharter.kernel import moment
from opscharter.kernel.audit.trail import plain
from opscharter.kernel.indicators import figures
from opscharter.kernel.indicators.periods import Period
from opscharter.kernel.indicators.registry import INDICATORS
from opscharter.organization.decisions.lifecycle import FollowUpState
from opscharter.organization.decisions.lifecycle import State as DecisionState
from opscharter.organization.decisions.models import Decision, FollowUp

SECTIONS: dict[str, tuple[str, Callable[[Period], list[list[str]]]]] = {}
"""Further sections that higher chapters add: code → (title, lines of the month)."""


def section(code: str, title: str, lines: Callable[[Period], list[list[str]]]) -> None:
    """Add a section to every review from now on; `title` is an English msgid. ValueError when the code is taken."""
    if code in SECTIONS:
        raise ValueError(f"section {code} of the review is declared twice")
    SECTIONS[code] = (title, lines)


def gather(period: Period) -> dict[str, Any]:
    """Return what is known of a month at this moment, as plain values that can be frozen."""
    return dict(
        plain(
            {
                "month": str(period),
                "gathered_at": moment.now(),
                "figures": [_figure(code, period) for code in sorted(INDICATORS)],
                "clauses": _clauses(),
                "decisions": [
                    {"number": row.number, "title": row.title, "state": row.state, "due": row.decide_by}
                    for row in Decision.objects.current().filter(state=DecisionState.PROPOSED).order_by("pk")
                ],
                "follow_ups": [
                    {"title": row.title, "number": row.decision.number, "owner": row.owner.name, "due": row.due_on,
                     "late": row.due_on < moment.today()}
                    for row in FollowUp.objects.current().filter(state=FollowUpState.OPEN)
                    .select_related("decision", "owner").order_by("due_on", "pk")
                ],
                "sections": [
                    {"code": code, "title": title, "lines": lines(period)} for code, (title, lines) in SECTIONS.items()
                ],
            }
        )
    )  # fmt: skip


def _figure(code: str, period: Period) -> dict[str, Any]:
    figure, before = figures.value(code, period), None
    if not figure.indicator.standing_stock:
        before = figures.value(code, period.shift(-1)).value
    return {
        "code": code, "clause": figure.indicator.clause, "value": figure.value, "numerator": figure.numerator,
        "population": figure.population, "target": figure.indicator.target,
        "met": figure.meets_target, "before": before,
    }  # fmt: skip


def _clauses() -> list[dict[str, Any]]:
    """Return how every clause stands, the worst reasons with it."""
    edition = in_force()
    found = standings(edition) if edition is not None else []
    return [
        {
            "number": each.clause.number, "headings": each.clause.headings, "state": each.state, "tone": each.tone,
            "value": each.value,
            "check": each.worst_check.check.id if each.worst_check is not None else "",
            "exceptions": sum(c.result.exceptions for c in each.active_checks if c.result is not None),
        }
        for each in found
    ]  # fmt: skip
