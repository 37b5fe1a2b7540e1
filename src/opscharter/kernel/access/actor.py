"""The actor: who does something, by which way, and which grants they hold at this moment."""

from __future__ import annotations

import datetime as dt
from collections import OrderedDict
from collections.abc import Callable, Mapping
from copy import copy
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from opscharter.kernel import moment
from opscharter.kernel.access.revision import present
from opscharter.kernel.replica import primary

if TYPE_CHECKING:
    from opscharter.kernel.users.models import User

ANY = "*"


class Reach(TextChoices):
    """How far a grant reaches over the rows of a record type."""

    OWN = "own", _("own")
    TEAM = "team", _("team")
    DEPARTMENT = "department", _("department")
    DEPARTMENT_TREE = "department-tree", _("department and below")
    CUSTOMER = "customer", _("customer")
    ALL = "all", _("all")


@dataclass(frozen=True)
class Grant:
    """Leave to do `action` on `record_type` within `reach`; `*` stands for any, `service.*` for a whole chapter."""

    record_type: str
    action: str
    reach: str
    role: str = ""

    def covers(self, record_type: str, action: str) -> bool:
        """Say whether this grant speaks of the record type and the action."""
        chapter = record_type.partition(".")[0]
        return self.record_type in (ANY, record_type, f"{chapter}.*") and self.action in (ANY, action)


@dataclass(frozen=True)
class Actor:
    """A person or job acting: identity, grants, and the ids that bound each reach.

    `units` maps a reach to department ids; `customers` are the customer ids within the customer reach.
    `represents` are the persons for whom this one stands in today: what separates duties holds for both.
    An `external` actor is a customer's contact (`contact_id`): of a record it sees only what is meant for customers.
    """

    user: User | None = None
    person_id: int | None = None
    contact_id: int | None = None
    label: str = ""
    roles: frozenset[str] = frozenset()
    grants: tuple[Grant, ...] = ()
    units: Mapping[str, frozenset[int]] = field(default_factory=dict)
    customers: frozenset[int] = frozenset()
    represents: frozenset[int] = frozenset()
    via: str = "page"
    address: str = ""
    system: bool = False
    external: bool = False

    @property
    def user_id(self) -> int | None:
        """Return the account's id, or None for jobs and visitors."""
        return self.user.pk if self.user else None

    @cached_property
    def _reaches(self) -> dict[tuple[str, str], frozenset[str]]:
        return {}

    def reaches(self, record_type: str, action: str) -> frozenset[str]:
        """Return every reach granted for the action on the record type; empty means denied."""
        if self.system:
            return frozenset({Reach.ALL.value})
        key = (record_type, action)
        if key not in self._reaches:
            self._reaches[key] = frozenset(g.reach for g in self.grants if g.covers(record_type, action))
        return self._reaches[key]

    def holds(self, record_type: str, action: str) -> bool:
        """Say whether the very action is granted by its name: leave for everything (the administrator's) is not."""
        return self.system or any(g.action == action and g.covers(record_type, action) for g in self.grants)

    def may(self, record_type: str, action: str) -> bool:
        """Say whether the action is granted at all, over whatever rows."""
        return bool(self.reaches(record_type, action))

    def by(self, via: str, address: str = "") -> Actor:
        """Return the same actor coming by another way (page, api, import, job, mail)."""
        return self._with(via=via, address=address or self.address)

    def _with(self, **circumstances: object) -> Actor:
        """Return a copy in other circumstances that shares what was found out about the grants."""
        self._reaches  # noqa: B018  # made now, so that every copy fills and reads the same one
        other = copy(self)
        other.__dict__.update(circumstances)
        return other


NOBODY = Actor()


def system_actor(via: str = "job") -> Actor:
    """Return the actor of jobs and installation steps: may see all rows; guards bind it like anyone."""
    return Actor(system=True, via=via, label="OpsCharter")


_provider: list[Callable[[User], Actor]] = []
_kept: OrderedDict[int, tuple[tuple[str, dt.date], Actor]] = OrderedDict()
MOST_KEPT = 1000
"""So many actors a process keeps, the least recently seen goes first."""


def install_provider(provider: Callable[[User], Actor]) -> None:
    """Name the function that builds an actor from an account (the organization chapter's)."""
    _provider[:] = [provider]


def actor_for(user: User | None) -> Actor:
    """Return the actor of an account, with all its grants of today; nobody for visitors.

    Building one costs half a dozen queries; it is kept until somebody's posts, roles or grants change, or the day does.
    """
    if user is None or not user.is_authenticated or not user.is_active:
        return NOBODY
    if not _provider:
        return Actor(user=user)
    with primary():  # a replica may not yet know what was taken from somebody
        return _actor_of(user)


def _actor_of(user: User) -> Actor:
    mark = present()
    state = (mark, moment.today())
    kept = _kept.get(user.pk)
    if kept is not None and mark and kept[0] == state:
        _kept.move_to_end(user.pk)
        return kept[1]._with(user=user)
    actor = _provider[0](user)
    if mark:
        _kept[user.pk] = (state, actor)
        if len(_kept) > MOST_KEPT:
            _kept.popitem(last=False)
    return actor
