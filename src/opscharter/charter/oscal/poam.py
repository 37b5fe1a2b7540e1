"""Open corrective items and exceptions as an OSCAL plan of action and milestones, and what such a file says."""

from __future__ import annotations

from typing import Any

from opscharter.charter.corrective.models import CorrectiveItem
from opscharter.charter.oscal.parts import identifier, metadata, one, prop, with_props
from opscharter.charter.waivers.lifecycle import State
from opscharter.charter.waivers.models import Waiver
from opscharter.kernel import moment

Facts = dict[str, dict[str, str]]
NAMES = ("kind", "clause", "control", "state", "due")


def facts() -> Facts:
    """Return the open corrective items and the exceptions asked for or in force, by number."""
    found: Facts = {}
    for item in CorrectiveItem.objects.filter(state=CorrectiveItem.State.OPEN).order_by("pk"):
        found[item.number] = {
            "kind": "corrective-item", "clause": item.clause, "control": item.control, "state": item.state,
            "due": item.due_on.isoformat(), "text": item.measures or item.cause,
        }  # fmt: skip
    for waiver in Waiver.objects.filter(state__in=(State.REQUESTED, State.IN_FORCE)).order_by("pk"):
        found[waiver.number] = {
            "kind": "exception", "clause": waiver.clause, "control": waiver.control, "state": waiver.state,
            "due": waiver.expires_at.isoformat(), "text": waiver.reason,
        }  # fmt: skip
    return found


def poam_of(found: Facts, label: str) -> dict[str, Any]:
    """Return the items as an OSCAL document."""
    items = [
        with_props(
            {
                "uuid": identifier("poam", number),
                "title": f"{number} clause {each['clause']}",
                "description": each["text"] or "-",
            },
            [prop("number", number), *(prop(name, each[name]) for name in NAMES if each[name])],
        )
        for number, each in found.items()
    ]
    if not items:
        nothing = {"title": "Nothing is open", "description": "No corrective item and no exception is open."}
        items = [{"uuid": identifier("poam", "nothing"), **nothing}]
    return {
        "plan-of-action-and-milestones": {
            "uuid": identifier("poam", label, moment.now().isoformat()),
            "metadata": metadata("Corrective items and exceptions", label, moment.now()),
            "poam-items": items,
        }
    }


def facts_from(document: dict[str, Any]) -> Facts:
    """Read what a plan says of our items; others' items are passed over."""
    found: Facts = {}
    for item in document["poam-items"]:
        number = one(item, "number")
        if number:
            text = item["description"]
            found[number] = {**{name: one(item, name) for name in NAMES}, "text": "" if text == "-" else text}
    return found
