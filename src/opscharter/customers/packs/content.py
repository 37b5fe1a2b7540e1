"""What a pack says: clauses, how they stood, and of its customer's records alone the exceptions and refusals.

The company's own figures of a clause travel as a share without names; every name comes from records that the one who
ordered the pack may see and that belong to its customer.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from opscharter.charter.amendments.replay import Span
from opscharter.charter.attestations.models import Attestation
from opscharter.charter.corrective.models import CorrectiveItem
from opscharter.charter.models import Edition
from opscharter.charter.standing import CheckStanding, ClauseStanding, coverage, in_force, standings
from opscharter.charter.templatetags.roles import role
from opscharter.charter.waivers.models import Waiver
from opscharter.customers.models.customer import Customer
from opscharter.customers.packs.models import CompliancePack
from opscharter.kernel import moment
from opscharter.kernel.access.actor import Actor
from opscharter.kernel.controls.models import GuardDecision
from opscharter.kernel.controls.registry import Measure
from opscharter.kernel.controls.wording import keep, told
from opscharter.kernel.exchange.cells import cell_of
from opscharter.kernel.files.models import Attachment
from opscharter.kernel.indicators.figures import percent
from opscharter.kernel.records.record import Record, record_types
from opscharter.kernel.resources.site import site

MOST = 1000
"""So many exceptions of one check are told in full; how many more there were is said beside them."""
MASK = "▇▇"


@dataclass
class Gathered:
    """Everything a pack is made of, ready for JSON."""

    edition: Edition
    results: dict[str, Any] = field(default_factory=dict)
    exceptions: list[dict[str, Any]] = field(default_factory=list)
    decisions: list[dict[str, Any]] = field(default_factory=list)
    attestations: list[dict[str, Any]] = field(default_factory=list)
    files: list[tuple[str, Attachment]] = field(default_factory=list)
    """Evidence that travels along: (name in the pack, file)."""


def gather(pack: CompliancePack, actor: Actor) -> Gathered:
    """Gather a pack's content in the active language, as far as the actor who ordered it may see."""
    span = Span(pack.span.start, min(pack.span.end - dt.timedelta(microseconds=1), moment.now()))
    at = span.until if pack.span.closed else None
    edition = in_force(at)
    if edition is None:
        raise ValueError(_("No edition of the regulation was in force."))
    found = standings(edition, at=at)
    made = Gathered(edition)
    looking = _Looking(pack.customer, actor, span)
    clauses = [_clause(standing, looking, made) for standing in found]
    counted = coverage(found)
    made.results = {
        "edition": edition.label,
        "title": edition.title,
        "customer": pack.customer.name if pack.customer else "",
        "period": pack.period,
        "from": span.since.isoformat(),
        "to": span.until.isoformat(),
        "made": moment.now().isoformat(timespec="seconds"),
        "coverage": {
            "clauses": counted.clauses, "guarded": counted.guarded, "measured": counted.measured,
            "attested": counted.attested, "indicative": counted.indicative, "uncovered": counted.uncovered,
        },
        "chapters": {str(n): edition.heading(str(n)) for n in sorted({s.clause.chapter for s in found})},
        "clauses": clauses,
    }  # fmt: skip
    _tell_attestations(made, pack, span)
    return made if pack.customer is None else masked(made, pack.customer)


@dataclass
class _Looking:
    """At whose records one looks, with whose eyes, over which time."""

    customer: Customer | None
    actor: Actor
    span: Span

    def own(self, rows: QuerySet[Any]) -> QuerySet[Any] | None:
        """Return the rows that are the customer's; None when records of this type belong to no customer."""
        if self.customer is None:
            return rows
        paths = rows.model.scope.customer if issubclass(rows.model, Record) else None
        if not paths:
            return None
        condition = Q(pk__in=[])
        for path in (paths,) if isinstance(paths, str) else paths:
            condition |= Q(**{path: self.customer.pk})
        return rows.filter(condition)

    def ids(self, model: Any, ids: Iterable[int]) -> set[int]:
        """Return which of some rows are the customer's and seen by the one who ordered."""
        if not issubclass(model, Record):
            return set()  # what machines sent is evidence of its own kind; nobody's scope reaches it
        own = self.own(model._default_manager.visible_to(self.actor).filter(pk__in=list(ids)))
        return set() if own is None else set(own.values_list("pk", flat=True))


