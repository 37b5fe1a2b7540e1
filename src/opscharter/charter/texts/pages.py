"""Exports and the import of the regulation in the browser, and the search in its text."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect

from opscharter.charter.amendments.pages import DraftPage, draft_url
from opscharter.charter.amendments.redline import compare
from opscharter.charter.models import Clause
from opscharter.charter.models.edition import LANGUAGES
from opscharter.charter.standing import in_force
from opscharter.charter.texts.markdown_files import ReadFile, export, import_draft
from opscharter.charter.texts.pdf import redline_pdf, regulation_pdf
from opscharter.kernel.audit.trail import write_entry
from opscharter.kernel.errors import Reason, Refused
from opscharter.kernel.search.find import matching_ids
from opscharter.kernel.web.base import SignedInPage

FOUND = 60


def language_of(request: HttpRequest) -> str:
    """Return the language asked for, or the one the reader works in."""
    wanted = request.GET.get("language") or request.LANGUAGE_CODE or ""
    return wanted if wanted in LANGUAGES else LANGUAGES[0]


class FilePage(DraftPage):
    """An edition as a file."""

    def answer(self, content: bytes | str, kind: str, name: str) -> HttpResponse:
        """Return the file, and note who took it."""
        answer = HttpResponse(content, content_type=kind)
        answer["Content-Disposition"] = f'attachment; filename="{name}"'
        write_entry(self.actor, "export", note=name)
        return answer


class MarkdownPage(FilePage):
    """An edition as Markdown."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Send it in the reader's language."""
        edition, language = self.edition(pk), language_of(request)
        name = f"regulation-{edition.label}-{language}.md"
        return self.answer(export(edition, language), "text/markdown; charset=utf-8", name)


class PdfPage(FilePage):
    """An edition as PDF."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Send it in the reader's language."""
        edition, language = self.edition(pk), language_of(request)
        pdf = regulation_pdf(edition, language)
        return self.answer(pdf, "application/pdf", f"regulation-{edition.label}-{language}.pdf")


class RedlinePdfPage(FilePage):
    """A redline as PDF."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Send it in the reader's language."""
        edition, language = self.edition(pk), language_of(request)
        pdf = redline_pdf(compare(edition, language=language), language)
        return self.answer(pdf, "application/pdf", f"redline-{edition.label}-{language}.pdf")


@dataclass
class ImportContext:
    """The form, and what a trial found or why the file was refused."""

    languages: list[str]
    language: str
    found: ReadFile | None = None
    refusals: list[Reason] = field(default_factory=list)


class ImportPage(SignedInPage):
    """A company's own regulation from Markdown: tried first, then brought in as a draft."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show the form."""
        self._permit()
        return self.render("charter/import.html", ImportContext(list(LANGUAGES), language_of(request)))

    def post(self, request: HttpRequest) -> HttpResponse:
        """Try the file or bring it in; a refused one changes nothing."""
        self._permit()
        language = request.POST.get("language", "")
        page = ImportContext(list(LANGUAGES), language)
        upload = request.FILES.get("file")
        content = upload.read() if upload is not None else b""
        try:
            page.found = import_draft(content, language, self.actor, dry_run=request.POST.get("do") != "import")
        except Refused as refused:
            page.refusals = refused.reasons
            return self.render("charter/import.html", page, status=422)
        if page.found.draft is not None:
            return HttpResponseRedirect(draft_url(page.found.draft.pk))
        return self.render("charter/import.html", page)

    def _permit(self) -> None:
        if not self.actor.may("charter.edition", "create"):
            raise Http404


class SearchPage(SignedInPage):
    """Clauses of the version in force by the words in them."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show the clauses found."""
        edition = in_force()
        if edition is None or not self.actor.may("charter.clause", "view"):
            raise Http404
        words = request.GET.get("q", "").strip()
        rows = edition.clauses.current().filter(matching_ids(Clause, words)) if words else edition.clauses.none()
        return self.render("charter/search.html", {"words": words, "found": list(rows.order_by("position")[:FOUND])})
