"""The desk of an amendment: every clause of the draft with its redline, its controls, and what is still to be done."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _

from opscharter.charter.amendments import drafts
from opscharter.charter.amendments.redline import Piece, Redline, compare, pieces
from opscharter.charter.amendments.rehearsing import ask_for_rehearsal
from opscharter.charter.content import content_hash
from opscharter.charter.models import Clause, Edition, Rehearsal
from opscharter.charter.models.edition import LANGUAGES
from opscharter.kernel.access.actor import Actor
from opscharter.kernel.controls.registry import CHECKS, GUARDS, Control, Mode
from opscharter.kernel.errors import Conflict, NotPermitted, Refused
from opscharter.kernel.resources.links import record_url
from opscharter.kernel.web.approving import ApprovalCard, cards_of
from opscharter.kernel.web.base import SignedInPage
from opscharter.kernel.web.moving import sentence

LANGUAGE_NAMES = {"zh-hant": "繁體中文", "zh-hans": "简体中文", "en": "English"}


def draft_url(pk: int, clause: str = "") -> str:
    """Return the address of a draft's desk, with one clause opened."""
    return f"/regulation/drafts/{pk}/?clause={clause}#clause" if clause else f"/regulation/drafts/{pk}/"


@dataclass
class Wording:
    """One language of the opened clause: heading and text, and how they differ from the version in force."""

    code: str
    name: str
    heading: str
    text: str
    redline: list[Piece]


@dataclass
class ControlForm:
    """A control of the opened clause as the draft sets it."""

    control: Control
    mode: str
    clause: str
    figures: list[tuple[str, Any, Any]]
    changed: bool


@dataclass
class DeskContext:
    """Everything the desk draws."""

    edition: Edition
    redline: Redline
    chapters: list[tuple[str, str, list[Clause]]]
    clause: Clause | None
    wordings: list[Wording]
    controls: list[ControlForm]
    marks: dict[str, str]
    rehearsal: Rehearsal | None
    rehearsed: bool
    may_edit: bool
    publish_url: str
    record_url: str
    approvals: list[ApprovalCard] = field(default_factory=list)
    modes: list[tuple[str, Any]] = field(default_factory=lambda: list(Mode.choices))


class DraftPage(SignedInPage):
    """What the pages of one edition share."""

    def edition(self, pk: int, action: str = "view") -> Edition:
        """Return the edition within the actor's reach; 404 otherwise."""
        found: Edition | None = Edition.objects.visible_to(self.actor, action).filter(pk=pk).first()
        if found is None or not self.actor.may("charter.edition", action) or self.actor.external:
            raise Http404
        return found

    def clause(self, edition: Edition, number: str) -> Clause:
        """Return a clause of the edition by its number; 404 otherwise."""
        found: Clause | None = edition.clauses.current().filter(number=number).first()
        if found is None:
            raise Http404
        return found

    def back(self, edition: Edition, clause: str = "") -> HttpResponse:
        """Go back to the desk."""
        return HttpResponseRedirect(draft_url(edition.pk, clause))

    def told(self, error: Exception) -> None:
        """Say why something was refused."""
        if isinstance(error, NotPermitted):
            raise Http404 from error
        messages.error(self.request, sentence(error))


REFUSALS = (Refused, Conflict, ValidationError, NotPermitted)


class StartPage(SignedInPage):
    """Beginning an amendment."""

    def post(self, request: HttpRequest) -> HttpResponse:
        """Copy the edition in force into a draft and open its desk."""
        if not self.actor.may("charter.edition", "create"):
            raise Http404
        try:
            draft = drafts.start_draft(self.actor, request.POST.get("purpose", ""))
        except Refused as refused:
            messages.error(request, sentence(refused))
            return HttpResponseRedirect("/regulation/")
        return HttpResponseRedirect(draft_url(draft.pk))


class DeskPage(DraftPage):
    """The desk itself."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show the draft's clauses, the one opened, and what is still to be done before publication."""
        edition = self.edition(pk)
        clauses = list(edition.clauses.current().order_by("position"))
        number = request.GET.get("clause", "")
        redline = compare(edition)
        marks = {change.number: change.tone for change in redline.clauses}
        marks |= {change.clause: marks.get(change.clause, "a") for change in redline.controls}
        opened = next((clause for clause in clauses if clause.number == number), None)
        rehearsal = edition.rehearsals.order_by("-pk").first()
        may_edit = edition.is_draft and self.actor.may("charter.clause", "edit")
        page = DeskContext(
            edition,
            redline,
            [
                (chapter, edition.heading(chapter), list(found))
                for chapter, found in groupby(clauses, key=lambda clause: str(clause.chapter))
            ],
            opened,
            _wordings(edition, opened) if opened else [],
            _controls(edition, opened.number) if opened else [],
            marks,
            rehearsal,
            _stands(rehearsal, edition),
            may_edit,
            record_url(edition, "moves/publish") if self.actor.may("charter.edition", "publish") else "",
            record_url(edition),
            cards_of(edition, self.actor),
        )
        return self.render("charter/desk.html", page)


def _stands(rehearsal: Rehearsal | None, edition: Edition) -> bool:
    """Say whether the rehearsal is done and speaks of the draft as it is."""
    if rehearsal is None or rehearsal.state != Rehearsal.State.DONE:
        return False
    return rehearsal.content == content_hash(edition)


