"""Working together on tickets: watching, mentioning, linking, splitting."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from opscharter.kernel import moment
from opscharter.kernel.access.actor import Actor, actor_for
from opscharter.kernel.audit.trail import write_entry
from opscharter.kernel.notices.sending import send
from opscharter.kernel.resources.links import record_url
from opscharter.kernel.timeline import entries
from opscharter.kernel.timeline.events import declare_event
from opscharter.kernel.timeline.models import TimelineEntry
from opscharter.kernel.users.models import User
from opscharter.organization.models import Employee
from opscharter.service.tickets import notices
from opscharter.service.tickets.ties import INVERSE, TicketLink, Watcher

TICKET_TYPES = ("service.incident", "service.servicerequest")
LONGEST_NAME = 20
LINKED = declare_event("linked", _("Linked: %(kind)s %(number)s"), kind=TicketLink.Kind)
UNLINKED = declare_event("unlinked", _("No longer linked: %(number)s"))


def key_of(record: Any) -> dict[str, Any]:
    """Return how a ticket is named in rows that may belong to any kind of ticket."""
    return {"record_type": record._meta.label_lower, "record_id": record.pk}


def watch(ticket: Any, user: User) -> None:
    """Let somebody hear what happens to a ticket."""
    Watcher.objects.get_or_create(user=user, **key_of(ticket))


def unwatch(ticket: Any, user: User) -> None:
    """Let somebody hear no more of a ticket."""
    Watcher.objects.filter(user=user, **key_of(ticket)).delete()


def watchers_of(ticket: Any) -> list[User]:
    """Return who watches a ticket."""
    watching = Watcher.objects.filter(**key_of(ticket))
    return list(User.objects.filter(pk__in=watching.values("user_id")).order_by("display_name", "pk"))


def may_see(ticket: Any, user: User) -> bool:
    """Say whether somebody may see a ticket by their own grants of today."""
    rows = type(ticket)._default_manager.visible_to(actor_for(user))
    return bool(rows.filter(pk=ticket.pk).exists())


def tell_watchers(ticket: Any, actor: Actor, what: str | Promise, key: str) -> None:
    """Tell those who watch and may still see the ticket, but not whoever did it."""
    users = [user for user in watchers_of(ticket) if user.pk != actor.user_id and may_see(ticket, user)]
    data = {"number": ticket.number, "title": ticket.title, "what": str(what)}
    send(notices.WATCHED, users, key=f"{ticket.number}:{key}", record=ticket, url=record_url(ticket), data=data)


def mentioned(text: str) -> list[Employee]:
    """Return the colleagues a text names by “@name”; of names that begin alike the longest counts."""
    wanted: list[list[str]] = []
    for piece in text.split("@")[1:]:
        wanted.append([piece[:length] for length in range(min(len(piece), LONGEST_NAME), 0, -1)])
    names = {name for group in wanted for name in group}
    if not names:
        return []
    found = Employee.objects.current().filter(name__in=names, left_on__isnull=True, user__isnull=False)
    by_name: dict[str, list[Employee]] = {}
    for person in found.select_related("user"):
        by_name.setdefault(person.name, []).append(person)
    people: dict[int, Employee] = {}
    for group in wanted:
        name = next((each for each in group if each in by_name), "")
        people |= {person.pk: person for person in by_name.get(name, [])}
    return list(people.values())


def follow_comment(ticket: Any, actor: Actor, said: TimelineEntry) -> None:
    """Tell those a comment names, and those who watch. A mention grants nothing: outsiders do not get the title."""
    named: set[int] = set()
    if not actor.external:
        for person in mentioned(said.text):
            user = person.user
            if user is None or user.pk == actor.user_id:
                continue
            named.add(user.pk)
            title = ticket.title if may_see(ticket, user) else "—"
            data = {"number": ticket.number, "title": title, "who": said.who}
            key = f"{ticket.number}:{said.pk}"
            send(notices.MENTIONED, [user], key=key, record=ticket, url=record_url(ticket), data=data)
    watching = [user for user in watchers_of(ticket) if user.pk not in named]
    if watching:
        tell_watchers(ticket, actor, _t("%(who)s has written") % {"who": said.who}, f"c{said.pk}")


@dataclass(frozen=True)
class Tie:
    """A link as one of its ends reads it."""

    pk: int
    words: str | Promise
    ticket: Any


def links_of(ticket: Any, actor: Actor) -> list[Tie]:
    """Return a ticket's links whose other end the actor may see."""
    here = key_of(ticket)
    out = TicketLink.objects.filter(source_type=here["record_type"], source_id=ticket.pk)
    back = TicketLink.objects.filter(target_type=here["record_type"], target_id=ticket.pk)
    ends: list[tuple[TicketLink, str | Promise, str, int]]
    ends = [(link, link.get_kind_display(), link.target_type, link.target_id) for link in out]
    ends += [(link, INVERSE[TicketLink.Kind(link.kind)], link.source_type, link.source_id) for link in back]
    seen: dict[tuple[str, int], Any] = {}
    for record_type in {end[2] for end in ends}:
        ids = [end[3] for end in ends if end[2] == record_type]
        model: Any = apps.get_model(record_type)
        seen |= {(record_type, row.pk): row for row in model.objects.visible_to(actor).filter(pk__in=ids)}
    return [Tie(link.pk, words, seen[kind, pk]) for link, words, kind, pk in ends if (kind, pk) in seen]


