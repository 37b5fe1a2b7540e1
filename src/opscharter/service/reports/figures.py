"""Gathering what a report tells of a period: figures by name from the registry, and the records behind each."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

from django.utils.translation import override

from opscharter.charter.improvements.models import Improvement
from opscharter.customers.coverage import Coverage, coverage_of
from opscharter.customers.models import Contract, Service
from opscharter.kernel import moment
from opscharter.kernel.audit.trail import plain
from opscharter.kernel.indicators.evidence import Evidence, Ids, evidence
from opscharter.kernel.indicators.periods import Period
from opscharter.service.changes.models import Change
from opscharter.service.changes.words import Kind
from opscharter.service.problems.lifecycle import OPEN as OPEN_PROBLEMS
from opscharter.service.problems.models import Problem
from opscharter.service.reports import flow as flows
from opscharter.service.reports.availability import Stretch, availability, share_of
from opscharter.service.reports.flow import Flow, Key, Row, ids_of, keys_of
from opscharter.service.reports.naming import name_of
from opscharter.service.reports.sections import Asked, SectionKind, told_of
from opscharter.service.tickets.models import Incident
from opscharter.service.tickets.models.ticket import Level

SHARES = ["service.timely-resolution", "service.assigned-within-hour", "service.reopen-rate",
          "service.mean-time-to-resolve"]  # fmt: skip
CHANGE_SHARE = "change.success-rate"
MAINTENANCE_SHARE = "service.maintenance-in-time"
OPENED, RESOLVED = "service.opened", "service.resolved"
Shares = dict[str, list[Evidence]]
TREND = 6
"""Months of the trend, the last of the period among them."""
TOP_CAUSES = 8
DAY = dt.timedelta(days=1)
CAUSE_LENGTH = 60


def gather(report: Any, before: Any = None, found: Shares | None = None) -> dict[str, Any]:
    """Return the content of a report; `before` is the report of the period before, where there is one.

    `found` are the indicators, for who has read those of many periods at once (see `shares_of`).
    """
    period, wanted = report.span, set(report.definition.sections)
    asked = Asked(report.contract, coverage_of(report.contract), period)
    records: dict[str, Ids] = {}
    every = flows.rows_of(report.customer_id, period)
    rows = {key: row for key, row in every.items() if _told_here(asked, row.opened_at, row.service_id)}
    content: dict[str, Any] = {"period": report.period, "gathered_at": moment.now(), "records": records}
    changes = _changes(report.customer_id, period)
    shares = found or _shares(asked.contract, asked.coverage, wanted, [period])[period]
    if SectionKind.STATE in wanted:
        content["services"] = _services(report, period, every, rows, changes, records)
    if SectionKind.TICKETS in wanted:
        flow = flows.flow_of(rows, period, _closing(before))
        content |= _tickets(shares, rows, flow, records)
    if SectionKind.CHANGES in wanted:
        own = [change for change in changes if _told_here(asked, change.started_at, change.service_id)]
        content["changes"] = [_change_line(change) for change in own if change.finished_at]
        records["changes"] = {"service.change": [line["id"] for line in content["changes"]]}
        content["change_share"] = _figure(shares[CHANGE_SHARE], records)
    if SectionKind.MAINTENANCE in wanted:
        content["maintenance"] = _maintenance(asked, records)
        content["maintenance_share"] = _figure(shares[MAINTENANCE_SHARE], records)
    if SectionKind.RISKS in wanted:
        content["risks"] = _risks(asked, records)
    if SectionKind.SUGGESTIONS in wanted:
        content["suggestions"] = suggestions_of(report, content)
        content["fates"] = suggestions_of(before) if before is not None else []
    return dict(plain(content))


def _told_here(asked: Asked, at: dt.datetime, service_id: int | None) -> bool:
    """Say whether the report tells of something: what began before the period goes with the service as it begins."""
    return asked.coverage.includes(max(at, asked.period.start), service_id)


def shares_of(contract: Contract, sections: set[str], periods: Sequence[Period]) -> dict[Period, Shares]:
    """Return the indicators that reports of some periods tell of; however many periods, it costs the same queries.

    Where the customer has other contracts, each record counts under the one in force when it counts.
    """
    return _shares(contract, coverage_of(contract), sections, periods)


def _shares(
    contract: Contract, coverage: Coverage, sections: set[str], periods: Sequence[Period]
) -> dict[Period, Shares]:
    wanted = {period: _wanted(sections, period) for period in periods}
    every: dict[str, list[Period]] = {}
    for each in wanted.values():
        for code, spans in each.items():
            every[code] = list(dict.fromkeys([*every.get(code, ()), *spans]))
    narrow = None if coverage.whole else lambda rows, at: rows.filter(coverage.condition(at))
    read = evidence(every, "customer", contract.customer_id, narrow)
    by_period = {code: {found.figure.period: found for found in each} for code, each in read.items()}
    return {
        period: {code: [by_period[code][span] for span in spans] for code, spans in each.items()}
        for period, each in wanted.items()
    }


def before_of(report: Any) -> Any:
    """Return the newest delivered version of the report of the period before, or None."""
    rows = type(report).objects.current().filter(definition_id=report.definition_id, delivered_at__isnull=False)
    return rows.filter(period=str(report.span.shift(-report.span.months))).order_by("-revision").first()


def versions_of(report: Any) -> Any:
    """Return every version of a report: an improvement may come from any of them."""
    return type(report).objects.filter(definition_id=report.definition_id, period=report.period)


def _closing(before: Any) -> set[Key] | None:
    kept = before.content.get("records", {}).get("flow.backlog") if before is not None else None
    return keys_of(kept) if kept is not None else None


def _wanted(sections: set[str], period: Period) -> dict[str, list[Period]]:
    """Return the indicators that the sections need, each with its periods: the one reported comes last."""
    pair = [period.shift(-period.months), period]
    months = [Period(period.shift(period.months - 1 - back).first) for back in range(TREND - 1, -1, -1)]
    found = dict.fromkeys(SHARES, pair) | {OPENED: months, RESOLVED: months} if SectionKind.TICKETS in sections else {}
    found |= {CHANGE_SHARE: pair} if SectionKind.CHANGES in sections else {}
    return found | ({MAINTENANCE_SHARE: pair} if SectionKind.MAINTENANCE in sections else {})


def _figure(found: Sequence[Evidence], records: dict[str, Ids]) -> dict[str, Any]:
    """Return an indicator of the period with the value before it, and keep the records behind it."""
    figure, before = found[-1].figure, found[-2].figure
    code = figure.indicator.code
    records[code] = found[-1].records
    if figure.indicator.numerator is not None:
        records[f"{code}.rest"] = found[-1].rest
    return {
        "code": code, "value": figure.value, "numerator": figure.numerator, "population": figure.population,
        "target": figure.indicator.target, "met": figure.meets_target, "before": before.value,
    }  # fmt: skip


def _tickets(found: Shares, rows: dict[Key, Row], flow: Flow, records: dict[str, Ids]) -> dict[str, Any]:
    for part in Flow.PARTS:
        records[f"flow.{part}"] = ids_of(getattr(flow, part))
    touched = [rows[key] for key in sorted(flow.opened | flow.solved | flow.backlog) if key in rows]
    touched.sort(key=lambda row: (row.opened_at, row.number))
    names = dict(Service.objects.values_list("pk", "name"))
    return {
        "flow": flow.counts(),
        "shares": [_figure(found[code], records) for code in SHARES],
        "months": [
            {"month": str(one.figure.period), "opened": one.figure.population, "solved": other.figure.population}
            for one, other in zip(found[OPENED], found[RESOLVED])
        ],
        "priorities": _priorities(rows, flow, records),
        "causes": _causes(rows, flow, records),
        "tickets": [_ticket_line(row, flow, names) for row in touched],
    }


def _priorities(rows: dict[Key, Row], flow: Flow, records: dict[str, Ids]) -> list[dict[str, Any]]:
    found = []
    for priority in (1, 2, 3, 4):
        opened = {key for key in flow.opened if rows[key].priority == priority}
        solved = {key for key in flow.solved if key in rows and rows[key].priority == priority}
        measured = {key for key in solved if rows[key].resolution_met is not None}
        met = {key for key in measured if rows[key].resolution_met}
        records[f"priority.{priority}.opened"], records[f"priority.{priority}.solved"] = ids_of(opened), ids_of(solved)
        records[f"priority.{priority}.late"] = ids_of(measured - met)
        found.append(
            {"priority": priority, "opened": len(opened), "solved": len(solved), "late": len(measured - met)}
        )  # fmt: skip
    return found


def _causes(rows: dict[Key, Row], flow: Flow, records: dict[str, Ids]) -> list[dict[str, Any]]:
    """Return what caused the incidents solved in the period, the most frequent first."""
    groups: dict[str, set[Key]] = {}
    for key in flow.solved:
        if key in rows and rows[key].label == Incident._meta.label_lower:
            name = (rows[key].cause.strip() or rows[key].category.strip())[:CAUSE_LENGTH]
            groups.setdefault(name, set()).add(key)
    ranked = sorted(groups.items(), key=lambda pair: (-len(pair[1]), pair[0]))
    found = []
    for number, (name, keys) in enumerate(ranked[:TOP_CAUSES]):
        records[f"cause.{number}"] = ids_of(keys)
        found.append({"name": name, "count": len(keys), "record": f"cause.{number}"})
    if rest := {key for _name, keys in ranked[TOP_CAUSES:] for key in keys}:
        records["cause.rest"] = ids_of(rest)
        found.append({"name": None, "count": len(rest), "record": "cause.rest"})
    return found


def _ticket_line(row: Row, flow: Flow, names: dict[int, str]) -> dict[str, Any]:
    return {
        "type": row.label, "id": row.pk, "number": row.number, "title": row.title, "priority": row.priority,
        "service": names.get(row.service_id or 0, ""), "opened": row.opened_at, "state": row.stood,
        "solved": row.resolved_at if row.key in flow.solved else None,
        "met": row.resolution_met if row.key in flow.solved else None,
    }  # fmt: skip


def _changes(customer: int, period: Period) -> list[Any]:
    """Return the customer's changes that were begun and fall into the period."""
    rows = Change.objects.current().filter(customer_id=customer, started_at__lt=period.end)
    rows = rows.filter(started_at__gte=period.start - dt.timedelta(days=31)).order_by("started_at", "pk")
    return [change for change in rows if (change.finished_at or period.end) >= period.start]


