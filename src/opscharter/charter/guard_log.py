"""What guards decided, as it is asked for by the page, the file and the API alike."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from django.db.models import QuerySet

from opscharter.charter.pages.seen import seen_among
from opscharter.kernel.access.actor import Actor
from opscharter.kernel.controls.models import GuardDecision
from opscharter.kernel.oversight.days import midnight_of
from opscharter.kernel.resources.site import site
from opscharter.kernel.web.history import WORDS, said_action

LOOKED_AT = 600
"""So many decisions are looked through for a page of those that the reader may see."""
NAMES = ("guard", "clause", "outcome", "who", "from", "to")
LONGEST_ID = 18


def sees_all(actor: Actor) -> bool:
    """Say whether the actor supervises the guards, and so sees what they decided of any record."""
    return actor.may(GuardDecision._meta.label_lower, "view")


def asked(given: Mapping[str, str]) -> QuerySet[GuardDecision]:
    """Return the decisions asked for, newest first; ValidationError naming the field whose day is none."""
    rows = GuardDecision.objects.order_by("-pk")
    for name in ("guard", "clause", "outcome"):
        if value := _text(given, name).removeprefix("§"):
            rows = rows.filter(**{name: value})
    if who := _text(given, "who"):
        rows = rows.filter(actor_label__icontains=who)
    for name, comparison, shift in (("from", "at__gte", 0), ("to", "at__lt", 1)):
        if text := _text(given, name):
            rows = rows.filter(**{comparison: midnight_of(name, text, shift)})
    before = given.get("before", "")
    if before.isascii() and before.isdecimal() and len(before) <= LONGEST_ID:
        rows = rows.filter(pk__lt=int(before))
    return rows


def _text(given: Mapping[str, str], name: str) -> str:
    return given.get(name, "").replace("\x00", "").strip()


def seen(rows: list[GuardDecision], actor: Actor) -> list[GuardDecision]:
    """Return the decisions that the actor may see: on records within reach, and one's own on what never came to be."""
    if sees_all(actor):
        return rows
    within = seen_among(((row.record_type, row.record_id) for row in rows), actor)
    return [
        row
        for row in rows
        if (row.record_type, row.record_id) in within or (row.record_id is None and row.user_id == actor.user_id)
    ]


def page_of(rows: QuerySet[GuardDecision], actor: Actor, length: int) -> tuple[list[GuardDecision], int | None]:
    """Return the first decisions that the actor may see, and the id before which the next page begins, if any."""
    looked_at = list(rows.select_related("user")[: LOOKED_AT + 1])
    shown = seen(looked_at[:LOOKED_AT], actor)
    if len(shown) > length:
        return shown[:length], shown[length - 1].pk
    return shown, looked_at[-2].pk if len(looked_at) > LOOKED_AT else None


def all_of(rows: QuerySet[GuardDecision], actor: Actor) -> Iterator[GuardDecision]:
    """Yield every decision that the actor may see."""
    last: int | None = 0
    while last is not None:
        shown, last = page_of(rows.filter(pk__lt=last) if last else rows, actor, LOOKED_AT)
        yield from shown


def step_name(row: GuardDecision) -> str:
    """Return what the step is called."""
    resource = site.find(row.record_type)
    action = row.step if row.step in WORDS else f"move:{row.step}"
    return said_action(action, resource.model if resource else None)