def find_ticket(number: str, actor: Actor) -> Any:
    """Return a ticket of any kind by its number, within the actor's scope; ValidationError when there is none."""
    for record_type in TICKET_TYPES:
        model: Any = apps.get_model(record_type)
        found = model.objects.visible_to(actor).current().filter(number=number.strip().upper()).first()
        if found is not None:
            return found
    raise ValidationError(_t("There is no %(numbers)s.") % {"numbers": number})


@transaction.atomic
def link(ticket: Any, other: Any, kind: str, actor: Actor) -> None:
    """Tie two tickets together and tell both stories."""
    if (ticket._meta.label, ticket.pk) == (other._meta.label, other.pk):
        raise ValidationError(_t("A ticket cannot be linked to itself."))
    if kind not in TicketLink.Kind.values:
        raise ValidationError(_t("There is no such kind of link."))
    _made, new = TicketLink.objects.get_or_create(
        kind=kind, source_type=ticket._meta.label_lower, source_id=ticket.pk,
        target_type=other._meta.label_lower, target_id=other.pk,
        defaults={"made_at": moment.now(), "made_by_id": actor.user_id},
    )  # fmt: skip
    if new:
        write_entry(actor, "link", record=ticket, changes={kind: [None, other.number]})
        for record, far in ((ticket, other), (other, ticket)):
            data = {"kind": kind, "number": far.number}
            entries.append(record, actor, TimelineEntry.Kind.EVENT, verb=LINKED, data=data)


@transaction.atomic
def unlink(ticket: Any, pk: int, actor: Actor) -> None:
    """Take a link of a ticket away."""
    tie = next((tie for tie in links_of(ticket, actor) if tie.pk == pk), None)
    if tie is None:
        return
    TicketLink.objects.filter(pk=pk).delete()
    write_entry(actor, "unlink", record=ticket, changes={"link": [tie.ticket.number, None]})
    entries.append(ticket, actor, TimelineEntry.Kind.EVENT, verb=UNLINKED, data={"number": tie.ticket.number})


SPLIT_COPIES = ("customer", "contact", "reported_by", "service", "team", "channel", "impact", "urgency")


@transaction.atomic
def split(ticket: Any, title: str, description: str, actor: Actor) -> Any:
    """Make a ticket of its own of what is a second matter, linked to the one it came from."""
    kept = {name: getattr(ticket, name) for name in SPLIT_COPIES}
    made = type(ticket)(title=title.strip()[:200], description=description.strip() or title, **kept)
    made.save_as(actor, links={"assets": list(ticket.assets.all())})
    link(made, ticket, TicketLink.Kind.SPLIT_FROM, actor)
    return made


def copy_watchers(source: Any, target: Any) -> None:
    """Let those who watched one ticket watch another too."""
    _add_watchers(target, Watcher.objects.filter(**key_of(source)).values_list("user_id", flat=True))


def _add_watchers(ticket: Any, user_ids: Iterable[int]) -> None:
    rows = [Watcher(user_id=pk, **key_of(ticket)) for pk in user_ids]
    Watcher.objects.bulk_create(rows, ignore_conflicts=True)