def _change_line(change: Any) -> dict[str, Any]:
    return {
        "id": change.pk, "number": change.number, "title": change.title, "kind": change.kind,
        "outcome": change.outcome, "started": change.started_at, "finished": change.finished_at,
    }  # fmt: skip


def _services(
    report: Any, period: Period, every: dict[Key, Row], rows: dict[Key, Row], changes: Sequence[Any],
    records: dict[str, Ids],
) -> list[dict[str, Any]]:  # fmt: skip
    """Return how each service of the contract stood: an incident of high impact is an outage of its service.

    `every` are the customer's tickets, `rows` those of the contract, by which its services are known when it names
    none. A service is promised from the contract's first day to its last; an outage counts whenever it began.
    """
    begin = max(period.start, moment.first_of(report.contract.starts_on))
    whole = (begin, max(begin, min(period.end, moment.now(), moment.first_of(report.contract.ends_on + DAY))))
    named = report.contract.services.all()
    services = list(named) or list(Service.objects.filter(pk__in={r.service_id for r in rows.values() if r.service_id}))
    windows = _windows(changes) if report.definition.exclude_planned else []
    found, promised, down = [], 0, 0
    for service in sorted(services, key=lambda each: each.code):
        outages = [row for row in every.values() if _outage(row, service.pk, whole)]
        times = [(row.opened_at, row.resolved_at or whole[1]) for row in outages]
        stood = availability(whole, times, [span for where, span in windows if where in (None, service.pk)])
        promised, down = promised + stood.promised, down + stood.down
        records[f"state.{service.pk}"] = ids_of(row.key for row in outages)
        found.append(
            {"id": service.pk, "name": service.name, "share": stood.share, "down": stood.down,
             "planned": stood.planned, "outages": len(outages)}
        )  # fmt: skip
    if found:
        total = {name: sum(each[name] for each in found) for name in ("down", "planned", "outages")}
        total |= {"id": 0, "name": "", "share": share_of(promised, down)}
        records["state.0"] = _together(records[f"state.{each['id']}"] for each in found)
        found.append(total)
    return found


