"""The regulation as a document: every clause with how it stands; one clause opened beside it."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

from django.http import Http404, HttpRequest, HttpResponse

from opscharter.charter.acknowledgements.pages import Campaign, campaign_of
from opscharter.charter.amendments.pages import may_amend
from opscharter.charter.models import Edition
from opscharter.charter.pages.clause import ClauseContext, moment_asked, open_clause
from opscharter.charter.standing import ChapterBar, ClauseStanding, Coverage, bars, coverage, in_force, standings
from opscharter.kernel.resources.site import NUMERALS
from opscharter.kernel.web.base import SignedInPage


@dataclass
class SectionOfText:
    """A section of the document with its clauses."""

    number: str
    title: str
    clauses: list[ClauseStanding]


@dataclass
class RegulationContext:
    """Everything the regulation page draws."""

    edition: Edition
    bars: list[ChapterBar]
    chapter: ChapterBar
    numeral: str
    sections: list[SectionOfText]
    coverage: Coverage
    opened: ClauseContext
    on: str
    """What the addresses of a past day carry on."""
    campaign: Campaign | None
    may_amend: bool
    drafts: list[Edition]


class RegulationPage(SignedInPage):
    """One chapter of the regulation at a time, with the chapters' standing above it."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show the chapter asked for (default: of the clause opened, else the first with a control)."""
        if not self.actor.may("charter.clause", "view"):
            raise Http404
        at = moment_asked(request)
        edition = in_force(at)
        if edition is None:
            return self.render("charter/empty.html", {"title": ""})
        found = standings(edition, at=at)
        chapters = bars(edition, found)
        opened = request.GET.get("clause", "")
        wanted = opened.split(".")[0] or request.GET.get("chapter", "")
        covered = next((bar for bar in chapters if any(cell.covered for cell in bar.cells)), chapters[0])
        chapter = next((bar for bar in chapters if str(bar.number) == wanted), covered)
        chosen = next((cell for cell in chapter.cells if cell.clause.number == opened), None)
        if chosen is None:
            chosen = chapter.trouble or next((cell for cell in chapter.cells if cell.covered), chapter.cells[0])
        sections = [
            SectionOfText(number, edition.heading(number), list(cells))
            for number, cells in groupby(chapter.cells, key=lambda cell: cell.clause.section)
        ]
        page = RegulationContext(
            edition,
            chapters,
            chapter,
            NUMERALS[chapter.number],
            sections,
            coverage(found),
            open_clause(chosen, edition, self.actor, at),
            f"&on={request.GET['on']}" if at else "",
            campaign_of(edition) if at is None else None,
            may_amend(self.actor) if at is None else False,
            list(Edition.objects.filter(state=Edition.State.DRAFT).order_by("-pk")[:5]) if at is None else [],
        )
        return self.render("charter/regulation.html", page)
