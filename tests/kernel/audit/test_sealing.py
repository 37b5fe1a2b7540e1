"""Sealing the trail in blocks, and finding what somebody with the database's password did to it."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from io import StringIO

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import connection

from opscharter.kernel import moment
from opscharter.kernel.access.actor import Actor
from opscharter.kernel.audit import rules, sealing, trail
from opscharter.kernel.audit.models import AuditBlock, AuditEntry
from opscharter.kernel.audit.sealing import anchor, as_ranges, from_ranges, seal, verify
from tests.kernel.library import office


@pytest.fixture
def trail_of_1000(system: Actor) -> list[int]:
    """Write 1,000 audit rows and return their ids, in order; nothing is sealed yet."""
    trail.write_entries([trail.entry_for(system, "edit", note=f"row {n}") for n in range(1, 1001)])
    return list(AuditEntry.objects.order_by("pk").values_list("pk", flat=True))


@pytest.fixture
def _intruder(db: None) -> Iterator[None]:
    """Let SQL alter the tables, as somebody could who owns the database."""
    rules.drop(connection)
    yield
    rules.create(connection)


def execute(statement: str, *values: object) -> None:
    """Run a statement as the intruder."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


@pytest.mark.usefixtures("_intruder")
class TestCase6:
    """Acceptance case 6 of the charter, with its figures."""

    def test_an_untouched_trail_is_intact(self, trail_of_1000: list[int]) -> None:
        assert seal() == 1000
        found = verify(anchor()["hash"])  # type: ignore[arg-type]
        assert (found.intact, found.entries) == (True, 1000)

    def test_altering_row_500_names_500(self, trail_of_1000: list[int]) -> None:
        seal()
        row = trail_of_1000[499]
        execute("UPDATE kernel_auditentry SET note = 'nothing happened' WHERE id = %s", row)
        found = verify()
        assert (found.altered, found.missing, found.intact) == ([row], [], False)

    def test_altering_row_500_with_its_hash_breaks_its_block(self, trail_of_1000: list[int]) -> None:
        seal()
        entry = AuditEntry.objects.get(pk=trail_of_1000[499])
        entry.note = "nothing happened"
        execute(
            "UPDATE kernel_auditentry SET note = %s, hash = %s WHERE id = %s", entry.note, trail.digest(entry), entry.pk
        )
        found = verify()
        assert (found.altered, found.broken_blocks) == ([], [AuditBlock.objects.get().pk])

    def test_deleting_row_700_names_the_gap(self, trail_of_1000: list[int]) -> None:
        seal()
        row = trail_of_1000[699]
        execute("DELETE FROM kernel_auditentry WHERE id = %s", row)
        found = verify()
        assert (found.missing, found.altered, found.entries) == ([row], [], 999)

    def test_deleting_the_last_10_names_them(self, trail_of_1000: list[int]) -> None:
        seal()
        execute("DELETE FROM kernel_auditentry WHERE id >= %s", trail_of_1000[990])
        assert verify().missing == trail_of_1000[990:]

    def test_deleting_the_last_10_with_their_block_is_found_by_the_exported_anchor(
        self, trail_of_1000: list[int]
    ) -> None:
        exported = self.sealed_in_two_runs(trail_of_1000)
        assert verify(exported).intact
        execute("DELETE FROM kernel_auditentry WHERE id >= %s", trail_of_1000[990])
        execute("DELETE FROM kernel_auditblock WHERE last_entry >= %s", trail_of_1000[990])
        assert verify().intact, "without the anchor a cut end cannot be told from an earlier day"
        found = verify(exported)
        assert (found.anchor_missing, found.intact) == (True, False)

    def test_resealing_a_shortened_trail_does_not_bring_the_anchor_back(self, trail_of_1000: list[int]) -> None:
        seal()
        exported = str(anchor()["hash"])
        execute("DELETE FROM kernel_auditentry WHERE id >= %s", trail_of_1000[990])
        execute("DELETE FROM kernel_auditblock")
        assert seal() == 990
        assert verify(exported).anchor_missing

    @staticmethod
    def sealed_in_two_runs(ids: list[int]) -> str:
        """Seal 990 rows and then the last 10, and return the anchor."""
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(sealing, "BLOCK_SIZE", 990)
            assert seal() == 1000
        assert [block.count for block in AuditBlock.objects.order_by("pk")] == [990, 10]
        return str(anchor()["hash"])

    def test_a_removed_or_forged_block_breaks_the_chain(self, trail_of_1000: list[int]) -> None:
        self.sealed_in_two_runs(trail_of_1000)
        first, second = AuditBlock.objects.order_by("pk")
        execute("DELETE FROM kernel_auditblock WHERE id = %s", first.pk)
        assert verify().broken_blocks == [second.pk]