def _together(kept: Iterable[Ids]) -> Ids:
    return ids_of({key for ids in kept for key in keys_of(ids)})


def _outage(row: Row, service: int, whole: Stretch) -> bool:
    ended = row.resolved_at is None or row.resolved_at > whole[0]
    hit = row.label == Incident._meta.label_lower and row.service_id == service and row.impact == Level.HIGH
    return hit and ended and row.stood != "CANCELLED" and row.opened_at < whole[1]


def _windows(changes: Sequence[Any]) -> list[tuple[int | None, Stretch]]:
    """Return the agreed windows of planned changes that were carried out; an emergency has none."""
    return [
        (change.service_id, (change.window_start, change.window_end))
        for change in changes
        if change.kind != Kind.EMERGENCY and change.window_start and change.window_end
    ]


def _maintenance(asked: Asked, records: dict[str, Ids]) -> dict[str, Any]:
    """Return the work orders of the period with their figures and findings; nothing where none was due."""
    told = told_of(SectionKind.MAINTENANCE, asked)
    records |= told.records
    return {"counts": told.counts, **told.lines} if any(told.counts.values()) else {}


def _risks(asked: Asked, records: dict[str, Ids]) -> list[dict[str, Any]]:
    """Return the open problems behind the contract's incidents, known errors first, and what others have to tell."""
    incidents = Incident.objects.current().filter(customer_id=asked.contract.customer_id)
    if not asked.coverage.whole:
        incidents = incidents.filter(asked.coverage.condition("opened_at"))
    rows = Problem.objects.current().filter(state__in=OPEN_PROBLEMS, incidents__in=incidents).distinct()
    found = sorted(rows, key=lambda problem: (not problem.is_known_error, problem.priority, problem.pk))
    records["risks"] = {Problem._meta.label_lower: [problem.pk for problem in found]}
    return [
        {"type": Problem._meta.label_lower, "id": problem.pk, "text": problem.title, "number": problem.number,
         "known": problem.is_known_error, "note": problem.workaround}
        for problem in found
    ] + told_of(SectionKind.RISKS, asked).lines.get("risks", [])  # fmt: skip


