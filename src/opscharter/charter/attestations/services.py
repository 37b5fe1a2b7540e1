"""Asking for attestations by their plans, and how the clauses stand by the answers."""

from __future__ import annotations

import datetime as dt

from dateutil.relativedelta import relativedelta
from django.utils.translation import gettext_lazy as _

from opscharter.charter.attestations.models import Attestation, AttestationPlan
from opscharter.charter.standing import FAIL, NO_DATA, PASS, STALE
from opscharter.kernel import moment
from opscharter.kernel.access.actor import Actor, system_actor
from opscharter.kernel.jobs.queue import job
from opscharter.kernel.notices.catalogue import notice_type
from opscharter.kernel.notices.sending import send
from opscharter.kernel.resources.links import record_url

ASKED = notice_type(
    "charter.attestation-due",
    label=_("Attestation due"),
    subject=_("Please confirm §%(clause)s by %(due)s"),
    body=_("%(statement)s Attach the evidence and confirm."),
)


def ask_due(actor: Actor) -> int:
    """Open the attestations whose time has come and set the plan's next day; returns how many were opened."""
    opened = 0
    for plan in AttestationPlan.objects.current().select_related("owner"):
        while plan.next_due_on - dt.timedelta(days=plan.asked_before_days) <= moment.today():
            asked = Attestation(plan=plan, due_on=plan.next_due_on).save_as(actor)
            plan.next_due_on += relativedelta(months=plan.every_months)
            plan.save_as(actor)
            data = {"clause": asked.clause, "due": asked.due_on, "statement": asked.statement}
            send(ASKED, [plan.owner], key=asked.number, record=asked, url=record_url(asked), data=data)
            opened += 1
    return opened


@job()
def ask_for_attestations() -> int:
    """Run `ask_due` every morning."""
    return ask_due(system_actor())


def standing_by_attestation(at: dt.datetime | None = None) -> dict[str, str]:
    """Return how each attested clause stands: the newest answer, stale while the next one is late.

    Of several plans for one clause the worst counts. For a moment of the past only what was answered by then counts.
    """
    now = at or moment.now()
    day = moment.today() if at is None else at.date()
    plans = dict(AttestationPlan.objects.current().values_list("pk", "clause"))
    asked: dict[int, list[Attestation]] = {pk: [] for pk in plans}
    since = day - relativedelta(years=3)
    rows = Attestation.objects.filter(plan_id__in=plans, due_on__gte=since, created_at__lte=now)
    for each in rows.order_by("-due_on", "-pk"):
        asked[each.plan_id].append(each)
    stands: dict[str, list[str]] = {}
    for pk, clause in plans.items():
        stands.setdefault(clause, []).append(_of_plan(asked[pk], now, day))
    order = (FAIL, STALE, NO_DATA, PASS)
    return {clause: min(found, key=order.index) for clause, found in stands.items()}


def _of_plan(asked: list[Attestation], now: dt.datetime, day: dt.date) -> str:
    answered = [each for each in asked if each.answered_at is not None and each.answered_at <= now]
    if not answered:
        return STALE if any(each.due_on < day for each in asked) else NO_DATA
    if answered[0].state == Attestation.State.DENIED:
        return FAIL
    late = any(each.due_on < day for each in asked if each not in answered)
    return STALE if late else PASS