def _clause(standing: ClauseStanding, looking: _Looking, made: Gathered) -> dict[str, Any]:
    clause = standing.clause
    told_guards = _guards(standing, looking, made)
    return {
        "clause": clause.number,
        "heading": clause.heading,
        "text": clause.text,
        "owner": role(clause.owner_role),
        "standing": standing.state,
        "kept": [code for code, _label in standing.modes],
        "guards": told_guards,
        "checks": [_check(each, clause.number, looking, made) for each in standing.active_checks],
        "waivers": _waivers(clause.number, looking),
        "corrective": [
            {"number": item.number, "control": item.control, "state": item.state, "due": item.due_on.isoformat()}
            for item in CorrectiveItem.objects.filter(clause=clause.number, created_at__lte=looking.span.until)
            .filter(Q(closed_at__isnull=True) | Q(closed_at__gte=looking.span.since))
            .order_by("pk")
        ],
    }  # fmt: skip


def _check(each: CheckStanding, clause: str, looking: _Looking, made: Gathered) -> dict[str, Any]:
    """Return a check: how the company stood, and how this customer's records of the period do."""
    result = each.result
    said: dict[str, Any] = {
        "control": each.check.id, "label": str(each.check.label), "parameters": dict(each.parameters),
        "state": each.state,
    }  # fmt: skip
    if result is not None:
        said["company"] = {
            "share": None if result.value is None else f"{result.value:.2f}", "target": result.target,
            "collected": result.collected_at.isoformat(), "edition": result.edition, "hash": result.hash,
        }  # fmt: skip
    population = bad = 0
    concerned = False
    for measure in each.check.measures(each.parameters):
        rows = looking.own(measure.records.filter(**looking.span.within(measure)))
        if rows is None:
            continue
        concerned = True
        population += rows.order_by().count()
        failing = rows.filter(measure.exception)
        bad += failing.order_by().count()
        _tell_exceptions(failing, measure, (clause, each.check.id), looking, made)
    if concerned:
        share = percent(population - bad, population)
        said["here"] = {
            "population": population, "exceptions": bad, "share": None if share is None else f"{share:.2f}",
        }  # fmt: skip
    return said


def _tell_exceptions(
    failing: QuerySet[Any], measure: Measure, broken: tuple[str, str], looking: _Looking, made: Gathered
) -> None:
    model = failing.model
    resource = site.find(model)
    if resource is None:
        return
    seen = model._default_manager.visible_to(looking.actor)
    names = list(resource.customer_facts if looking.customer else resource.fact_fields)
    hidden = {*resource.hidden_from(looking.actor), *model.protected_fields}
    for record in failing.filter(pk__in=seen.values("pk")).order_by("pk")[:MOST]:
        made.exceptions.append({
            "clause": broken[0], "control": broken[1], "type": model._meta.label_lower, "id": record.pk,
            "name": str(record), "reason": told(keep(measure.reason)),
            "facts": {name: cell_of(record, name) for name in names if name not in hidden},
        })  # fmt: skip


