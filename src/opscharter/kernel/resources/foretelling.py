"""What saving a record would do to running clocks, found out by doing it and taking it back: for the page before it."""

from __future__ import annotations

import copy
import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from opscharter.kernel.access.actor import Actor
from opscharter.kernel.calendars.models import forget
from opscharter.kernel.clocks import ledger
from opscharter.kernel.clocks.models import Clock
from opscharter.kernel.resources.declaration import Consequence, Foretold
from opscharter.kernel.resources.links import url_of
from opscharter.kernel.resources.site import site

Links = Mapping[str, Sequence[Any]]
Stand = tuple[str, int, str, dt.datetime | None]
MOST = 200


class _TakenBack(Exception):
    """Ends the trial."""


@dataclass(frozen=True)
class _Moved:
    record_type: str
    record_id: int
    kind: str
    before: dt.datetime | None
    after: dt.datetime | None


def clocks_moved(follow: Callable[[], Any] = ledger.recalculate_stale) -> Callable[[Any, Actor, Links], Foretold]:
    """Return the function that says which running clocks the saving of a record would move.

    The record is saved, `follow` does what a job would do later, and all of it is rolled back. Raises what saving
    raises: Refused, Conflict, NotPermitted or ValidationError.
    """

    def foretell(record: Any, actor: Actor, links: Links) -> Foretold:
        before: dict[int, Stand] = {}
        after: dict[int, Stand] = {}
        try:
            with transaction.atomic():
                follow()  # what earlier edits move anyway is none of this one's doing
                before = _stands()
                copy.deepcopy(record).save_as(actor, links=links)
                follow()
                after = _stands()
                raise _TakenBack
        except _TakenBack:
            pass
        finally:
            forget()
        changed = [pk for pk, stand in before.items() if after.get(pk, stand)[3] != stand[3] or pk not in after]
        moved = [_Moved(*before[pk], after[pk][3] if pk in after else None) for pk in changed]
        return _told(moved, actor)

    return foretell


def _stands() -> dict[int, Stand]:
    rows = Clock.objects.filter(state__in=ledger.LIVE)
    found = rows.values_list("pk", "record_type", "record_id", "kind", "due_at")
    return {pk: (record_type, record_id, kind, due) for pk, record_type, record_id, kind, due in found}


def _told(moved: list[_Moved], actor: Actor) -> Foretold:
    """Name what the actor may see, the earliest first, and count the rest."""
    names: dict[tuple[str, int], str] = {}
    for record_type in {each.record_type for each in moved}:
        resource = site.find(record_type)
        if resource is None or not actor.may(resource.key, "view"):
            continue
        ids = {each.record_id for each in moved if each.record_type == record_type}
        for record in resource.model._default_manager.visible_to(actor).filter(pk__in=ids):
            names[record_type, record.pk] = str(record)
    seen = [each for each in moved if (each.record_type, each.record_id) in names]
    seen.sort(key=lambda each: (each.after is None, each.after or each.before))
    lines = [
        Consequence(
            names[each.record_type, each.record_id], url_of(each.record_type, each.record_id),
            ledger.KINDS.get(each.kind, each.kind), each.before, each.after,
        )
        for each in seen[:MOST]
    ]  # fmt: skip
    return Foretold(lines, len(moved) - len(lines))
