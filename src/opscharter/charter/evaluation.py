"""Evaluating checks: one pass over all live records each, frozen with everything it depended on."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, transaction
from django.db.models import Count
from django.db.models.functions import TruncMonth
from django.utils import timezone

from opscharter.charter.models import CheckResult, Edition
from opscharter.charter.standing import in_force
from opscharter.kernel import moment
from opscharter.kernel.access.actor import Actor, system_actor
from opscharter.kernel.audit.trail import plain, write_entry
from opscharter.kernel.controls.decisions import settings_at
from opscharter.kernel.controls.registry import CHECKS, Check, Measure, Mode, clause_of
from opscharter.kernel.controls.wording import keep
from opscharter.kernel.errors import NotPermitted
from opscharter.kernel.indicators.figures import percent
from opscharter.kernel.jobs.queue import job

SAMPLE = 200
VALID_FOR = dt.timedelta(hours=36)
"""Checks run every day; a result older than this is stale."""

State = CheckResult.State

followers: list[Callable[[CheckResult, Actor], None]] = []
"""Called for every new result, in its transaction: corrective items are raised and closed so."""


@dataclass
class _Findings:
    population: int = 0
    exceptions: int = 0
    months: dict[str, list[int]] = field(default_factory=dict)
    sample: list[list[Any]] = field(default_factory=list)

    def add(self, measure: Measure) -> None:
        """Count one population, by month, with a sample of its exceptions."""
        rows = measure.records.order_by()
        before = self.exceptions
        by_month = rows.annotate(month=TruncMonth(measure.when)).values("month")
        for row in by_month.annotate(n=Count("pk"), bad=Count("pk", filter=measure.exception)):
            self.population += row["n"]
            self.exceptions += row["bad"]
            if row["month"] is not None:
                month = _month(row["month"])
                counts = self.months.setdefault(month, [0, 0])
                counts[0] += row["n"]
                counts[1] += row["bad"]
        room = SAMPLE - len(self.sample)
        if room > 0 and self.exceptions > before:
            label = rows.model._meta.label_lower
            found = rows.filter(measure.exception).order_by("-pk")[:room]
            self.sample += [[label, record.pk, str(record), keep(measure.reason)] for record in found]


def _read_whole_tables() -> None:
    """Let PostgreSQL group in memory, in several processes, and not compile first: what follows reads whole tables.

    It takes every moment for a month of its own, and would therefore not share the work of counting by months.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL jit = off; SET LOCAL work_mem = '64MB'; SET LOCAL parallel_tuple_cost = 0")


def _month(day: dt.date | dt.datetime) -> str:
    """Return the month of a day, or of a moment by the office's clock."""
    return (timezone.localtime(day) if isinstance(day, dt.datetime) else day).strftime("%Y-%m")


def evaluate(check: Check, edition: Edition | None = None) -> CheckResult | None:
    """Measure one check now and keep the result; None when the company has switched it off.

    A check that raises is recorded as an error, never as a pass. An empty population is no data, never a pass.
    """
    standing = settings_at([check])[check.id]
    edition = edition or in_force()
    if standing.mode == Mode.OFF:
        return None
    findings, error = _Findings(), ""
    try:
        with transaction.atomic():
            _read_whole_tables()
            for measure in check.measures(standing.parameters):
                findings.add(measure)
    except Exception as problem:
        error = f"{type(problem).__name__}: {problem}"[:200]
    now = moment.now()
    value = percent(findings.population - findings.exceptions, findings.population) if not error else None
    result = CheckResult(
        control=check.id,
        clause=edition.clause_of(check) if edition else check.clause,
        edition=edition.label if edition else "",
        collected_at=now,
        expires_at=now + VALID_FOR,
        state=_state(value, standing.parameters["target"], error),
        value=value,
        population=findings.population,
        exceptions=findings.exceptions,
        sample=findings.sample,
        mode=standing.mode,
        error=error,
        omitted=max(0, findings.exceptions - len(findings.sample)),
        parameters=plain(dict(standing.parameters)),
        months=[[month, *counts] for month, counts in sorted(findings.months.items())],
    )
    result.hash = digest(result)
    result.save(force_insert=True)
    return result


def _state(value: Any, target: float, error: str) -> str:
    if error:
        return State.ERROR
    if value is None:
        return State.NO_DATA
    return State.PASS if float(value) >= float(target) else State.FAIL


def canonical(result: CheckResult) -> bytes:
    """Return all that a result says, in the one form that is hashed."""
    names = [f.attname for f in CheckResult._meta.concrete_fields if f.attname not in ("id", "hash")]
    content = {name: getattr(result, name) for name in names}
    for name in ("collected_at", "expires_at"):
        content[name] = content[name].timestamp()
    content["value"] = None if result.value is None else f"{result.value:.2f}"
    return json.dumps(content, sort_keys=True, default=str).encode()


def digest(result: CheckResult) -> str:
    """Return the SHA-256 of all that a result says."""
    return hashlib.sha256(canonical(result)).hexdigest()


def run(actor: Actor, clause: str = "", controls: Iterable[str] = ()) -> list[CheckResult]:
    """Evaluate every check, or those of one clause or of some ids; audited."""
    if not actor.may("charter.checkresult", "create"):
        raise NotPermitted("create", "charter.checkresult")
    wanted = set(controls)
    edition = in_force()
    served = edition.clause_of if edition else clause_of
    chosen = [c for c in CHECKS.values() if (not clause or served(c) == clause) and (not wanted or c.id in wanted)]
    results = [result for check in chosen if (result := evaluate(check, edition)) is not None]
    with transaction.atomic():
        for result in results:
            for follow in followers:
                follow(result, actor)
        states = {result.control: result.state for result in results}
        write_entry(actor, "checks:run", changes={"results": [None, states]}, note=clause)
    return results


@job()
def run_all_checks() -> int:
    """Evaluate every check: every morning, and after imports."""
    return len(run(system_actor()))
