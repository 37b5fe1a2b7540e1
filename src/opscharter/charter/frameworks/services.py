"""Filling frameworks: from what the clauses say they also serve, and from OSCAL profiles; how requirements stand."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db import transaction

from opscharter.charter.assurance.references import in_order
from opscharter.charter.frameworks.models import Framework, Requirement
from opscharter.charter.install import install_default_regulation
from opscharter.charter.standing import UNCOVERED, ClauseStanding, in_force, standings, worst
from opscharter.kernel.access.actor import Actor
from opscharter.kernel.records.bulk import create_many

FRAMEWORKS = {
    "ISO/IEC 20000-1": ("服務管理體系要求", "ISO/IEC"),
    "ISO 9001": ("質量管理體系要求", "ISO"),
    "ISO/IEC 27001": ("信息安全管理體系要求", "ISO/IEC"),
    "GB/T 28827": ("運行維護服務（ITSS）", "國家標準化管理委員會"),
    "GB/T 22239": ("網絡安全等級保護基本要求", "國家標準化管理委員會"),
}
"""The frameworks an installation begins with; the clauses' own headings are the short words of their requirements."""


@transaction.atomic
def install_frameworks(actor: Actor) -> int:
    """Enter the frameworks that the clauses in force name, unless there are some; returns how many requirements."""
    if Framework.objects.exists():
        return 0
    edition = install_default_regulation(actor)
    kept: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for clause in edition.clauses.current().order_by("position"):
        for said in clause.frameworks:
            code = next((each for each in FRAMEWORKS if said.startswith(each)), "")
            if code:
                heading = clause.headings.get("zh-hant", "")
                kept.setdefault((code, said.removeprefix(code).strip(" .")), []).append((clause.number, heading))
    for code, (title, publisher) in FRAMEWORKS.items():
        framework = Framework(code=code, title=title, publisher=publisher).save_as(actor)
        rows = [
            Requirement(
                framework=framework,
                code=number or "—",
                title="、".join(dict.fromkeys(heading for _number, heading in found))[:200],
                clauses=", ".join(number for number, _heading in found),
            )
            for (named, number), found in kept.items()
            if named == code
        ]
        create_many(rows, actor, note="default mapping")
    return len(kept)


@transaction.atomic
def framework_from_profile(title: str, version: str, ids: Iterable[str], actor: Actor) -> Framework:
    """Keep the controls that an OSCAL profile selects as a framework; those known already keep their clauses."""
    code = f"{title} {version}".strip()[:60]
    framework = Framework.objects.filter(code=code).first() or Framework(code=code, title=title[:200]).save_as(actor)
    known = set(framework.requirements.values_list("code", flat=True))
    rows = [Requirement(framework=framework, code=each[:40]) for each in ids if each[:40] not in known]
    create_many(rows, actor, note="OSCAL profile")
    return framework


@dataclass
class Kept:
    """A requirement with the clauses that keep it and the worst of how they stand."""

    requirement: Requirement
    clauses: list[ClauseStanding] = field(default_factory=list)

    @property
    def state(self) -> str:
        """Return the worst standing of its clauses; without a clause it is uncovered."""
        states = [clause.state for clause in self.clauses]
        if not states or UNCOVERED in states:
            return UNCOVERED
        return worst(states)


def coverage_of(framework: Framework) -> list[Kept]:
    """Return every requirement of a framework with how it stands, in the order of their identifiers."""
    edition = in_force()
    found = {each.clause.number: each for each in standings(edition)} if edition else {}
    rows = sorted(framework.requirements.current(), key=lambda row: (row.code[:1].isalpha(), in_order(row.code)))
    return [Kept(row, [found[number] for number in row.clause_numbers if number in found]) for row in rows]
