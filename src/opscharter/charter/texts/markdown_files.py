"""A company's own regulation from Markdown, and any edition as Markdown."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.db import transaction
from django.utils.translation import gettext as _

from opscharter.charter import markdown
from opscharter.charter.amendments.drafts import next_label
from opscharter.charter.models import Clause, Edition
from opscharter.charter.models.clause import position_of
from opscharter.charter.models.edition import LANGUAGES, in_language
from opscharter.charter.standing import in_force
from opscharter.kernel.access.actor import Actor
from opscharter.kernel.controls.registry import CHECKS, GUARDS
from opscharter.kernel.errors import NotPermitted, Reason, Refused
from opscharter.kernel.records.bulk import create_many

CARRIED = ("owner_role", "supervisor_role", "expectation", "frameworks", "duties")
LONGEST = 2_000_000
"""Bytes of a file that is read; a regulation of a thousand pages is shorter."""


@dataclass
class ReadFile:
    """What a file holds, compared with the version in force."""

    title: str
    chapters: int
    clauses: int
    new: list[str] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    unbound: list[str] = field(default_factory=list)
    """Controls whose clause is not in the file; they are to be bound in the draft."""
    draft: Edition | None = None


def decode(content: bytes) -> str:
    """Return the text of a file; Refused names what cannot be read."""
    if len(content) > LONGEST:
        raise Refused([Reason(_("The file is too long for a regulation."))])
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise Refused([Reason(_("line %(line)d: this is not UTF-8 text") % {"line": line})]) from error
    if "\0" in text:
        line = text[: text.index("\0")].count("\n") + 1
        raise Refused([Reason(_("line %(line)d: a character that no text holds") % {"line": line})])
    return text


def read(content: bytes, language: str) -> tuple[markdown.RegulationText, ReadFile]:
    """Parse a file and compare it with the version in force; Refused names the line and the reason."""
    if language not in LANGUAGES:
        raise Refused([Reason(_("The language is one of: %(known)s.") % {"known": ", ".join(LANGUAGES)})])
    try:
        text = markdown.parse(decode(content))
    except markdown.RegulationSyntaxError as error:
        raise Refused([Reason(str(error))]) from error
    return text, _compared(text, language)


def _compared(text: markdown.RegulationText, language: str) -> ReadFile:
    base = in_force()
    articles = {article.number: article for article in text.articles()}
    known = {clause.number: clause for clause in base.clauses.current()} if base else {}
    controls = [*GUARDS.values(), *CHECKS.values()]
    found = ReadFile(text.title, len(text.chapters), len(articles))
    found.new = [number for number in articles if number not in known]
    found.gone = [number for number in known if number not in articles]
    found.changed = [
        number for number, clause in known.items()
        if number in articles and clause.texts.get(language, "") != articles[number].text
    ]  # fmt: skip
    served = base.clause_of if base else lambda control: control.clause
    found.unbound = sorted(control.id for control in controls if served(control) not in articles)
    return found


@transaction.atomic
def import_draft(content: bytes, language: str, actor: Actor, *, dry_run: bool) -> ReadFile:
    """Bring a company's own regulation in as a draft; a file that cannot be read, or a trial, changes nothing.

    A clause that the version in force has under the same number keeps its other languages when its text is the
    same; a text that was changed stands in the imported language alone, so that no translation of another text
    remains. Owners, supervisors and frameworks are carried over by number.
    """
    if not actor.may("charter.edition", "create"):
        raise NotPermitted("create", "charter.edition")
    text, found = read(content, language)
    if dry_run:
        return found
    base = in_force()
    headings: dict[str, dict[str, str]] = {}
    for chapter in text.chapters:
        headings[chapter.number] = {language: chapter.title}
        headings |= {section.number: {language: section.title} for section in chapter.sections}
    draft = Edition(
        label=next_label(), purpose=_("Imported from Markdown: %(title)s") % {"title": text.title}, base=base,
        titles={language: text.title}, preambles={language: text.preamble}, headings=headings,
        bindings=base.bindings if base else {}, interpreter=base.interpreter if base else "",
    ).save_as(actor)  # fmt: skip
    known = {clause.number: clause for clause in base.clauses.current()} if base else {}
    clauses = [_clause(draft, article, language, known.get(article.number)) for article in text.articles()]
    create_many(clauses, actor, note="import")
    found.draft = draft
    return found


def _clause(draft: Edition, article: markdown.Article, language: str, former: Clause | None) -> Clause:
    clause = Clause(edition=draft, number=article.number, position=position_of(article.number))
    clause.headings, clause.texts = {language: article.heading}, {language: article.text}
    if former is not None:
        for name in CARRIED:
            setattr(clause, name, getattr(former, name))
        if former.texts.get(language) == article.text:
            clause.headings = {**former.headings, **clause.headings}
            clause.texts = {**former.texts, **clause.texts}
    clause.words = " ".join([*clause.headings.values(), *clause.texts.values()])
    return clause


def as_text(edition: Edition, language: str) -> markdown.RegulationText:
    """Return an edition in one language, as the Markdown of a regulation is written from."""
    text = markdown.RegulationText(in_language(edition.titles, language), in_language(edition.preambles, language))
    chapters: dict[str, markdown.Chapter] = {}
    sections: dict[str, markdown.Section] = {}
    for clause in edition.clauses.current().order_by("position"):
        number, section = str(clause.chapter), clause.section
        if number not in chapters:
            chapters[number] = markdown.Chapter(number, in_language(edition.headings.get(number, {}), language))
            text.chapters.append(chapters[number])
        if section not in sections:
            sections[section] = markdown.Section(section, in_language(edition.headings.get(section, {}), language))
            chapters[number].sections.append(sections[section])
        heading, words = in_language(clause.headings, language), in_language(clause.texts, language)
        sections[section].articles.append(markdown.Article(clause.number, heading, words))
    return text


def export(edition: Edition, language: str) -> str:
    """Return an edition as Markdown; imported again it gives the same text."""
    return markdown.render(as_text(edition, language))
