"""An edition of the regulation, and a redline, as PDF."""

from __future__ import annotations

from pathlib import Path

from django.utils.translation import gettext as _

from opscharter.charter.amendments.redline import Redline
from opscharter.charter.content import text_hash
from opscharter.charter.models import Edition
from opscharter.charter.texts.markdown_files import as_text
from opscharter.kernel.documents.typesetting import typeset

HERE = Path(__file__).parent


def regulation_pdf(edition: Edition, language: str) -> bytes:
    """Return the whole text of an edition, with its hash in the foot of every page."""
    text = as_text(edition, language)
    return typeset(
        HERE / "regulation.typ",
        {
            "title": text.title,
            "version": _("version %(label)s") % {"label": edition.label},
            "state": str(edition.get_state_display()),
            "effective": _("in force from %(date)s · interpreted by %(who)s")
            % {"date": edition.effective_on or "—", "who": edition.interpreter or "—"},
            "hash": f"SHA-256 {text_hash(edition)[:32]}",
            "preamble": text.preamble,
            "chapters": [
                {
                    "heading": f"{chapter.number} {chapter.title}",
                    "sections": [
                        {
                            "heading": f"{section.number} {section.title}",
                            "articles": [[a.number, a.heading, a.text] for a in section.articles],
                        }
                        for section in chapter.sections
                    ],
                }
                for chapter in text.chapters
            ],
        },
        language,
    )


def redline_pdf(redline: Redline, language: str) -> bytes:
    """Return a redline to print and sign."""
    base = redline.base.label if redline.base else "—"
    return typeset(
        HERE / "redline.typ",
        {
            "title": redline.draft.title,
            "subtitle": _("version %(draft)s against version %(base)s") % {"draft": redline.draft.label, "base": base},
            "purpose": redline.draft.purpose,
            "headings": [[number, found] for number, found in redline.headings],
            "clauses": [
                {"number": c.number, "kind": str(c.label), "tone": c.tone, "heading": c.heading, "text": c.text,
                 "facts": [[str(name), before, after] for name, before, after in c.facts]}
                for c in redline.clauses
            ],
            "columns": [_("Clause"), _("Control"), _("Now"), _("Under the draft")],
            "controls": [
                [c.clause, f"{c.control.label} · {name}", before, after]
                for c in redline.controls for name, before, after in c.facts
            ],
        },
        language,
    )  # fmt: skip
