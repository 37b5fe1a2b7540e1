"""Candidates: what repeats often enough is raised as a problem by itself, once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Count, Q
from django.utils.translation import gettext as _t
from django.utils.translation import override

from opscharter.assets.models import Asset
from opscharter.customers.models import Service
from opscharter.kernel import moment
from opscharter.kernel.access.actor import Actor, system_actor
from opscharter.kernel.approvals.directory import directory
from opscharter.kernel.controls.decisions import settings_at
from opscharter.kernel.controls.registry import CHECKS
from opscharter.kernel.jobs.queue import job
from opscharter.kernel.notices.sending import send
from opscharter.kernel.resources.links import record_url
from opscharter.service.problems import notices
from opscharter.service.problems.lifecycle import OPEN
from opscharter.service.problems.models import Problem
from opscharter.service.tickets.models import Incident


@dataclass(frozen=True)
class Repetition:
    """What has repeated: the same asset, or the same service with the same type or cause."""

    key: str
    title: str
    where: Q
    service: Service | None = None
    asset: Asset | None = None


def repetitions(minimum: int, days: int) -> Iterator[Repetition]:
    """Yield what repeated at least so often within the last days: counted in the database."""
    since, until = moment.now() - dt.timedelta(days=days), moment.now()
    span = Q(opened_at__gte=since, opened_at__lte=until)
    rows: Any = Incident.objects.current().filter(span).exclude(state="CANCELLED")
    rows = rows.filter(parent__isnull=True)
    by_asset = rows.exclude(assets__isnull=True).values("assets").annotate(n=Count("pk", distinct=True))
    found = {row["assets"]: row["n"] for row in by_asset.filter(n__gte=minimum).order_by("-n")}
    for pk, asset in Asset.objects.in_bulk(list(found)).items():
        title = _t("%(n)s incidents on %(asset)s within %(days)s days") % {"n": found[pk], "asset": asset, "days": days}
        yield Repetition(f"asset:{pk}", title, span & Q(assets=pk), asset.service, asset)
    for field in ("category", "cause"):
        grouped = rows.exclude(**{field: ""}).filter(service__isnull=False).values("service", field)
        for row in grouped.annotate(n=Count("pk")).filter(n__gte=minimum).order_by("-n"):
            yield _of_service(row, field, span, days)


def _of_service(row: dict[str, Any], field: str, span: Q, days: int) -> Repetition:
    service = Service.objects.get(pk=row["service"])
    words = {"n": row["n"], "service": service, "what": row[field][:80], "days": days}
    title = _t("%(service)s: “%(what)s” %(n)s times within %(days)s days") % words
    where = span & Q(service=service) & Q(**{field: row[field]})
    return Repetition(f"{field}:{service.pk}:{row[field]}"[:120], title, where, service)


@transaction.atomic
def raise_candidates(actor: Actor | None = None) -> list[Problem]:
    """Raise a problem for each repetition that no open problem covers; returns the new ones."""
    house = actor or system_actor()
    parameters = settings_at([CHECKS["problem.repeats-examined"]])["problem.repeats-examined"].parameters
    minimum, days = int(parameters["repeats"]), int(parameters["within_days"])
    raised = []
    for repetition in repetitions(minimum, days):
        incidents = list(Incident.objects.filter(repetition.where).exclude(state="CANCELLED").distinct())
        if _covered(repetition, incidents):
            continue
        problem = Problem(
            title=repetition.title[:200], origin=Problem.Origin.REPEATS, service=repetition.service,
            candidate_key=_fresh_key(repetition.key), priority=min((i.priority or 4) for i in incidents),
            description="\n".join(str(incident) for incident in incidents[:20]),
        )  # fmt: skip
        links: dict[str, Any] = {"incidents": incidents, "assets": [repetition.asset] if repetition.asset else []}
        raised.append(problem.save_as(house, links=links))
        _tell(problem)
    return raised


def _covered(repetition: Repetition, incidents: list[Incident]) -> bool:
    """Say whether an open problem stands for it already, by its key or by most of its incidents."""
    stands = Problem.objects.current().filter(state__in=OPEN)
    base = repetition.key[:108]
    if stands.filter(Q(candidate_key=repetition.key) | Q(candidate_key__startswith=f"{base}#")).exists():
        return True
    ids = [incident.pk for incident in incidents]
    linked = stands.filter(incidents__in=ids).annotate(n=Count("incidents", filter=Q(incidents__in=ids)))
    return any(row.n * 2 > len(ids) for row in linked)


def _fresh_key(key: str) -> str:
    """Return the key, numbered when the same thing was raised before and has been closed since."""
    base = key[:108]
    before = Problem.objects.filter(Q(candidate_key=key) | Q(candidate_key__startswith=f"{base}#")).count()
    return f"{base}#{before + 1}" if before else key


def _tell(problem: Problem) -> None:
    people = [directory().user_of(pk) for pk in directory().in_role("service-manager", problem)]
    head = problem.team.head if problem.team else None
    users = [user for user in (*people, head.user if head else None) if user is not None]
    data = {"number": problem.number, "title": problem.title}
    send(notices.CANDIDATE, users, key=problem.number, record=problem, url=record_url(problem), data=data)


@job()
def raise_candidates_job() -> int:
    """Run `raise_candidates` every night, in the language of the house."""
    with override(settings.LANGUAGE_CODE):
        return len(raise_candidates())
