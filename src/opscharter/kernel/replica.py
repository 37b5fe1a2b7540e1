"""Read-only pages from a streaming replica, for whom it shows everything they have written.

A page opts in by its class (`reads_replica = True`). Who asks and what they may do is always read from the primary, and
so is everything in a transaction, in a job and after a write. The replica serves while it is at most so many seconds
behind; positions are those of PostgreSQL's write-ahead log, as whole numbers of bytes.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.db import DEFAULT_DB_ALIAS, DatabaseError, InterfaceError, connections
from django.http import HttpRequest
from django.http.response import HttpResponseBase

ALIAS = "replica"
LOOK_EVERY = 0.5
"""Seconds between looks at the two positions."""
TRY_AGAIN = 5.0
"""Seconds for which a replica that does not answer is left alone."""
COOKIE = "written"
SALT = "opscharter.replica"
SAFE = ("GET", "HEAD")
log = logging.getLogger(__name__)


def configured() -> bool:
    """Say whether this installation has a replica."""
    return ALIAS in settings.DATABASES


@dataclass
class Course:
    """What one request does: whether it reads the replica at this moment, and whether it has written."""

    reading: bool = False
    wrote: bool = False


_course: ContextVar[Course | None] = ContextVar("replica_course", default=None)


@contextmanager
def primary() -> Iterator[None]:
    """Read and write the primary, without what is written there keeping the rest of a page from the replica."""
    before = _course.set(None)
    try:
        yield
    finally:
        _course.reset(before)


def pin() -> None:
    """Read the primary from here to the end of the request."""
    if course := _course.get():
        course.reading = False


class Router:
    """Django's question which database to ask."""

    def db_for_read(self, model: type[Any], **hints: Any) -> str:
        """Return the replica for a page that may read it; what a transaction reads belongs to what it writes."""
        course = _course.get()
        if course is None or not course.reading or connections[DEFAULT_DB_ALIAS].in_atomic_block:
            return DEFAULT_DB_ALIAS
        return ALIAS

    def db_for_write(self, model: type[Any], **hints: Any) -> str:
        """Return the primary; whoever writes reads there from now on. `select_for_update` counts as writing."""
        if course := _course.get():
            course.wrote, course.reading = True, False
        return DEFAULT_DB_ALIAS

    def allow_relation(self, one: Any, other: Any, **hints: Any) -> bool:
        """Let rows meet: both databases hold the same ones."""
        return True

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool:
        """Let only the primary be migrated."""
        return db == DEFAULT_DB_ALIAS


def written_to() -> int:
    """Return the primary's position after everything that was committed until now."""
    return _ask(DEFAULT_DB_ALIAS, "pg_current_wal_insert_lsn()") or 0


def _ask(alias: str, position: str) -> int | None:
    with connections[alias].cursor() as cursor:
        cursor.execute(f"SELECT {position} - '0/0'::pg_lsn")
        found = cursor.fetchone()[0]
    return None if found is None else int(found)