def test_sealing_in_several_runs_takes_each_entry_once(system: Actor, trail_of_1000: list[int]) -> None:
    assert seal() == 1000
    assert seal() == 0
    for _run in range(3):
        trail.write_entry(system, "edit")
        assert seal() == 1
    blocks = list(AuditBlock.objects.order_by("pk"))
    assert [block.previous_hash for block in blocks[1:]] == [block.hash for block in blocks[:-1]]
    assert verify().entries == sum(block.count for block in blocks) == 1003


def test_a_block_is_of_one_office_day(system: Actor) -> None:
    for hour in (15, 16):  # 16:00 UTC is midnight at the office
        with moment.at(dt.datetime(2026, 9, 30, hour, 59, tzinfo=dt.UTC)):
            trail.write_entry(system, "edit")
    seal()
    assert [str(block.day) for block in AuditBlock.objects.order_by("pk")] == ["2026-09-30", "2026-10-01"]


@pytest.mark.usefixtures("_intruder")
def test_entries_committed_late_are_sealed_once_also_when_later_blocks_reach_over_them(system: Actor) -> None:
    """A slow transaction commits id 5 after 1-10 were sealed without it; days later nothing is sealed again."""
    trail.write_entries([trail.entry_for(system, "edit", note=str(n)) for n in range(10)])
    ids = list(AuditEntry.objects.order_by("pk").values_list("pk", flat=True))
    late = AuditEntry.objects.get(pk=ids[4])
    execute("DELETE FROM kernel_auditentry WHERE id = %s", late.pk)
    with time_machine.travel(office(2026, 10, 1, 9), tick=False):
        assert seal() == 9
    late.save(force_insert=True)
    with time_machine.travel(office(2026, 10, 1, 20), tick=False):
        trail.write_entry(system, "edit")
        assert seal() == 2
    with time_machine.travel(office(2026, 10, 2, 15), tick=False):
        assert seal() == 0
        trail.write_entry(system, "edit")
        assert seal() == 1
    assert (verify().intact, verify().entries) == (True, 12)
    assert sorted(pk for block in AuditBlock.objects.all() for pk in from_ranges(block.members)) == list(
        AuditEntry.objects.order_by("pk").values_list("pk", flat=True)
    )


@pytest.mark.parametrize(
    ("ids", "text"), [([1], "1"), ([1, 2, 3], "1-3"), ([1, 2, 3, 7, 9, 10], "1-3,7,9-10"), ([5, 7], "5,7")]
)
def test_ranges_write_and_read_the_same(ids: list[int], text: str) -> None:
    assert as_ranges(ids) == text
    assert list(from_ranges(text)) == ids


def test_an_empty_trail_is_intact_and_has_an_empty_anchor(db: None) -> None:
    assert verify().intact
    assert anchor() == {"hash": "", "last_entry": 0, "sealed_at": None}
    assert verify("0" * 64).anchor_missing


def test_the_command_anchors_everything_written_so_far_and_verifies(trail_of_1000: list[int]) -> None:
    out = StringIO()
    call_command("audit", "anchor", stdout=out)
    exported = json.loads(out.getvalue())
    assert exported["last_entry"] == trail_of_1000[-1]
    call_command("audit", "verify", anchor=exported["hash"], stdout=out)
    assert "1000 entries in 1 blocks read" in out.getvalue()
    assert "intact" in out.getvalue()


@pytest.mark.usefixtures("_intruder")
def test_the_command_fails_and_names_the_rows(trail_of_1000: list[int]) -> None:
    seal()
    execute("DELETE FROM kernel_auditentry WHERE id = %s", trail_of_1000[699])
    out = StringIO()
    with pytest.raises(CommandError):
        call_command("audit", "verify", anchor="0" * 64, stdout=out)
    assert f"missing: {trail_of_1000[699]}" in out.getvalue()
    assert "the anchored end of the chain is gone" in out.getvalue()


def test_after_a_great_import_only_the_gaps_between_sealed_entries_are_looked_at(system: Actor) -> None:
    blocks = [AuditBlock(members=members) for members in ("1-4,6-10", "11-5000000", "5000003-5000004,5")]
    assert sealing._gaps(blocks) == [(5_000_001, 5_000_002)]
    assert sealing._gaps([]) == []
