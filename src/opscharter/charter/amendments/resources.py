"""How editions and their rehearsals appear."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from opscharter.charter.amendments.pages import draft_url
from opscharter.charter.amendments.redline import compare
from opscharter.charter.amendments.replay import digest
from opscharter.charter.content import content_hash
from opscharter.charter.models import Edition, Rehearsal
from opscharter.kernel.access.actor import Actor
from opscharter.kernel.controls.wording import told
from opscharter.kernel.resources.declaration import Panel, Resource, Stage
from opscharter.kernel.resources.links import url_of
from opscharter.kernel.resources.site import site

SHOWN = 200


def _changes(edition: Edition, actor: Actor) -> dict[str, Any] | None:
    return {"redline": compare(edition), "desk": draft_url(edition.pk)} if edition.base_id else None


def _last_rehearsal(edition: Edition, actor: Actor) -> dict[str, Any] | None:
    rehearsal = edition.rehearsals.order_by("-pk").first()
    if rehearsal is None:
        return None
    stale = edition.is_draft and bool(rehearsal.content) and rehearsal.content != content_hash(edition)
    return {"rehearsal": rehearsal, "stale": stale}


def _checks(rehearsal: Rehearsal, actor: Actor) -> dict[str, Any] | None:
    """Return the checks, those the draft changes first, each exception with its address if the reader may see it."""
    if rehearsal.state == Rehearsal.State.WAITING:
        return {"waiting": True}
    if rehearsal.state == Rehearsal.State.FAILED:
        return {"problem": rehearsal.problem}
    changed: list[dict[str, Any]] = []
    same: list[dict[str, Any]] = []
    for entry in rehearsal.checks:
        rows = _linked(entry["failing"], actor, 3)
        shown = {**entry, "label": told(entry["label"]), "rows": rows[:SHOWN], "hidden": len(rows) - SHOWN}
        (changed if entry["changed"] else same).append(shown)
    return {"changed": changed, "same": same}


def _guards(rehearsal: Rehearsal, actor: Actor) -> dict[str, Any] | None:
    if rehearsal.state != Rehearsal.State.DONE:
        return None
    guards = [
        {
            **entry, "label": told(entry["label"]),
            "refused": _linked(entry["refused"], actor, 5), "passed": _linked(entry["passed"], actor, 5),
        }
        for entry in rehearsal.guards
    ]  # fmt: skip
    return {"guards": guards}


def _linked(rows: list[list[Any]], actor: Actor, sentence: int) -> list[dict[str, Any]]:
    """Return the rows that the reader may see, with their addresses; one of their columns is a kept sentence."""
    visible: dict[str, set[int]] = {}
    for label in {row[0] for row in rows}:
        resource = site.find(label)
        ids = [row[1] for row in rows if row[0] == label and row[1]]
        visible[label] = (
            set(resource.model._default_manager.visible_to(actor).filter(pk__in=ids).values_list("pk", flat=True))
            if resource is not None
            else set()
        )
    return [
        {
            "url": url_of(row[0], row[1]), "name": row[2],
            "rest": [told(said) if column == sentence else said for column, said in enumerate(row)][3:],
        }
        for row in rows
        if row[1] in visible[row[0]]
    ]  # fmt: skip


def _frozen(rehearsal: Rehearsal, actor: Actor) -> dict[str, Any] | None:
    if rehearsal.state != Rehearsal.State.DONE:
        return None
    return {"intact": digest(rehearsal.findings()) == rehearsal.hash}


editions = Resource(
    Edition, "editions", icon="book", columns=["label", "purpose", "effective_on", "interpreter", "state"],
    form=["label", "purpose"], facts=["purpose", "base", "effective_on", "interpreter", "took_effect_at",
                                      "superseded_at"],
    stages=[
        Stage(_("draft"), ("DRAFT",)), Stage(_("published"), ("PUBLISHED",)), Stage(_("in force"), ("IN_FORCE",)),
        Stage(_("superseded"), ("SUPERSEDED",)),
    ],
    panels=[
        Panel(_("What it changes"), "charter/changes.html", _changes, place="main"),
        Panel(_("Rehearsal over 90 days"), "charter/last_rehearsal.html", _last_rehearsal),
    ],
)  # fmt: skip
rehearsals = Resource(
    Rehearsal, "rehearsals", icon="player-play",
    columns=["number", "edition", "until", "newly_failing", "newly_refused", "state"], filters=["edition"],
    facts=["edition", "since", "until", "newly_failing", "newly_refused", "content", "hash"],
    panels=[
        Panel(_("Checks under the draft"), "charter/rehearsed_checks.html", _checks, place="main"),
        Panel(_("Guards under the draft"), "charter/rehearsed_guards.html", _guards, place="main"),
        Panel(_("Frozen"), "charter/frozen.html", _frozen),
    ],
)  # fmt: skip