class Standing:
    """How far the replica has come, as one process knows it.

    Lag is told by this process's own clock: the replica has what the primary had at the last moment whose position it
    has replayed. So neither an idle primary nor clocks that differ nor a broken connection between the two deceives.
    """

    def __init__(
        self, most_lag: float, ask: Callable[[str, str], int | None] = _ask, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._most_lag, self._ask, self._clock = most_lag, ask, clock
        self._lock = threading.Lock()
        self._ahead: deque[tuple[float, int]] = deque(maxlen=2400)
        self._replayed = -1
        self._current_at = self._looked_at = self._away_until = float("-inf")
        self._said = ""

    def serves(self, position: int = 0) -> bool:
        """Say whether the replica may answer now to somebody who has written up to this position."""
        now = self._clock()
        if now < self._away_until:
            return False
        if (now - self._looked_at >= LOOK_EVERY or position > self._replayed) and not self._look():
            return False
        now = self._clock()
        # One that was too far behind comes back when it is well within the bound, not to and fro at its edge.
        if now - self._current_at > (self._most_lag / 2 if self._said else self._most_lag):
            # After a quiet hour, what it lacks may be from that hour or from this moment: only time tells.
            if self._ahead and now - self._ahead[0][0] > self._most_lag:
                self._say(f"the replica is more than {self._most_lag:g} s behind; pages are read from the primary")
            return False
        self._say("")
        return position <= self._replayed

    def lost(self, error: Exception | str) -> None:
        """Leave the replica alone for a while: it does not answer."""
        self._away_until = self._clock() + TRY_AGAIN
        connections[ALIAS].close()
        self._say(f"the replica does not answer; pages are read from the primary: {str(error).strip()}")

    def _look(self) -> bool:
        """Ask both for their positions; one thread does, the others go by what is known or to the primary."""
        if not self._lock.acquire(blocking=False):
            return self._clock() - self._looked_at < 2 * LOOK_EVERY
        try:
            asked_at = self._clock()
            self._ahead.append((asked_at, self._ask(DEFAULT_DB_ALIAS, "pg_current_wal_lsn()") or 0))
            replayed = self._ask_replica()
            if replayed is None:
                return False
            self._replayed, self._looked_at = replayed, asked_at
            while self._ahead and self._ahead[0][1] <= replayed:
                self._current_at = self._ahead.popleft()[0]
        finally:
            self._lock.release()
        return True

    def _ask_replica(self) -> int | None:
        try:
            replayed = self._ask(ALIAS, "pg_last_wal_replay_lsn()")
        except (DatabaseError, InterfaceError) as error:
            self.lost(error)
            return None
        if replayed is None:
            self.lost("DATABASE_REPLICA_URL names a server that replays nothing: it is no replica")
        return replayed

    def _say(self, words: str) -> None:
        if words != self._said:
            log.warning("%s", words or "pages are read from the replica again")
            self._said = words


class ReplicaMiddleware:
    """Sends read-only pages to the replica, and whoever has written to the primary until the replica has it too."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        if not configured():
            raise MiddlewareNotUsed
        self.get_response = get_response
        self.standing = Standing(settings.REPLICA_MOST_LAG)

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer one request, and remember what it has written."""
        course = Course()
        before = _course.set(course)
        try:
            response = self.get_response(request)
        finally:
            _course.reset(before)
        if course.wrote:
            self._remember(request, response)
        return response

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponseBase], args: Any, kwargs: Any
    ) -> HttpResponseBase | None:
        """Answer from the replica where it may; otherwise, or where that fails, Django asks the view as always.

        What the replica does not know (404) may be too new for it: the primary has the last word.
        """
        course = _course.get()
        if course is None or request.method not in SAFE or not _reads_replica(view):
            return None
        if not self._serves(request):
            return None
        course.reading = True
        try:
            response = view(request, *args, **kwargs)
            if hasattr(response, "render") and not getattr(response, "is_rendered", True):
                response.render()
        except Exception as error:  # whatever it is, the primary answers or raises it again where it is caught
            if isinstance(error, (DatabaseError, InterfaceError)) and not connections[ALIAS].is_usable():
                self.standing.lost(error)
            return None
        finally:
            course.reading = False
        if response.status_code == 404:
            return None
        if response.streaming:
            response.streaming_content = _from_replica(response.streaming_content)  # type: ignore[attr-defined]
        return response

    def _serves(self, request: HttpRequest) -> bool:
        written = request.get_signed_cookie(COOKIE, default="0", salt=SALT, max_age=_remembered())
        try:
            return self.standing.serves(int(written or 0))
        except (DatabaseError, InterfaceError):
            return False  # the primary's own failure: the view meets it as it would without a replica

    def _remember(self, request: HttpRequest, response: HttpResponseBase) -> None:
        """Note how far somebody has written: a key's in its own row, anyone else's in a signed cookie."""
        remember: Callable[[], None] | None = getattr(request, "remember_write", None)
        if remember is not None:
            remember()
            return
        response.set_signed_cookie(
            COOKIE, str(written_to()), salt=SALT, max_age=_remembered(),
            httponly=True, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE,
        )  # fmt: skip


def _remembered() -> int:
    """Return for how many seconds a write is remembered: after the longest lag, whatever serves has it anyhow."""
    return int(settings.REPLICA_MOST_LAG) + 5


def _reads_replica(view: Any) -> bool:
    shown = getattr(view, "view_class", None) or getattr(view, "cls", None)
    return bool(getattr(shown, "reads_replica", False))


def _from_replica(parts: Iterable[bytes]) -> Iterator[bytes]:
    """Hand on a file part by part; each is read from the replica, and nothing else that runs in between is."""
    iterator = iter(parts)
    while True:
        before = _course.set(Course(reading=True))
        try:
            part = next(iterator, None)
        finally:
            _course.reset(before)
        if part is None:
            return
        yield part