def suggestions_of(report: Any, content: dict[str, Any] | None = None) -> list[dict[str, Any]]:
    """Return the suggestions made with a report, in whatever version, as they stand now.

    `content` is what is being gathered for the report: figures are cited as they are told there.
    """
    label = report._meta.label_lower
    if report.pk is None and report.revision == 1:
        return []
    ids = versions_of(report).values("pk")
    rows = Improvement.objects.current().filter(source_type=label, source_id__in=ids).select_related("owner")
    with override(report.language):
        cited = {each.improvement_id: _cited(each, report, content) for each in _citations(report)}
    return [
        {
            "type": Improvement._meta.label_lower, "id": row.pk, "number": row.number, "title": row.title,
            "text": row.description, "owner": str(row.owner or ""), "due": row.due_on, "state": row.state,
            "outcome": row.measured_effect or row.done, "cites": cited.get(row.pk),
        }
        for row in rows.order_by("pk")
    ]  # fmt: skip


def _citations(report: Any) -> Any:
    model = report._meta.get_field("citations").related_model
    return model.objects.filter(report__in=versions_of(report)).select_related("report")


def _cited(citation: Any, report: Any, gathered: dict[str, Any] | None) -> dict[str, Any]:
    """Return a figure on which a suggestion rests, as its report tells it, in the report's language."""
    own = gathered is not None and citation.report_id == report.pk
    content: dict[str, Any] = gathered if own and gathered is not None else citation.report.content
    kept = content.get("records", {}).get(citation.figure, {})
    return {
        "report": citation.report_id, "figure": citation.figure, "label": name_of(content, citation.figure),
        "count": sum(map(len, kept.values())),
    }  # fmt: skip
