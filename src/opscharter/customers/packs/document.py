"""The report in a pack: one PDF to read, with the hashes of the files it rests on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from opscharter.charter.attestations.models import Attestation
from opscharter.charter.standing import LABELS, tone_of
from opscharter.customers.packs.content import Gathered
from opscharter.customers.packs.models import CompliancePack
from opscharter.kernel.controls.models import GuardDecision
from opscharter.kernel.documents.typesetting import typeset

TEMPLATE = Path(__file__).parent / "pack.typ"
SHOWN = 200
"""So many exceptions are set in print; all of them are in the files."""


def report(pack: CompliancePack, made: Gathered, hashes: list[tuple[str, str]]) -> bytes:
    """Return the PDF in the pack's language, which is the active one."""
    results = made.results
    clauses = results["clauses"]
    counted: dict[str, int] = {}
    for clause in clauses:
        counted[clause["standing"]] = counted.get(clause["standing"], 0) + 1
    told = results["coverage"]
    data = {
        "words": _words(),
        "number": pack.number,
        "title": results["title"],
        "customer": results["customer"] or _("the whole company"),
        "period": pack.span.label,
        "about": _("Version %(label)s of the regulation · from %(since)s to %(until)s")
        % {"label": results["edition"], "since": _time(results["from"]), "until": _time(results["to"])},
        "tiles": [[str(n), str(LABELS[state]), tone_of(state)] for state, n in sorted(counted.items())],
        "coverage": _("%(clauses)s clauses: %(guarded)s guarded, %(measured)s measured, %(attested)s attested, "
                      "%(indicative)s indicative, %(uncovered)s uncovered") % told,
        "chapters": [
            {"heading": f"{number} {heading}", "rows": [_row(c) for c in clauses if _chapter(c) == number]}
            for number, heading in results["chapters"].items()
        ],
        "exceptions": [[e["clause"], e["name"], e["reason"]] for e in made.exceptions[:SHOWN]],
        "exceptions_more": max(0, len(made.exceptions) - SHOWN),
        "decisions": [
            [d["clause"], d["number"], str(GuardDecision.Outcome(d["outcome"]).label), _time(d["at"])]
            for d in made.decisions[:SHOWN]
        ],
        "decisions_more": max(0, len(made.decisions) - SHOWN),
        "waivers": [[c["clause"], w["number"], w["record"], w["reason"], _time(w["until"])]
                    for c in clauses for w in c["waivers"]],
        "attestations": [
            [a["clause"], a["statement"], str(Attestation.State(a["state"]).label), a["by"], _time(a["answered"]),
             str(len(a["evidence"]))]
            for a in made.attestations
        ],
        "hashes": [list(pair) for pair in hashes],
    }  # fmt: skip
    return typeset(TEMPLATE, data, pack.language)


def _words() -> dict[str, str]:
    return {
        "pack": _("Compliance pack"), "summary": _("In figures"), "clause": _("clause"), "asks": _("asks"),
        "standing": _("standing"), "company": _("company"), "here": _("records looked at"),
        "exceptions": _("Exceptions among the records looked at"), "record": _("record"), "reason": _("reason"),
        "decisions": _("Steps that guards refused or let pass"), "outcome": _("outcome"), "at": _("at"),
        "waivers": _("Exceptions approved"), "until": _("until"), "attestations": _("Attestations"),
        "statement": _("what is confirmed"), "by": _("confirmed by"), "evidence": _("evidence"),
        "files": _("Files and their SHA-256"), "none": _("none"), "more": _("more in the files"),
        "honest": _("Measured over all records of the period as they stood when the pack was made. The share of the "
                    "company is the frozen result of the day; names are of the records looked at only."),
        "verify": _("Whether anything was altered shows: opscharter verify-pack FILE --manifest HASH"),
    }  # fmt: skip


def _chapter(clause: dict[str, Any]) -> str:
    return str(clause["clause"]).split(".")[0]


def _row(clause: dict[str, Any]) -> list[str]:
    shares = [c["company"]["share"] for c in clause["checks"] if c.get("company") and c["company"]["share"]]
    here = [c["here"] for c in clause["checks"] if "here" in c]
    measured, bad = sum(h["population"] for h in here), sum(h["exceptions"] for h in here)
    return [
        clause["clause"],
        clause["heading"],
        str(LABELS[clause["standing"]]),
        tone_of(clause["standing"]),
        f"{min(shares, key=float)} %" if shares else "",
        f"{measured - bad} / {measured}" if here else "",
    ]


def _time(text: str) -> str:
    found = parse_datetime(text) if text else None
    return date_format(timezone.localtime(found), "Y-m-d H:i") if found else "—"
