"""What a report has beyond its record's page: PDF, records behind a figure, suggestions, the customer's link."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views import View

from opscharter.customers.models import Contact
from opscharter.kernel.access.people import colleagues
from opscharter.kernel.errors import Conflict, NotPermitted, Refused
from opscharter.kernel.resources.filters import id_of
from opscharter.kernel.resources.links import record_url
from opscharter.kernel.web.base import SignedInPage
from opscharter.kernel.web.detail import DetailPage
from opscharter.kernel.web.moving import sentence
from opscharter.service.reports.behind import Behind, behind
from opscharter.service.reports.delivery import file_name, find_pdf, opened_by, recipient
from opscharter.service.reports.document import pdf_of
from opscharter.service.reports.lifecycle import ReportState
from opscharter.service.reports.models import ServiceReport
from opscharter.service.reports.naming import name_of
from opscharter.service.reports.presenting import present
from opscharter.service.reports.services import suggest


class ReportDetailPage(DetailPage):
    """A report's own page, with its charts."""

    def render(self, template: str, page: Any, status: int = 200, **context: Any) -> HttpResponse:
        """Draw it with what its charts need."""
        whole = template == "opscharter/detail.html"
        return super().render("service/reports/report.html" if whole else template, page, status, **context)


class ReportPage(SignedInPage):
    """A page of one report that the reader may see."""

    def report(self, pk: int) -> ServiceReport:
        """Return the report; 404 outside the reader's scope."""
        rows = ServiceReport.objects.visible_to(self.actor).select_related("customer", "contract", "definition")
        found = rows.filter(pk=pk).first()
        if found is None:
            raise Http404
        return found


def pdf_answer(report: ServiceReport) -> HttpResponse:
    """Return the PDF that was sent or signed, or one set now of what would be."""
    kept = find_pdf(report) if report.frozen else None
    if kept is not None:
        with default_storage.open(kept.path) as stored:
            content = stored.read()
    else:
        content = pdf_of(report)
    named = {"Content-Disposition": f'inline; filename="{file_name(report)}"'}
    return HttpResponse(content, content_type="application/pdf", headers=named)


class DocumentPage(ReportPage):
    """A report as PDF."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Send it."""
        return pdf_answer(self.report(pk))


@dataclass
class BehindContext:
    """The records behind one figure of a report, as its page draws them."""

    report: ServiceReport
    title: str
    behind: Behind


class RecordsPage(ReportPage):
    """The very records that a figure of a report was counted from."""

    def get(self, request: HttpRequest, pk: int, name: str) -> HttpResponse:
        """List them, as far as the reader may see them."""
        report = self.report(pk)
        kept = report.content.get("records", {}).get(name)
        if kept is None:
            raise Http404
        page = BehindContext(
            report, name_of(report.content, name), behind(kept, self.actor, request.GET.get("page", ""))
        )
        return self.render("service/reports/records.html", page)


class SuggestPage(ReportPage):
    """Making a suggestion with a draft."""

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Enter it into the register of improvements and show the report."""
        report = self.report(pk)
        if self.actor.external:
            raise Http404
        owner = colleagues().filter(pk=id_of(request.POST.get("owner", "")) or 0).first()
        title, text, figure = (request.POST.get(name, "").strip() for name in ("title", "text", "figure"))
        try:
            made = suggest(report, self.actor, title=title, text=text, owner=owner, figure=figure)
            messages.success(request, _("%(record)s is saved.") % {"record": made})
        except NotPermitted as error:
            raise Http404 from error
        except (Refused, Conflict, ValidationError) as error:
            messages.error(request, sentence(error))
        return HttpResponseRedirect(f"{record_url(report)}#suggestions")


@dataclass
class SigningContext:
    """The page behind a recipient's link: what is signed, by whom, or what was done."""

    report: ServiceReport | None = None
    contact: Contact | None = None
    token: str = ""
    done: str = ""
    problem: str = ""
    told: dict[str, Any] = field(default_factory=dict)

    @property
    def open(self) -> bool:
        """Say whether there is something to answer."""
        return self.report is not None and self.report.state == ReportState.DELIVERED and not self.done


class SigningPage(View):
    """Reading and signing a report by the link in its mail. Looking changes nothing; only POST signs or refuses."""

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        """Show the report and what can be answered."""
        return self._answer(request, token)

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        """Sign, or refuse with a reason."""
        return self._answer(request, token)

    def _answer(self, request: HttpRequest, token: str) -> HttpResponse:
        found = opened_by(token)
        if found is None:
            page = SigningContext(problem=_("This link is no longer valid. Ask for the report to be sent again."))
            return _shown(request, page, 410)
        report, contact = found
        with override(report.language):
            page = SigningContext(report, contact, token, told=present(report))
            status = self._take(request, page, report, contact) if request.method == "POST" else 200
            return _shown(request, page, status).render()

    def _take(self, request: HttpRequest, page: SigningContext, report: ServiceReport, contact: Contact) -> int:
        if request.user.is_authenticated and request.user.pk != contact.user_id:
            page.problem = _("This link belongs to somebody else.")
            return 403
        name, reason = (request.POST.get(key, "").strip()[:2000] for key in ("name", "reason"))
        signs = request.POST.get("answer") == "sign"
        if signs and not name:
            page.problem = _("Write your name to sign.")
            return 422
        actor = recipient(contact, name[:80], request.META.get("REMOTE_ADDR", ""))
        try:
            report.move("sign" if signs else "refuse", actor, reason=reason)
        except (Refused, Conflict, NotPermitted) as error:
            page.problem = sentence(error)
            return 409
        page.done = _("Thank you, the report is signed.") if signs else _("Thank you, we have noted why.")
        return 200


def _shown(request: HttpRequest, page: SigningContext, status: int) -> TemplateResponse:
    response = TemplateResponse(request, "service/reports/sign.html", {"page": page}, status=status)
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


class SigningDocument(View):
    """The PDF behind a recipient's link."""

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        """Send it; 404 when the link does not hold."""
        found = opened_by(token)
        if found is None:
            raise Http404
        return pdf_answer(found[0])


URLS = [
    path("service/reports/<int:pk>/document/", DocumentPage.as_view(), name="report-document"),
    path("service/reports/<int:pk>/records/<str:name>/", RecordsPage.as_view(), name="report-records"),
    path("service/reports/<int:pk>/suggestions/", SuggestPage.as_view(), name="report-suggestions"),
    path("service-reports/<str:token>/", SigningPage.as_view(), name="report-signing"),
    path("service-reports/<str:token>/document/", SigningDocument.as_view(), name="report-signing-document"),
]
