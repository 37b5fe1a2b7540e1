"""Sending and taking in OSCAL documents: one function each for the page and the command."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from opscharter.charter.frameworks.services import framework_from_profile
from opscharter.charter.models import Edition
from opscharter.charter.oscal import catalog, poam, results
from opscharter.charter.oscal.schema import BadDocument, Problem, parse, problems_of
from opscharter.charter.standing import in_force
from opscharter.kernel.access.actor import Actor
from opscharter.kernel.audit.trail import write_entry
from opscharter.kernel.errors import NotPermitted

KINDS = {"catalog": "catalog", "results": "assessment-results", "poam": "plan-of-action-and-milestones"}
"""What can be sent, and the member at the root of the document."""


@dataclass
class Taken:
    """What came of a document that was taken in: how it differs from what is here, and the draft it became."""

    model: str
    differences: list[str] = field(default_factory=list)
    draft: Edition | None = None
    ids: list[str] = field(default_factory=list)
    """The control ids a profile selects."""


def document(kind: str, actor: Actor) -> bytes:
    """Return a document that is valid by the official schema; raises NotPermitted, KeyError, and BadDocument."""
    if not actor.may("charter.checkresult", "view"):
        raise NotPermitted("view", "charter.checkresult")
    edition = in_force()
    if edition is None:
        raise BadDocument([Problem("$", _("No edition of the regulation is in force."))])
    made: dict[str, Any]
    if kind == "catalog":
        made = catalog.catalog_of(edition)
    elif kind == "results":
        made = results.results_of(results.facts(), edition.label)
    else:
        made = poam.poam_of(poam.facts(), edition.label)
    if problems := problems_of(made, KINDS[kind]):
        raise BadDocument(problems)
    write_entry(actor, "oscal:export", changes={"document": [None, kind], "edition": [None, edition.label]})
    return json.dumps(made, ensure_ascii=False, indent=1).encode()


def take(text: bytes, actor: Actor) -> Taken:
    """Take in a document: a catalog that differs becomes a draft edition; results and plans are compared only,
    a profile becomes a framework whose requirements wait for their clauses.

    Raises BadDocument with place and reason, NotPermitted, or what `save_as` raises; then nothing was changed.
    """
    if not actor.may("charter.edition", "create"):
        raise NotPermitted("create", "charter.edition")
    model, said = parse(text)
    taken = Taken(model)
    if model == "catalog":
        content = catalog.content_from(said)
        here = Edition.objects.filter(label=content["label"]).first() or in_force()
        taken.differences = catalog.differences(catalog.content_of(here), content) if here else ["/"]
        if taken.differences:
            taken.draft = catalog.draft_from(content, actor)
    elif model == "assessment-results":
        taken.differences = catalog.differences(results.facts(), results.facts_from(said))
    elif model == "plan-of-action-and-milestones":
        taken.differences = catalog.differences(poam.facts(), poam.facts_from(said))
    else:
        taken.ids = selected(said)
        about = said["metadata"]
        framework_from_profile(about["title"], about["version"], taken.ids, actor)
    write_entry(actor, "oscal:import", changes={"document": [None, model], "differences": [None, taken.differences]})
    return taken


def selected(profile: dict[str, Any]) -> list[str]:
    """Return the control ids that a profile selects, each once, in order."""
    ids = [
        each
        for source in profile["imports"]
        for choice in source.get("include-controls", ())
        for each in choice.get("with-ids", ())
    ]
    return list(dict.fromkeys(ids))
