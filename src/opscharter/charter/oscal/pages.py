"""Sending and taking in OSCAL documents in the browser."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from opscharter.charter.oscal.exchange import KINDS, Taken, document, take
from opscharter.charter.oscal.schema import BadDocument, Problem
from opscharter.kernel.errors import NotPermitted
from opscharter.kernel.web.base import SignedInPage


@dataclass
class OscalContext:
    """What the page draws: what may be sent, and what came of a file."""

    may_import: bool
    taken: Taken | None = None
    problems: list[Problem] = field(default_factory=list)


class OscalPage(SignedInPage):
    """The regulation and how it stands as OSCAL documents, to send and to take in."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show what can be sent, and the form that takes a file."""
        if not self.actor.may("charter.clause", "view"):
            raise Http404
        return self._show()

    def post(self, request: HttpRequest) -> HttpResponse:
        """Validate a file, say how it differs, and make a draft of a catalog that does."""
        file = request.FILES.get("file")
        if file is None:
            return self._show(422, problems=[Problem("—", _("Choose a file."))])
        try:
            return self._show(taken=take(file.read(), self.actor))
        except NotPermitted as error:
            raise Http404 from error
        except BadDocument as error:
            return self._show(422, problems=error.problems)
        except ValidationError as error:
            return self._show(422, problems=[Problem("$", message) for message in error.messages])

    def _show(
        self, status: int = 200, taken: Taken | None = None, problems: list[Problem] | None = None
    ) -> HttpResponse:
        page = OscalContext(self.actor.may("charter.edition", "create"), taken, problems or [])
        return self.render("charter/oscal.html", page, status=status)


class OscalDocumentPage(SignedInPage):
    """One document to send."""

    def get(self, request: HttpRequest, kind: str) -> HttpResponse:
        """Send the document as a file."""
        if kind not in KINDS:
            raise Http404
        try:
            content = document(kind, self.actor)
        except NotPermitted as error:
            raise Http404 from error
        except BadDocument as error:
            page = OscalContext(self.actor.may("charter.edition", "create"), problems=error.problems)
            return self.render("charter/oscal.html", page, status=409)
        name = f'attachment; filename="opscharter-{kind}.json"'
        return HttpResponse(content, content_type="application/json", headers={"Content-Disposition": name})
