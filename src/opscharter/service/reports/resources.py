"""How report agreements and service reports appear."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from opscharter.customers.models import Contract
from opscharter.kernel import moment
from opscharter.kernel.access.actor import Actor
from opscharter.kernel.records.writing import permitted
from opscharter.kernel.resources.declaration import Panel, Resource, Section, Stage, Text, View
from opscharter.service.reports.comparing import differences
from opscharter.service.reports.delivery import file_name
from opscharter.service.reports.forms import AgreementForm
from opscharter.service.reports.lifecycle import IN_WORK, ReportState
from opscharter.service.reports.models import ReportDefinition, ServiceReport
from opscharter.service.reports.naming import citable
from opscharter.service.reports.pages import ReportDetailPage
from opscharter.service.reports.presenting import present
from opscharter.service.reports.sections import NOTES


def _overdue(actor: Actor) -> Q:
    return Q(state__in=IN_WORK, due_on__lt=moment.today())


def _badges(report: Any) -> list[tuple[Text, str]]:
    badges: list[tuple[Text, str]] = []
    if report.revision > 1:
        badges.append((_("version %(n)s") % {"n": report.revision}, "b"))
    if report.state in IN_WORK and report.due_on < moment.today():
        badges.append((_("overdue"), "r"))
    elif report.revision == 1 and report.delivered_on and report.delivered_on > report.due_on:
        badges.append((_("delivered late"), "a"))
    return badges


def _content_of(report: Any, actor: Actor) -> dict[str, Any]:
    told = present(report)
    chart: list[dict[str, Any]] = next((s["months"] for s in told["sections"] if s.get("months")), [])
    points = [{"x": row["label"], "y": row["opened"], "z": row["solved"]} for row in chart]
    return {
        **told, "frozen": report.frozen, "unchanged": report.unchanged,
        "chart": {"type": "flow", "bars": str(_("newly opened")), "line": str(_("solved")), "points": points},
        "citable": citable(report.content) if report.state == ReportState.DRAFT else [],
        "may_suggest": report.state == ReportState.DRAFT and permitted(report, actor, "edit"),
        "file": file_name(report), "external": actor.external,
    }  # fmt: skip


def _differences_of(report: Any, actor: Actor) -> dict[str, Any] | None:
    return {"differences": differences(report)} if report.corrects_id else None


def _versions_of(report: Any, actor: Actor) -> dict[str, Any] | None:
    rows = (
        ServiceReport.objects.visible_to(actor)
        .current()
        .filter(definition_id=report.definition_id, period=report.period)
    )
    found = list(rows.order_by("-revision"))
    return {"versions": found} if len(found) > 1 else None


def _mails_of(report: Any, actor: Actor) -> dict[str, Any] | None:
    mails = list(report.mails.select_related("contact").order_by("pk")) if report.frozen else []
    return {"mails": mails} if mails else None


def _reports_of(contract: Any, actor: Actor) -> dict[str, Any] | None:
    if not actor.may("service.servicereport", "view"):
        return None
    rows = ServiceReport.objects.visible_to(actor).current().filter(contract=contract)
    agreed = ReportDefinition.objects.visible_to(actor).current().filter(contract=contract)
    return {
        "reports": list(rows.order_by("-period", "-revision")[:6]),
        "agreements": [] if actor.external else list(agreed),
    }


ON_CONTRACT = Panel(_("Service reports"), "service/reports/on_contract.html", _reports_of, for_customers=True)
WRITTEN = Section(_("What is said"), ["summary", *NOTES])

agreements = Resource(
    ReportDefinition, "report-agreements", icon="calendar-repeat", form_class=AgreementForm,
    columns=["contract", "contract__customer", "frequency", "due_days", "language", "author", "starts_on"],
    filters=["contract", "frequency", "language", "author"],
    form=[
        Section(_("Agreement"), ["contract", "frequency", "starts_on", "due_days"]),
        Section(_("Report"), ["language", "sections", "exclude_planned", "author", "recipients"]),
    ],
    choices={
        "author": lambda actor: Q(left_on__isnull=True),
        "contract": lambda actor: ~Q(state=Contract.State.ENDED),
    },
)  # fmt: skip
reports = Resource(
    ServiceReport, "reports", icon="report-analytics", order="-due_on", badges=_badges, lead="summary",
    columns=["number", "customer", "period", "revision", "state", "due_on", "delivered_on", "author", "signed_name"],
    filters=["state", "customer", "contract", "author", "due_on", "delivered_on"],
    views=[
        View("mine", _("Mine"), lambda actor: Q(author_id=actor.person_id or 0)),
        View("overdue", _("Overdue"), _overdue),
        View("waiting", _("Wait for the customer"), lambda actor: Q(state=ReportState.DELIVERED)),
        View("refused", _("Refused"), lambda actor: Q(state=ReportState.REFUSED)),
    ],
    create=["definition", "period", "author"],
    form=[Section(_("Report"), ["definition", "period", "author"]), WRITTEN],
    facts=["customer", "contract", "period", "language", "due_on", "author", "gathered_at", "reviewed_by",
           "reviewed_at", "approved_at", "delivered_at", "corrects", "correction_reason", "signed_at", "signed_name",
           "signed_by", "signed_hash", "refused_at", "refusal", "content_hash"],
    customer_facts=["summary", "contract", "period", "due_on", "delivered_at", "correction_reason", "signed_at",
                    "signed_name", "signed_hash", "refused_at", "refusal", "content_hash"],
    stages=[
        Stage(_("Draft"), (ReportState.DRAFT,)), Stage(_("Reviewed by another"), (ReportState.REVIEWED,)),
        Stage(_("Approved"), (ReportState.APPROVED,)),
        Stage(_("Delivered"), (ReportState.DELIVERED, ReportState.REFUSED)),
        Stage(_("Signed"), (ReportState.SIGNED, ReportState.SUPERSEDED)),
    ],
    panels=[
        Panel(_("What this version corrects"), "service/reports/differences.html", _differences_of, place="main",
              for_customers=True),
        Panel(_("What is reported"), "service/reports/content.html", _content_of, place="main", for_customers=True),
        Panel(_("Versions"), "service/reports/versions.html", _versions_of, for_customers=True),
        Panel(_("Sent to"), "service/reports/mails.html", _mails_of),
    ],
    choices={"author": lambda actor: Q(left_on__isnull=True)},
    pages={"<int:pk>/": ReportDetailPage},
)  # fmt: skip
