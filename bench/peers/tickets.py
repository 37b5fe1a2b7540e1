"""The tickets that every system is given: ours, read from the database that they were loaded into."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass
class Ticket:
    """What all the systems can hold of a ticket."""

    title: str
    description: str
    priority: int
    """1 (highest) to 4."""
    opened_at: dt.datetime
    closed_at: dt.datetime | None
    notes: list[tuple[dt.datetime, str]] = field(default_factory=list)


@dataclass(frozen=True)
class Questions:
    """What every system is asked: the places of the tickets to open, in the order of loading, and a word to find."""

    places: Sequence[int]
    word: str


def read_all() -> tuple[list[int], list[Ticket]]:
    """Return our ids and the tickets, oldest first."""
    from opscharter.kernel.timeline.models import TimelineEntry
    from opscharter.service.tickets.models import Incident

    fields = ("pk", "title", "description", "priority", "opened_at", "closed_at")
    found: dict[int, Ticket] = {}
    for pk, title, description, priority, opened_at, closed_at in Incident.objects.order_by("pk").values_list(*fields):
        found[pk] = Ticket(title[:200], description or title, priority or 4, opened_at, closed_at)
    entries = TimelineEntry.objects.filter(record_type="service.incident").order_by("pk")
    for pk, at, text, verb in entries.values_list("record_id", "at", "text", "verb").iterator(chunk_size=5000):
        if pk in found:
            found[pk].notes.append((at, text or verb or "…"))
    return list(found), list(found.values())


def questions(tickets: Sequence[Ticket], turns: int) -> Questions:
    """Choose tickets of middling history spread over all years, and a word that occurs, but not everywhere."""
    with_story = [place for place, ticket in enumerate(tickets) if len(ticket.notes) >= 3] or list(range(len(tickets)))
    step = max(1, len(with_story) // turns)
    words = ("網絡", "備份", "郵件", "VPN", "登錄")
    counts = {word: sum(word in ticket.title for ticket in tickets) for word in words}
    usual = [word for word, count in counts.items() if 20 <= count <= len(tickets) / 3]
    return Questions(with_story[::step][:turns], usual[0] if usual else max(counts, key=lambda word: counts[word]))
