"""A report as PDF, in the customer's language, whoever asks for it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override

from opscharter.kernel.documents.typesetting import typeset
from opscharter.service.reports.comparing import differences
from opscharter.service.reports.presenting import present, span_words, when

TEMPLATE = Path(__file__).parent / "report.typ"


def pdf_of(report: Any) -> bytes:
    """Return the PDF of a report; a draft says so on every page."""
    with override(report.language):
        return typeset(TEMPLATE, {**_cover(report), **present(report), "words": _words()}, report.language)


def _cover(report: Any) -> dict[str, Any]:
    made = [
        (_("customer"), report.customer.name), (_("contract"), report.contract.name),
        (_("period"), span_words(report.span)), (_("number"), report.number),
        (_("author"), report.author.name if report.author else "—"),
    ]  # fmt: skip
    if report.delivered_on:
        made.append((_("delivered on"), f"{report.delivered_on}"))
    return {
        "title": _("Service report"), "label": report.span.label, "company": settings.COMPANY_NAME,
        "customer": str(report.customer.name), "number": report.number, "revision": report.revision,
        "version": _("version %(n)s") % {"n": report.revision} if report.revision > 1 else "",
        "facts": made, "summary": report.summary, "draft": "" if report.frozen else _("Draft"),
        "correction": report.correction_reason,
        "differences": [[str(d.label), d.before, d.after] for d in differences(report)],
        "hash": report.content_hash, "gathered": when(report.gathered_at),
    }  # fmt: skip


def _words() -> dict[str, str]:
    return {
        "summary": _("Summary"), "corrected": _("What this version corrects"), "before": _("before"),
        "now": _("now"), "figure": _("Figure"), "value": _("value"), "target": _("target"),
        "period_before": _("period before"), "counts": _("counted"), "service": _("service"),
        "availability": _("availability"), "outages": _("outages"), "down": _("outage time"),
        "planned": _("planned windows"), "flow": _("From backlog to backlog"), "trend": _("Opened and solved by month"),
        "opened": _("newly opened"), "solved": _("solved"), "priority": _("priority"), "late": _("late"),
        "causes": _("Main causes of incidents solved"), "number": _("number"), "title": _("title"),
        "kind": _("kind"), "outcome": _("outcome"), "started": _("begun"), "finished": _("ended"),
        "risk": _("risk or problem"), "state": _("state"), "workaround": _("workaround"),
        "suggestions": _("Suggestions of this period"), "fates": _("What became of last period's suggestions"),
        "suggestion": _("suggestion"), "owner": _("owner"), "due": _("due"), "result": _("result"),
        "tickets": _("Appendix: the tickets of the period"), "in_time": _("in time?"), "none": _("none"),
        "reconciled": _("opening + new − closed = backlog"), "signature": _("Signature of the customer"),
        "name": _("name signed"), "date": _("date"), "hash": _("hash of words and figures"),
        "signed_online": _("Signed in the portal or by the link in the mail; the record keeps name, time and hash."),
        "rests_on": _("rests on"), "done": _("done"), "findings": _("Found not in order"),
        "looked_at": _("what is looked at"), "reading": _("reading"), "limits": _("limits"), "remark": _("remark"),
        "order": _("work order"),
        "share": _("Share of changes that succeeded"), "page": _("page"),
    }  # fmt: skip
