"""The regulation as an OSCAL catalog, and back: nothing is lost on the way."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from opscharter.charter.models import Clause, Edition
from opscharter.charter.models.edition import LANGUAGES
from opscharter.charter.oscal.parts import identifier, metadata, one, prop, props, with_props
from opscharter.charter.oscal.schema import BadDocument, Problem
from opscharter.kernel import moment
from opscharter.kernel.access.actor import Actor

Content = dict[str, Any]
SAID = ("headings", "texts", "owner_role", "supervisor_role", "expectation", "frameworks", "duties")


def content_of(edition: Edition) -> Content:
    """Return what an edition says, plainly."""
    clauses = edition.clauses.current().order_by("position")
    return {
        "label": edition.label,
        "titles": dict(edition.titles),
        "preambles": dict(edition.preambles),
        "headings": {number: dict(texts) for number, texts in edition.headings.items()},
        "interpreter": edition.interpreter,
        "clauses": {clause.number: {name: getattr(clause, name) for name in SAID} for clause in clauses},
    }


def catalog_of(edition: Edition) -> dict[str, Any]:
    """Return an edition as an OSCAL catalog: chapters and sections are groups, clauses are controls."""
    content = content_of(edition)
    chapters: dict[str, dict[str, list[Any]]] = {}
    for number, clause in content["clauses"].items():
        chapter, section, _article = number.split(".")
        sections = chapters.setdefault(chapter, {})
        sections.setdefault(f"{chapter}.{section}", []).append(_control(number, clause))
    said = [prop("interpreter", content["interpreter"])] if content["interpreter"] else []
    about = metadata(
        _any(content["titles"], edition.label), edition.label, edition.updated_at, *_titles(content["titles"]), *said
    )
    about["remarks"] = _any(content["preambles"], "-")
    groups = [
        _group(number, content["headings"], groups=[
            _group(each, content["headings"], controls=controls) for each, controls in sections.items()
        ])
        for number, sections in chapters.items()
    ]  # fmt: skip
    preamble = {"id": "preamble", "title": "Preamble", "parts": _parts("preamble", content["preambles"])}
    first = [preamble] if preamble["parts"] else []
    return {"catalog": {"uuid": identifier("catalog", edition.label), "metadata": about, "groups": first + groups}}


def _any(texts: dict[str, str], otherwise: str) -> str:
    return next((texts[code] for code in LANGUAGES if texts.get(code)), otherwise)


def _titles(texts: dict[str, str]) -> list[dict[str, str]]:
    return [prop("title", texts[code], code) for code in texts if texts[code]]


def _parts(owner: str, texts: dict[str, str]) -> list[dict[str, Any]]:
    return [
        {"id": f"{owner}_{code}", "name": "statement", "class": code, "prose": text}
        for code, text in texts.items() if text
    ]  # fmt: skip


def _group(number: str, headings: dict[str, dict[str, str]], **inside: Any) -> dict[str, Any]:
    texts = headings.get(number, {})
    made = {"id": f"part-{number}", "title": _any(texts, number), **inside}
    return with_props(made, [prop("label", number), *_titles(texts)])


def _control(number: str, clause: dict[str, Any]) -> dict[str, Any]:
    made = {"id": f"clause-{number}", "title": _any(clause["headings"], number)}
    said = [prop("label", number), *_titles(clause["headings"])]
    said += [prop(name, clause[name]) for name in ("owner_role", "supervisor_role", "expectation") if clause[name]]
    said += [prop("framework", each) for each in clause["frameworks"]]
    said += [prop("duty", each) for each in clause["duties"]]
    parts = _parts(f"clause-{number}", clause["texts"])
    return {**with_props(made, said), **({"parts": parts} if parts else {})}


def content_from(catalog: dict[str, Any]) -> Content:
    """Read a catalog; one that others made may lack our properties: its titles then stand in the first language."""
    about = catalog["metadata"]
    content: Content = {
        "label": about["version"], "titles": _texts(about), "preambles": {}, "headings": {},
        "interpreter": one(about, "interpreter"), "clauses": {},
    }  # fmt: skip
    for place, group in enumerate(catalog.get("groups", ())):
        if group.get("id") == "preamble":
            content["preambles"] = _prose(group)
        else:
            _read_group(group, f"$.catalog.groups[{place}]", content)
    if not content["clauses"]:
        raise BadDocument([Problem("$.catalog.groups", _("There is no clause in it."))])
    return content


def _read_group(group: dict[str, Any], place: str, content: Content) -> None:
    number = one(group, "label")
    if number:
        content["headings"][number] = _texts(group)
    for index, inner in enumerate(group.get("groups", ())):
        _read_group(inner, f"{place}.groups[{index}]", content)
    for index, control in enumerate(group.get("controls", ())):
        _read_control(control, f"{place}.controls[{index}]", content)


def _read_control(control: dict[str, Any], place: str, content: Content) -> None:
    number = one(control, "label") or control["id"].removeprefix("clause-")
    parts = number.split(".")
    if len(parts) != 3 or not all(part.isascii() and part.isdecimal() for part in parts):
        reason = _("A clause is numbered chapter.section.article, such as 3.4.2.")
        raise BadDocument([Problem(f"{place}.id", reason)])
    if number in content["clauses"]:
        raise BadDocument([Problem(f"{place}.id", _("Clause %(number)s is there twice.") % {"number": number})])
    content["clauses"][number] = {
        "headings": _texts(control), "texts": _prose(control), "owner_role": one(control, "owner_role"),
        "supervisor_role": one(control, "supervisor_role"), "expectation": one(control, "expectation"),
        "frameworks": [value for _kind, value in props(control, "framework")],
        "duties": [value for _kind, value in props(control, "duty")],
    }  # fmt: skip


def _texts(thing: dict[str, Any]) -> dict[str, str]:
    return dict(props(thing, "title")) or {LANGUAGES[0]: thing["title"]}


def _prose(thing: dict[str, Any]) -> dict[str, str]:
    parts = thing.get("parts", ())
    return {part.get("class", LANGUAGES[0]): part["prose"] for part in parts if part.get("prose")}


def differences(mine: Any, theirs: Any, place: str = "") -> list[str]:
    """Return the places at which two contents differ; an empty value and a missing one are the same."""
    if isinstance(mine, dict) and isinstance(theirs, dict):
        names: Iterable[str] = dict.fromkeys([*mine, *theirs])
        return [
            each for name in names
            for each in differences(mine.get(name), theirs.get(name), f"{place}/{name}")
        ]  # fmt: skip
    return [] if (mine or None) == (theirs or None) else [place or "/"]


@transaction.atomic
def draft_from(content: Content, actor: Actor) -> Edition:
    """Make a draft edition of what a catalog says; raises what `save_as` raises, and then nothing was stored."""
    label = content["label"][:20]
    while Edition.objects.filter(label=label).exists():
        label = f"{label[:14]}-{moment.now():%H%M%S}"
    edition = Edition(
        label=label, titles=content["titles"], preambles=content["preambles"], headings=content["headings"],
        interpreter=content["interpreter"][:120], purpose=_("Read from an OSCAL catalog."),
    ).save_as(actor)  # fmt: skip
    for number, said in content["clauses"].items():
        Clause(edition=edition, number=number, **said).save_as(actor)
    return edition
