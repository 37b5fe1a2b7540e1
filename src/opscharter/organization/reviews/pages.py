"""The content of a review on its page, live until it is held and frozen afterwards, and as a PDF."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from opscharter.charter.models.edition import in_language
from opscharter.charter.standing import LABELS
from opscharter.kernel.access.actor import Actor
from opscharter.kernel.documents.typesetting import typeset
from opscharter.kernel.indicators.periods import Period
from opscharter.kernel.indicators.registry import INDICATORS
from opscharter.kernel.resources.links import list_url
from opscharter.kernel.resources.site import site
from opscharter.kernel.web.base import SignedInPage
from opscharter.organization.decisions.lifecycle import State as DecisionState
from opscharter.organization.reviews.content import gather
from opscharter.organization.reviews.models import ManagementReview, State

TEMPLATE = Path(__file__).parent / "review.typ"


def content_of(review: Any, actor: Actor) -> Mapping[str, Any]:
    """Return what the review looks at in words of the active language; live figures open their records."""
    held = review.state == State.HELD
    content = review.content if held else gather(Period.parse(review.month))
    clauses = [_clause(row) for row in content["clauses"]]
    trouble = [row for row in clauses if row["state"] in ("fail", "error", "stale")]
    counts: dict[str, int] = {}
    for row in clauses:
        counts[row["state"]] = counts.get(row["state"], 0) + 1
    return {
        "held": held,
        "unchanged": review.unchanged,
        "figures": [_figure(row, content["month"], actor) for row in content["figures"]],
        "counts": [(LABELS[state], number) for state, number in sorted(counts.items())],
        "trouble": trouble,
        "decisions": [{**row, "state": DecisionState(row["state"]).label} for row in content["decisions"]],
        "follow_ups": content["follow_ups"],
        "sections": [{**row, "title": _(row["title"])} for row in content.get("sections", [])],
        "gathered_at": content["gathered_at"],
    }


def _figure(row: dict[str, Any], month: str, actor: Actor) -> dict[str, Any]:
    declared = INDICATORS.get(row["code"])
    tone = {True: "g", False: "r", None: "n"}[row["met"]]
    if declared is None:
        return {**row, "label": row["code"], "unit": "", "tone": tone, "url": ""}
    resource = site.find(declared.population()[0].model)
    seen = resource is not None and actor.may(resource.key, "view")
    url = list_url(resource, indicator=row["code"], period=month) if seen and resource is not None else ""
    return {**row, "label": declared.label, "unit": declared.unit, "tone": tone, "url": url}


def _clause(row: dict[str, Any]) -> dict[str, Any]:
    return {**row, "title": in_language(row["headings"]), "label": LABELS[row["state"]]}


class ReviewDocument(SignedInPage):
    """A management review as a PDF."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Set the document in the reader's language."""
        review = ManagementReview.objects.visible_to(self.actor).select_related("chair").filter(pk=pk).first()
        if review is None:
            raise Http404
        pdf = document(review, self.actor)
        name = f"{review.number}.pdf"
        return HttpResponse(
            pdf, content_type="application/pdf", headers={"Content-Disposition": f'inline; filename="{name}"'}
        )


def document(review: ManagementReview, actor: Actor) -> bytes:
    """Return the PDF of a review."""
    content = content_of(review, actor)
    words = {
        "title": _("Management review"), "chair": _("chair"), "present": _("present"), "month": _("month"),
        "minutes": _("meeting minutes"),
        "conclusions": _("conclusions"), "figures": _("Figures"), "figure": _("figure"),
        "value": _("value"), "target": _("target"), "before": _("month before"),
        "clauses": _("Clauses with exceptions"),
        "clause": _("clause"), "standing": _("standing"), "follow_ups": _("Open follow-ups"), "owner": _("owner"),
        "due": _("due"), "hash": _("hash of the figures"), "state": review.get_state_display(),
        "counts": " · ".join(f"{label} {number}" for label, number in content["counts"]),
        "decisions": _("To decide"), "none": _("none"),
    }  # fmt: skip
    data = {
        "words": words,
        "number": review.number,
        "month": review.month,
        "chair": review.chair.name,
        "present": "、".join(review.attendees.order_by("pk").values_list("name", flat=True)),
        "minutes": review.minutes,
        "conclusions": review.conclusions,
        "hash": review.content_hash,
        "figures": [
            {
                "label": str(row["label"]), "value": _said(row["value"], row["unit"]), "tone": row["tone"],
                "target": _said(row["target"], row["unit"]), "before": _said(row["before"], row["unit"]),
            }
            for row in content["figures"]
        ],
        "trouble": [
            {"number": r["number"], "title": r["title"], "label": str(r["label"]), "value": _said(r["value"], "%"),
             "tone": r["tone"]}
            for r in content["trouble"]
        ],
        "decisions": [f"{row['number']} {row['title']}" for row in content["decisions"]],
        "follow_ups": content["follow_ups"],
        "sections": content["sections"],
    }  # fmt: skip
    return typeset(TEMPLATE, data, get_language())


def _said(value: Any, unit: Any) -> str:
    return "—" if value is None else f"{value} {unit}"
