"""Sealing and verifying the audit trail: blocks of one day, each hashed over its entries and the block before."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import reduce
from itertools import groupby
from operator import or_

from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from opscharter.kernel import moment
from opscharter.kernel.audit.models import AuditBlock, AuditEntry
from opscharter.kernel.audit.trail import digest

BLOCK_SIZE = 5_000
GAPS_AT_ONCE = 200
LOOK_BACK = dt.timedelta(days=1)
"""A transaction may commit its entries after younger ones were sealed; for this long its ids are looked for again."""


def as_ranges(ids: Iterable[int]) -> str:
    """Write ascending ids as ranges: 1,2,3,7 → "1-3,7"."""
    parts = []
    for _gap, run in groupby(enumerate(ids), key=lambda pair: pair[1] - pair[0]):
        numbers = [number for _index, number in run]
        parts.append(str(numbers[0]) if len(numbers) == 1 else f"{numbers[0]}-{numbers[-1]}")
    return ",".join(parts)


def from_ranges(text: str) -> Iterator[int]:
    """Read ranges back into ids."""
    for first, last in _pairs(text):
        yield from range(first, last + 1)


def _block_hash(previous: str, members: str, hashes: Iterable[str]) -> str:
    chain = hashlib.sha256(f"{previous}\n{members}\n".encode())
    for value in hashes:
        chain.update(value.encode())
    return chain.hexdigest()


def _pairs(text: str) -> Iterator[tuple[int, int]]:
    """Read ranges back as their first and last ids."""
    for part in text.split(","):
        first, _dash, last = part.partition("-")
        yield int(first), int(last or first)


def _gaps(blocks: Iterable[AuditBlock]) -> list[tuple[int, int]]:
    """Return the stretches of ids between the lowest and the highest of the blocks that none of them holds.

    They are reckoned from the ends of the ranges, for after a great import the blocks of a day hold millions of ids.
    """
    gaps, reached = [], 0
    for first, last in sorted(pair for block in blocks for pair in _pairs(block.members)):
        if reached and first > reached + 1:
            gaps.append((reached + 1, first - 1))
        reached = max(reached, last)
    return gaps


def _late_ids(newest: int) -> list[int]:
    """Return the entries that came after younger ones had been sealed."""
    recent = AuditBlock.objects.filter(sealed_at__gte=timezone.now() - LOOK_BACK)
    gaps = [pair for pair in _gaps(recent) if pair[0] <= newest]
    late: list[int] = []
    for start in range(0, len(gaps), GAPS_AT_ONCE):
        within = reduce(or_, (Q(pk__range=gap) for gap in gaps[start : start + GAPS_AT_ONCE]))
        late += AuditEntry.objects.filter(within).values_list("pk", flat=True)
    if late:
        # A block sealed before those of yesterday may reach over an id that came late itself.
        older = AuditBlock.objects.filter(last_entry__gte=min(late), sealed_at__lt=timezone.now() - LOOK_BACK)
        sealed = [pair for block in older for pair in _pairs(block.members)]
        late = [number for number in late if not any(first <= number <= last for first, last in sealed)]
    return late


def _unsealed_ids() -> list[int]:
    last = AuditBlock.objects.order_by("-last_entry").first()
    newest = last.last_entry if last else 0
    fresh = AuditEntry.objects.filter(pk__gt=newest).order_by("pk").values_list("pk", flat=True)
    return sorted(_late_ids(newest)) + list(fresh)


@transaction.atomic
def seal() -> int:
    """Chain every entry that is not in a block yet; returns how many were sealed. Safe to run from several workers."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(7305001)")
    ids = _unsealed_ids()
    previous = AuditBlock.objects.order_by("-pk").values_list("hash", flat=True).first() or ""
    for start in range(0, len(ids), BLOCK_SIZE):
        entries = AuditEntry.objects.filter(pk__in=ids[start : start + BLOCK_SIZE]).order_by("pk")
        rows = list(entries.values_list("pk", "at", "hash"))
        for day, run in groupby(rows, key=lambda row: moment.in_office(row[1]).date()):
            part = list(run)
            members = as_ranges(row[0] for row in part)
            value = _block_hash(previous, members, (row[2] for row in part))
            AuditBlock.objects.create(
                day=day,
                sealed_at=timezone.now(),
                members=members,
                count=len(part),
                last_entry=part[-1][0],
                previous_hash=previous,
                hash=value,
            )
            previous = value
    return len(ids)


@dataclass
class Verification:
    """What a verification found; `intact` only when nothing is altered, missing or unchained."""

    entries: int = 0
    blocks: int = 0
    altered: list[int] = field(default_factory=list)
    missing: list[int] = field(default_factory=list)
    broken_blocks: list[int] = field(default_factory=list)
    anchor_missing: bool = False

    @property
    def intact(self) -> bool:
        """Say whether the trail is as it was written."""
        return not (self.altered or self.missing or self.broken_blocks or self.anchor_missing)


def verify(anchor: str = "") -> Verification:
    """Recompute every entry and block. `anchor` is a block hash exported earlier: it must still be in the chain."""
    found = Verification()
    previous = ""
    for block in AuditBlock.objects.order_by("pk").iterator(chunk_size=200):
        found.blocks += 1
        wanted = list(from_ranges(block.members))
        entries = {entry.pk: entry for entry in AuditEntry.objects.filter(pk__in=wanted)}
        found.entries += len(entries)
        found.missing += [pk for pk in wanted if pk not in entries]
        found.altered += [pk for pk, entry in entries.items() if digest(entry) != entry.hash]
        hashes = (entries[pk].hash for pk in wanted if pk in entries)
        recomputed = _block_hash(block.previous_hash, block.members, hashes)
        if block.previous_hash != previous or (recomputed != block.hash and all(pk in entries for pk in wanted)):
            found.broken_blocks.append(block.pk)
        previous = block.hash
    if anchor:
        found.anchor_missing = not AuditBlock.objects.filter(hash=anchor).exists()
    found.altered.sort()
    return found


def anchor() -> dict[str, object]:
    """Return the head of the chain, to be kept off the system: it proves later that no end was cut off."""
    block = AuditBlock.objects.order_by("-pk").first()
    if block is None:
        return {"hash": "", "last_entry": 0, "sealed_at": None}
    return {"hash": block.hash, "last_entry": block.last_entry, "sealed_at": block.sealed_at.isoformat()}
