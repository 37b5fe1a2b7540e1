"""The kernel's one source of the present, so that a lived history can be replayed at its own times."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.utils import timezone

_moment: ContextVar[dt.datetime | None] = ContextVar("moment", default=None)


def now() -> dt.datetime:
    """Return the present as an aware datetime; inside `at` the moment given there."""
    return _moment.get() or timezone.now()


def today() -> dt.date:
    """Return today's date in the office's time zone."""
    return in_office(now()).date()


def in_office(value: dt.datetime) -> dt.datetime:
    """Return a moment by the office's clock, whatever zone the person who looks at it has chosen."""
    return timezone.localtime(value, timezone.get_default_timezone())


def first_of(day: dt.date) -> dt.datetime:
    """Return the first moment of a day by the office's clock."""
    return dt.datetime.combine(day, dt.time(), timezone.get_default_timezone())


def last_of(day: dt.date) -> dt.datetime:
    """Return the last moment of a day by the office's clock."""
    midnight = dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), timezone.get_default_timezone())
    return midnight - dt.timedelta(microseconds=1)


@contextmanager
def at(moment: dt.datetime) -> Iterator[None]:
    """Let everything inside happen at `moment`: the demo company and imports live their history through it."""
    if timezone.is_naive(moment):
        raise ValueError("a moment must be an aware datetime")
    token = _moment.set(moment)
    try:
        yield
    finally:
        _moment.reset(token)
