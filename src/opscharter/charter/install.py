"""Putting the default regulation into an empty installation; safe to repeat."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from django.core.cache import cache
from django.db import transaction

from opscharter.charter.markdown import RegulationText, parse
from opscharter.charter.models import Clause, Edition
from opscharter.charter.models.clause import position_of
from opscharter.charter.models.edition import LANGUAGES
from opscharter.kernel import moment
from opscharter.kernel.access.actor import Actor

DEFAULT = Path(__file__).parent / "default"


def default_texts() -> dict[str, RegulationText]:
    """Return the default regulation in every language."""
    return {code: parse((DEFAULT / f"{code}.md").read_text(encoding="utf-8")) for code in LANGUAGES}


def clause_facts() -> dict[str, Any]:
    """Return what clauses.toml says of each clause: owner, supervisor, expectation, frameworks, duties."""
    return tomllib.loads((DEFAULT / "clauses.toml").read_text(encoding="utf-8"))


@transaction.atomic
def install_default_regulation(actor: Actor) -> Edition:
    """Create edition 1 from the default text and put it into force, unless there is an edition already."""
    existing = Edition.objects.order_by("pk").first()
    if existing is not None:
        return existing
    texts, facts = default_texts(), clause_facts()
    edition = Edition(
        label="1",
        titles={code: text.title for code, text in texts.items()},
        preambles={code: text.preamble for code, text in texts.items()},
        headings=_headings(texts),
        interpreter=facts["interpreter"],
    )
    edition.save_as(actor)
    articles = {code: {article.number: article for article in text.articles()} for code, text in texts.items()}
    for number in articles[LANGUAGES[0]]:
        _clause(edition, number, articles, facts["clauses"].get(number, {})).save_as(actor)
    edition.move("publish", actor, effective_on=moment.today(), interpreter=facts["interpreter"])
    cache.clear()
    return edition


def _headings(texts: dict[str, RegulationText]) -> dict[str, dict[str, str]]:
    headings: dict[str, dict[str, str]] = {}
    for code, text in texts.items():
        for chapter in text.chapters:
            headings.setdefault(chapter.number, {})[code] = chapter.title
            for section in chapter.sections:
                headings.setdefault(section.number, {})[code] = section.title
    return headings


def _clause(edition: Edition, number: str, articles: Any, facts: dict[str, Any]) -> Clause:
    headings = {code: found[number].heading for code, found in articles.items()}
    texts = {code: found[number].text for code, found in articles.items()}
    return Clause(
        edition=edition,
        number=number,
        position=position_of(number),
        headings=headings,
        texts=texts,
        owner_role=facts.get("owner", ""),
        supervisor_role=facts.get("supervisor", "quality-supervisor"),
        expectation=facts.get("expectation", ""),
        frameworks=facts.get("frameworks", []),
        duties=facts.get("duties", []),
    )