def _wordings(edition: Edition, clause: Clause) -> list[Wording]:
    base = edition.base.clauses.current().filter(number=clause.number).first() if edition.base else None
    return [
        Wording(
            code,
            LANGUAGE_NAMES[code],
            clause.headings.get(code, ""),
            clause.texts.get(code, ""),
            pieces(base.texts.get(code, "") if base else "", clause.texts.get(code, "")),
        )
        for code in LANGUAGES
    ]


def _controls(edition: Edition, number: str) -> list[ControlForm]:
    forms = []
    for control in [*GUARDS.values(), *CHECKS.values()]:
        if edition.clause_of(control) != number:
            continue
        setting = drafts.setting_in(edition, control)
        figures = [(name, control.figure_label(name), value) for name, value in setting["parameters"].items()]
        changed = control.id in edition.settings or control.id in edition.bindings
        forms.append(ControlForm(control, setting["mode"], number, figures, changed))
    return forms


class WordingPage(DraftPage):
    """Rewording one clause of a draft, or looking at the redline while one types."""

    def post(self, request: HttpRequest, pk: int, number: str) -> HttpResponse:
        """Store headings and texts of every language."""
        edition = self.edition(pk, "edit")
        clause = self.clause(edition, number)
        if request.POST.get("do") == "preview":
            return self._preview(edition, clause)
        given = {code: request.POST.get(f"text-{code}", "").replace("\r\n", "\n").strip() for code in LANGUAGES}
        headings = {code: request.POST.get(f"heading-{code}", "").strip() for code in LANGUAGES}
        if not any(given.values()) or not any(headings.values()):
            messages.error(request, _("A clause has a heading and a text in at least one language."))
            return self.back(edition, number)
        version = request.POST.get("version", "")
        if version.isdigit() and 0 < int(version) < clause.version:
            clause = Clause.at_version(clause.pk, int(version))
        clause.texts = {code: text for code, text in given.items() if text}
        clause.headings = {code: heading for code, heading in headings.items() if heading}
        try:
            clause.save_as(self.actor)
            messages.success(request, _("§%(number)s is kept in the draft.") % {"number": number})
        except REFUSALS as error:
            self.told(error)
        return self.back(edition, number)

    def _preview(self, edition: Edition, clause: Clause) -> HttpResponse:
        base = edition.base.clauses.current().filter(number=clause.number).first() if edition.base else None
        code = self.request.POST.get("language", "")
        text = self.request.POST.get(f"text-{code}", "").replace("\r\n", "\n").strip()
        found = pieces(base.texts.get(code, "") if base else "", text)
        return self.render("charter/pieces.html", None, pieces=found)


class AddClausePage(DraftPage):
    """Adding a clause to a draft."""

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Add it with its number, heading and text in the language one works in."""
        edition = self.edition(pk, "edit")
        number = request.POST.get("number", "").strip()
        heading, text = request.POST.get("heading", "").strip(), request.POST.get("text", "").strip()
        language = request.LANGUAGE_CODE if request.LANGUAGE_CODE in LANGUAGES else LANGUAGES[0]
        try:
            drafts.add_clause(edition, number, {language: heading}, {language: text}, self.actor)
        except REFUSALS as error:
            self.told(error)
            return self.back(edition)
        return self.back(edition, number)


class RemoveClausePage(DraftPage):
    """Taking a clause out of a draft."""

    def post(self, request: HttpRequest, pk: int, number: str) -> HttpResponse:
        """Take it out; the version in force keeps it."""
        edition = self.edition(pk, "edit")
        try:
            drafts.remove_clause(edition, self.clause(edition, number), self.actor, request.POST.get("reason", ""))
            messages.success(request, _("§%(number)s is taken out of the draft.") % {"number": number})
        except REFUSALS as error:
            self.told(error)
        return self.back(edition)


class ControlPage(DraftPage):
    """Setting a control within a draft."""

    def post(self, request: HttpRequest, pk: int, control: str) -> HttpResponse:
        """Keep mode, parameters and binding; they hold only once the draft takes effect."""
        edition = self.edition(pk, "edit")
        declared = drafts.known(control)
        if declared is None:
            raise Http404
        present = drafts.setting_in(edition, declared)
        parameters = {
            name: drafts.figure(request.POST.get(f"p-{name}", ""), value)
            for name, value in present["parameters"].items()
        }
        setting = {"mode": request.POST.get("mode", present["mode"]), "parameters": parameters}
        clause = request.POST.get("clause", "").strip() or edition.clause_of(declared)
        try:
            drafts.set_control(edition, declared, self.actor, setting, clause)
            messages.success(request, _("%(control)s is set in the draft.") % {"control": declared.label})
        except REFUSALS as error:
            self.told(error)
        return self.back(edition, edition.clause_of(declared))


class RehearsePage(DraftPage):
    """Asking for a rehearsal."""

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Begin it and show it; it may be left and come back to."""
        edition = self.edition(pk)
        try:
            rehearsal = ask_for_rehearsal(edition, self.actor)
        except REFUSALS as error:
            self.told(error)
            return self.back(edition)
        return HttpResponseRedirect(record_url(rehearsal))


class RedlinePage(DraftPage):
    """The redline of an edition against the one it amends, to read and to print."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show it in the language one reads."""
        edition = self.edition(pk)
        return self.render("charter/redline.html", compare(edition))


def may_amend(actor: Actor) -> bool:
    """Say whether the actor may begin an amendment."""
    return actor.may("charter.edition", "create")