def _guards(standing: ClauseStanding, looking: _Looking, made: Gathered) -> list[dict[str, Any]]:
    """Return the clause's guards with how often they refused or were overridden on the records looked at."""
    told_guards = []
    for each in standing.active_guards:
        rows = GuardDecision.objects.filter(
            guard=each.guard.id, at__gte=looking.span.since, at__lte=looking.span.until, record_id__isnull=False
        ).order_by("pk")
        by_type: dict[str, list[GuardDecision]] = {}
        for row in rows[: 5 * MOST]:
            by_type.setdefault(row.record_type, []).append(row)
        counts: dict[str, int] = {}
        for label, decisions in by_type.items():
            model = next((m for m in record_types() if m._meta.label_lower == label), None)
            own = looking.ids(model, {d.record_id for d in decisions if d.record_id}) if model else set()
            for decision in decisions:
                if decision.record_id in own:
                    counts[decision.outcome] = counts.get(decision.outcome, 0) + 1
                    made.decisions.append({
                        "at": decision.at.isoformat(), "clause": standing.clause.number, "guard": each.guard.id,
                        "outcome": decision.outcome, "step": decision.step, "type": label, "number": decision.number,
                        "reason": decision.reason,
                    })  # fmt: skip
        told_guards.append(
            {"control": each.guard.id, "label": str(each.guard.label), "mode": each.mode, "outcomes": counts}
        )
    return told_guards


def _waivers(number: str, looking: _Looking) -> list[dict[str, Any]]:
    """Return the exceptions that somebody approved: of the records looked at, and for an audit the company's too."""
    found = []
    rows = Waiver.objects.filter(clause=number, decided_at__lte=looking.span.until, expires_at__gte=looking.span.since)
    for waiver in rows.order_by("pk"):
        record = waiver.record
        if record is None and looking.customer is not None:
            continue
        if record is not None and record.pk not in looking.ids(type(record), [record.pk]):
            continue
        found.append({
            "number": waiver.number, "control": waiver.control, "record": waiver.record_number, "state": waiver.state,
            "reason": waiver.reason, "until": waiver.expires_at.isoformat(),
        })  # fmt: skip
    return found


def _tell_attestations(made: Gathered, pack: CompliancePack, span: Span) -> None:
    """Tell who has attested which clause in the period; the evidence itself travels only with an audit's pack."""
    rows = Attestation.objects.filter(answered_at__gte=span.since, answered_at__lte=span.until)
    label = Attestation._meta.label_lower
    for each in rows.select_related("owner").order_by("clause", "pk"):
        evidence = Attachment.objects.filter(record_type=label, record_id=each.pk, archived_at__isnull=True)
        said: dict[str, Any] = {
            "number": each.number, "clause": each.clause, "state": each.state, "statement": each.statement,
            "by": str(each.owner), "answered": each.answered_at.isoformat() if each.answered_at else "",
            "evidence": [],
        }  # fmt: skip
        for kept in evidence.order_by("pk"):
            said["evidence"].append({"sha256": kept.sha256, "size": kept.size})
            if pack.customer is None:
                name = f"evidence/attestations/{each.number}/{kept.pk}-{kept.name}"
                said["evidence"][-1]["file"] = name
                made.files.append((name, kept))
        if pack.customer is None:
            said["remark"] = each.remark
        made.attestations.append(said)


def masked(made: Gathered, customer: Customer) -> Gathered:
    """Return the content with the names of other customers blotted out wherever somebody typed them."""
    names = {
        name
        for pair in Customer.objects.exclude(pk=customer.pk).values_list("name", "short_name")
        for name in pair
        if len(name) > 1 and name not in customer.name and name not in customer.short_name
    }
    ordered = sorted(names, key=len, reverse=True)

    def blot(value: Any) -> Any:
        if isinstance(value, str):
            for name in ordered:
                value = value.replace(name, MASK)
            return value
        if isinstance(value, list):
            return [blot(each) for each in value]
        return {key: blot(each) for key, each in value.items()} if isinstance(value, dict) else value

    clauses = [{**clause, "waivers": blot(clause["waivers"])} for clause in made.results["clauses"]]
    made.results = {**made.results, "clauses": clauses}
    made.exceptions, made.decisions = blot(made.exceptions), blot(made.decisions)
    made.attestations = blot(made.attestations)
    return made
