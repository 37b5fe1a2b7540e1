"""The guards of service reports: figures that reconcile, nothing left blank, last period's suggestions told."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from opscharter.charter.improvements.lifecycle import State as ImprovementState
from opscharter.charter.improvements.models import Improvement
from opscharter.customers.coverage import coverage_of
from opscharter.customers.models import Contract
from opscharter.kernel.access.actor import Actor
from opscharter.kernel.controls.registry import guard
from opscharter.kernel.controls.wording import Sentence, Wording
from opscharter.kernel.indicators.periods import Period
from opscharter.service.reports import figures
from opscharter.service.reports.flow import MODELS, reconciles
from opscharter.service.reports.sections import SectionKind


@guard("report.period-over", clause="3.5.1", owner="service-manager", label=_("The period is over"))
def period_over(report: Any, actor: Actor) -> list[Sentence]:
    """A report tells of a whole period."""
    return [] if report.span.closed else [_("The period is not over yet.")]


@guard("report.figures-reconcile", clause="3.5.1", owner="service-manager", label=_("The figures reconcile"))
def figures_reconcile(report: Any, actor: Actor) -> list[Sentence]:
    """What was open and came in, less what went, is what is open; it agrees with last period's and the records."""
    counts, records = report.content.get("flow"), report.content.get("records", {})
    if counts is None:
        return []
    missing: list[Sentence] = []
    if not reconciles(counts) or any(counts[part] != _kept(records, f"flow.{part}") for part in counts):
        missing.append(_("The backlog does not follow from what was opened and solved."))
    before = figures.before_of(report)
    closing = before.content.get("flow", {}).get("backlog") if before is not None else None
    if closing is not None and closing != counts["opening"]:
        words = {"n": counts["opening"], "before": closing, "period": before.period}
        missing.append(Wording(_("It begins with %(n)s open tickets, but %(period)s ended with %(before)s."), words))
    opened = _opened(report.contract, report.span)
    if opened != counts["opened"]:
        words = {"n": counts["opened"], "now": opened}
        text = _("It tells of %(n)s tickets opened, the records of %(now)s: gather the figures anew.")
        missing.append(Wording(text, words))
    return missing


def _kept(records: dict[str, Any], name: str) -> int:
    return sum(len(ids) for ids in records.get(name, {}).values())


def _opened(contract: Contract, period: Period) -> int:
    """Return how many tickets the records say were opened under a contract."""
    here = Q(customer_id=contract.customer_id, opened_at__gte=period.start, opened_at__lt=period.end)
    here &= coverage_of(contract).condition("opened_at")
    return sum(model.objects.current().filter(here).count() for model in MODELS)


FILLED_BY = {
    SectionKind.STATE: ("services",), SectionKind.TICKETS: ("flow",), SectionKind.CHANGES: ("changes",),
    SectionKind.MAINTENANCE: ("maintenance",), SectionKind.RISKS: ("risks",),
    SectionKind.SUGGESTIONS: ("suggestions", "fates"),
}  # fmt: skip


@guard("report.sections-complete", clause="3.5.1", owner="service-manager", label=_("Every section says something"))
def sections_complete(report: Any, actor: Actor) -> list[Sentence]:
    """A summary is written, and every section agreed has figures or the author's word."""
    missing: list[Sentence] = []
    if not report.summary.strip():
        missing.append(_("Write the summary."))
    for code in report.definition.sections:
        filled = any(report.content.get(name) for name in FILLED_BY[SectionKind(code)])
        if not filled and not report.notes[code].strip():
            missing.append(
                Wording(_("“%(section)s” has neither figures nor text."), {"section": SectionKind(code).label})
            )
    return missing


@guard(
    "report.suggestions-told", clause="3.5.2", owner="service-manager", label=_("Last period's suggestions are told")
)
def suggestions_told(report: Any, actor: Actor) -> list[Sentence]:
    """Each suggestion made with the last report has been decided, so that the customer learns what became of it."""
    if SectionKind.SUGGESTIONS not in report.definition.sections:
        return []
    before = figures.before_of(report)
    if before is None:
        return []
    ids = figures.versions_of(before).values("pk")
    rows = Improvement.objects.current().filter(source_type=report._meta.label_lower, source_id__in=ids)
    open_ones = rows.filter(state=ImprovementState.PROPOSED).order_by("pk")
    return [Wording(_("Nobody has decided on %(suggestion)s yet."), {"suggestion": row}) for row in open_ones]


@guard("report.has-recipients", clause="3.5.1", owner="service-manager", label=_("There is somebody to deliver to"))
def has_recipients(report: Any, actor: Actor) -> list[Sentence]:
    """A report goes to people: each recipient has an address or an account."""
    people = list(report.definition.recipients.filter(archived_at__isnull=True))
    if not people:
        return [_("Name the recipients in the report agreement.")]
    lost = [person for person in people if not person.email and person.user_id is None]
    return [
        Wording(_("%(person)s has neither an e-mail address nor an account."), {"person": person}) for person in lost
    ]


@guard("report.not-under-correction", clause="3.5.1", owner="service-manager", label=_("No correction is under way"))
def not_under_correction(report: Any, actor: Actor) -> list[Sentence]:
    """One correction at a time, and of the newest version only."""
    newer = figures.versions_of(report).current().filter(revision__gt=report.revision).order_by("-revision").first()
    return [Wording(_("There is %(report)s already."), {"report": newer})] if newer is not None else []
