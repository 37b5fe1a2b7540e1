"""The audit trail: what an entry says, and that the database keeps it as it was written."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal

import pytest
from django.db import DatabaseError, connection, transaction

from opscharter.charter.models import CheckResult
from opscharter.kernel import moment
from opscharter.kernel.access.actor import Actor
from opscharter.kernel.approvals.models import Vote
from opscharter.kernel.audit import rules, trail
from opscharter.kernel.audit.models import AuditBlock, AuditEntry
from opscharter.kernel.audit.sealing import seal
from opscharter.kernel.controls.models import GuardDecision
from opscharter.kernel.timeline.models import TimelineEntry
from opscharter.service.mailbox.models import RawMail
from tests.conftest import MakeActor
from tests.kernel.library import make_paper, office


@pytest.fixture
def _third_edition() -> Iterator[None]:
    """Let the third edition of a regulation be in force."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(trail, "_edition", [lambda: "3"])
        yield


@pytest.mark.usefixtures("_third_edition")
def test_an_entry_says_who_when_whence_what_and_under_which_regulation(make_actor: MakeActor) -> None:
    actor = make_actor(label="Li Wei").by("import", "10.0.0.7")
    with moment.at(office(2026, 10, 1, 9, 30)):
        written = trail.write_entry(actor, "export", note="papers.csv", changes={"rows": [None, 12]})
    entry = AuditEntry.objects.get()
    assert entry == written
    assert (entry.at, entry.user, entry.actor_label) == (office(2026, 10, 1, 9, 30), actor.user, "Li Wei")
    assert (entry.via, entry.address, entry.edition) == ("import", "10.0.0.7", "3")
    assert (entry.action, entry.note, entry.changes) == ("export", "papers.csv", {"rows": [None, 12]})
    assert (entry.record_type, entry.record_id, entry.record_version) == ("", None, 0)


def test_the_hash_is_the_same_before_and_after_storage(system: Actor) -> None:
    changes = {
        "cost": [None, Decimal("10.50")],
        "due": [None, office(2026, 10, 1, 9)],
        "day": [dt.date(2026, 1, 1), None],
        "words": [[], ["時間", "night"]],
        "wait": [None, dt.timedelta(hours=3)],
        "share": [0.1, 1 / 3],
    }
    with moment.at(dt.datetime(2026, 10, 1, 9, 0, 0, 123457, tzinfo=dt.UTC)):
        trail.write_entry(system, "edit", changes=changes, note="值班")
    stored = AuditEntry.objects.get()
    assert trail.digest(stored) == stored.hash


@pytest.mark.parametrize("name", [*trail.HASHED, "at"])
def test_the_hash_covers_everything_an_entry_says(system: Actor, name: str) -> None:
    entry = trail.write_entry(system, "edit", record=make_paper(system), note="n", changes={"pages": [1, 2]})
    other = {"changes": {"pages": [1, 3]}, "at": entry.at + dt.timedelta(microseconds=1), "user_id": 99}
    setattr(entry, name, other.get(name, 99 if isinstance(getattr(entry, name), int) else "other"))
    assert trail.digest(entry) != entry.hash


@pytest.mark.parametrize("model", [AuditEntry, AuditBlock, TimelineEntry, GuardDecision, Vote, CheckResult, RawMail])
def test_the_rules_name_every_append_only_table(model: type) -> None:
    assert model._meta.db_table in rules.APPEND_ONLY  # type: ignore[attr-defined]
    assert len(rules.APPEND_ONLY) == 7


@pytest.mark.parametrize("verb", ["update", "delete"])
@pytest.mark.parametrize("model", [AuditEntry, AuditBlock, TimelineEntry])
def test_the_database_itself_refuses(system: Actor, model: type, verb: str) -> None:
    make_paper(system)
    seal()
    rows = model.objects.all()  # type: ignore[attr-defined]
    count, table = rows.count(), model._meta.db_table  # type: ignore[attr-defined]
    assert count > 0
    statement = f"UPDATE {table} SET id = id + 1000" if verb == "update" else f"DELETE FROM {table}"
    with pytest.raises(DatabaseError, match="only ever appended"), transaction.atomic():
        connection.cursor().execute(statement)
    assert rows.count() == count
