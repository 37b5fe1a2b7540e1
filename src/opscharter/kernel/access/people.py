"""Colleagues: the accounts that a record may name as owner or decider. Who works here the organization says."""

from __future__ import annotations

from collections.abc import Callable

from django.db.models import Q, QuerySet

from opscharter.kernel.users.models import User

_condition: list[Callable[[], Q]] = [Q]


def install_colleagues(condition: Callable[[], Q]) -> None:
    """Name the condition under which an account belongs to somebody who works here (the organization's)."""
    _condition[:] = [condition]


def colleagues() -> QuerySet[User]:
    """Return the active accounts of people who work here; customers' contacts are none of them."""
    return User.objects.filter(_condition[0](), is_active=True)


def named(text: str) -> Q:
    """Return the condition on accounts whose name holds a text."""
    return Q(display_name__icontains=text) | Q(username__icontains=text)
