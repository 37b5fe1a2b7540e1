"""Where other practices join in a ticket's life without the tickets knowing them: each appends its function here."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from opscharter.kernel.access.actor import Actor
from opscharter.kernel.timeline.models import TimelineEntry

after_comment: list[Callable[[Any, Actor, TimelineEntry], None]] = []
"""Called with (ticket, actor, entry) for every comment, in its transaction: outgoing mail, chat."""

choose_plan: list[Callable[[Any], str]] = []
"""Name the contingency plan that an incident declared an emergency runs by; asked in order until one knows."""

after_declare: list[Callable[[Any, Actor], None]] = []
"""Called with (incident, actor) when an incident has been declared an emergency, in its transaction."""

pagers: list[Callable[[Any, str], list[int]]] = []
"""Call whoever is on duty for (ticket, reason) once each, and return the accounts called; asked in order until one
has called somebody."""


def page(ticket: Any, reason: str) -> list[int]:
    """Call the engineers on duty for a ticket; returns the accounts called, none when nobody is on duty."""
    return next((called for pager in pagers if (called := pager(ticket, reason))), [])
