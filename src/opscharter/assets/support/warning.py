"""Warnings before support ends: for each contract and each warranty once at every stage."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils.translation import gettext_lazy as _

from opscharter.assets.models import Asset, SupportContract
from opscharter.kernel import moment
from opscharter.kernel.access.actor import Actor
from opscharter.kernel.jobs.queue import job
from opscharter.kernel.notices.catalogue import notice_type
from opscharter.kernel.notices.sending import send
from opscharter.kernel.resources.links import record_url
from opscharter.kernel.resources.tasks import Task

STAGES = (60, 30, 7, 0)
"""Days before the end at which people are told; a contract adds the first by its own notice."""
WARRANTY_NOTICE = STAGES[0]

CONTRACT_ENDS = notice_type(
    "assets.support-ends", label=_("A support contract ends"),
    subject=_("%(contract)s ends on %(day)s"),
    body=_("%(assets)s assets are supported by it. Renew it, or let it end knowingly."),
)  # fmt: skip
WARRANTY_ENDS = notice_type(
    "assets.warranty-ends", label=_("A warranty ends"),
    subject=_("The warranty of %(asset)s ends on %(day)s"), body=_("Extend it, or plan its replacement."),
)  # fmt: skip


def stage_of(left: int, first: int) -> int | None:
    """Return the narrowest stage that so many days before the end fall into; None while the end is far."""
    reached = [stage for stage in {first, *(each for each in STAGES if each < first)} if left <= stage]
    return min(reached) if reached else None


@job()
def warn_of_ends() -> int:
    """Tell the owners of contracts and the heads of teams what ends soon; returns how many notices were new."""
    today, told = moment.today(), 0
    near = SupportContract.objects.current().filter(ends_on__gte=today).select_related("owner")
    for contract in near:
        stage = stage_of((contract.ends_on - today).days, contract.notice_days)
        if stage is not None:
            words = {"contract": str(contract), "day": contract.ends_on, "assets": contract.assets.count()}
            told += _tell(CONTRACT_ENDS, [contract.owner], contract, stage, words)
    rows = Asset.objects.current().exclude(state=Asset.State.RETIRED).filter(
        warranty_until__gte=today, warranty_until__lte=today + dt.timedelta(days=WARRANTY_NOTICE)
    )  # fmt: skip
    for asset in rows.select_related("team__head__user"):
        assert asset.warranty_until is not None
        head = asset.team.head if asset.team is not None else None
        if head is not None and head.user is not None:
            stage = stage_of((asset.warranty_until - today).days, WARRANTY_NOTICE)
            told += _tell(WARRANTY_ENDS, [head.user], asset, stage, {"asset": str(asset), "day": asset.warranty_until})
    return told


def _tell(kind: Any, people: Any, record: Any, stage: int | None, words: dict[str, Any]) -> int:
    key = f"{record.pk}:{words['day']}:{stage}"
    return len(send(kind, people, key=key, record=record, url=record_url(record), data=words))


def contracts_ending(actor: Actor) -> list[Task]:
    """Return one's own contracts whose end is near."""
    today = moment.today()
    rows = SupportContract.objects.current().filter(owner_id=actor.user_id, ends_on__gte=today).order_by("ends_on")
    kind = SupportContract._meta.verbose_name or ""
    return [
        Task(str(row), kind, record_url(row), "", moment.last_of(row.ends_on), _("Renew"))
        for row in rows[:200] if row.warns_from <= today
    ]  # fmt: skip
