"""Case 16: two changes never collide on assets, their parents and dependants, on people or in a freeze."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from opscharter.assets.models import Asset
from opscharter.kernel import moment
from opscharter.kernel.access.actor import system_actor
from opscharter.kernel.controls.decisions import grant_exception
from opscharter.kernel.controls.models import GuardDecision
from opscharter.kernel.errors import Refused
from opscharter.kernel.notices.models import Notice
from opscharter.service.changes import guards, hooks
from opscharter.service.changes.conflicts import conflicts_of, free_slots
from opscharter.service.changes.models import ChangeFreeze, ChangeWindow
from tests.service.changes.conftest import MONDAY_NINE, TONIGHT, approve, assess

pytestmark = pytest.mark.django_db
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def three(change, host, customer, team, person):
    """Return CHG-1 on db-01 22:00–23:30, CHG-2 on its parent 23:00–24:00, CHG-3 by CHG-1's engineer from 23:15."""
    elsewhere = Asset(name="mail-07", kind="server", customer=customer, team=team).save_as(system_actor())
    first = assess(change(title="CHG-1", window_end=TONIGHT + 90 * MINUTE))
    second = assess(
        change(
            title="CHG-2", assets=[host], engineer=person("Zed"),
            window_start=TONIGHT + 60 * MINUTE, window_end=TONIGHT + 120 * MINUTE,
        )
    )  # fmt: skip
    third = assess(
        change(title="CHG-3", assets=[elsewhere], window_start=TONIGHT + 75 * MINUTE, window_end=TONIGHT + 135 * MINUTE)
    )
    return first, second, third


def test_overlaps_of_30_and_15_minutes_are_named_with_every_asset(three):
    first, second, third = three
    found = [(clash.kind, clash.other, clash.minutes, clash.assets) for clash in conflicts_of(first)]
    assert found == [
        ("asset", second, 30, ("db-01", "host-01")), ("engineer", third, 15, ("db-01", "mail-07")),
    ]  # fmt: skip
    assert [str(clash.sentence) for clash in conflicts_of(first)] == [
        f"{second}: 30 minutes at the same time on db-01, host-01.",
        f"{third}: Li is at work elsewhere for 15 minutes (db-01, mail-07).",
    ]


def test_a_colliding_change_is_blocked_and_passes_only_by_a_reasoned_override(three, manager):
    first, _second, _third = three
    with pytest.raises(Refused) as refused:
        first.move("propose", system_actor())
    assert {reason.control for reason in refused.value.reasons} == {"change.no-conflict"}
    with pytest.raises(Refused, match="needs a reason"):
        grant_exception(first, guards.no_conflict, system_actor(), reason=" ", expires_at=moment.now() + 60 * MINUTE)
    until = moment.now() + dt.timedelta(days=1)
    grant_exception(first, guards.no_conflict, system_actor(), reason="one night only", expires_at=until)
    assert approve(first, manager).state == "APPROVED"
    assert GuardDecision.objects.filter(guard="change.no-conflict", outcome="overridden").count() >= 2


def test_changes_on_sibling_assets_do_not_collide(change, host, customer, team, person):
    from opscharter.assets.models import AssetRelation

    sibling = Asset(name="db-02", kind="database", customer=customer, team=team).save_as(system_actor())
    AssetRelation(source=sibling, target=host, kind="runs-on").save_as(system_actor())
    one = assess(change(title="One"))
    assess(change(title="Two", assets=[sibling], engineer=person("Zed")))
    assert conflicts_of(one) == []


def test_the_free_slots_suggested_are_free(three):
    first, _second, _third = three
    slots = free_slots(first)
    assert len(slots) == 3
    for start, end in slots:
        assert end - start == first.window_end - first.window_start
        first.window_start, first.window_end = start, end
        assert conflicts_of(first) == []


def test_a_freeze_created_later_flags_the_approved_changes_inside_it_and_they_cannot_start(change, manager, doer):
    inside = approve(assess(change()), manager)
    outside = approve(
        assess(change(title="Next week", window_start=TONIGHT + 7 * dt.timedelta(1),
                      window_end=TONIGHT + 7 * dt.timedelta(1) + 180 * MINUTE)), manager,
    )  # fmt: skip
    assert (inside.state, outside.state) == ("APPROVED", "APPROVED")
    ChangeFreeze(name="Month end", starts_at=TONIGHT - 60 * MINUTE, ends_at=TONIGHT + 60 * MINUTE).save_as(
        system_actor()
    )
    inside.refresh_from_db()
    outside.refresh_from_db()
    assert (inside.flagged_at, inside.flag_note) == (MONDAY_NINE, "inside the freeze “Month end”")
    assert outside.flagged_at is None
    assert Notice.objects.filter(type="change.frozen", user=doer.user).count() == 1
    with moment.at(TONIGHT), pytest.raises(Refused, match="60 minutes lie in the freeze “Month end”"):
        inside.move("start", system_actor())


def test_a_freeze_of_one_customer_leaves_others_alone(change, customer):
    from opscharter.customers.models import Customer

    mine = assess(change())
    other = Customer(name="Other").save_as(system_actor())
    freeze = ChangeFreeze(name="Sale", customer=other, starts_at=TONIGHT, ends_at=TONIGHT + 60 * MINUTE)
    freeze.save_as(system_actor())
    assert conflicts_of(mine) == []


def test_statutory_holidays_agreed_windows_and_the_roster_stand_in_the_way(change, customer, doer, monkeypatch):
    holiday = timezone.make_aware(dt.datetime(2025, 10, 2, 22, 0))
    planned = assess(change(window_start=holiday, window_end=holiday + 180 * MINUTE))
    assert [str(clash.sentence) for clash in conflicts_of(planned)] == [
        "2025-10-02 is a statutory holiday.", "2025-10-03 is a statutory holiday.",
    ]  # fmt: skip
    planned.window_start, planned.window_end = TONIGHT, TONIGHT + 180 * MINUTE
    planned.save_as(system_actor())
    ChangeWindow(customer=customer, weekday=6, begins="22:00", minutes=240).save_as(system_actor())
    monkeypatch.setattr(
        hooks, "roster", [lambda person, start, end: [(start, end, "on call")] if person == doer.pk else []]
    )
    assert [clash.kind for clash in conflicts_of(planned)] == ["window", "roster"]
    assert free_slots(planned, 1) == []
    monkeypatch.setattr(hooks, "roster", [])
    start, _end = free_slots(planned, 1)[0]
    assert (timezone.localtime(start).weekday(), timezone.localtime(start).hour) == (5, 22)
