"""Streams of server-sent events that hold no thread: one look at the database a process, however many pages are open.

A stream says only "channel X stands at N". Whoever hears it asks for the rest by an ordinary request of their own.
"""

from __future__ import annotations

import asyncio
import json
import logging
import signal
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Mapping, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from types import FrameType
from typing import Any
from urllib.parse import parse_qs

from django.db import DatabaseError, close_old_connections, connection

from opscharter.kernel.live.channels import numbers_of, read_pass, recently_touched

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Any, Receive, Send], Awaitable[None]]

ADDRESS = "/live/"
LOOK_EVERY = 0.5
"""Seconds between looks at the channels, while somebody follows one."""
PING_EVERY = 20.0
"""Seconds after which a word is sent into a silent stream, so that proxies keep it and closed ones are noticed."""
LONGEST = 3600.0
"""Seconds after which a stream ends; the browser opens another, and shows its pass again."""
MOST = 2000
"""Streams that one process keeps; further pages ask every few seconds instead."""
HEADERS = [
    (b"content-type", b"text/event-stream"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
]
log = logging.getLogger(__name__)


class Listener:
    """One open page: the channels it follows, and what it has not been told yet."""

    def __init__(self, names: Iterable[str]) -> None:
        self.names = frozenset(names)
        self.news: dict[str, int] = {}
        self.waker = asyncio.Event()

    def hear(self, name: str, number: int) -> None:
        """Keep what is to be told and wake whoever tells it."""
        self.news[name] = number
        self.waker.set()

    async def take(self, patience: float) -> dict[str, int]:
        """Wait for news at most so many seconds and return them."""
        try:
            await asyncio.wait_for(self.waker.wait(), patience)
        except TimeoutError:
            return {}
        self.waker.clear()
        news, self.news = self.news, {}
        return news


class Hub:
    """The listeners of one process, and the one task that looks at the database for all of them."""

    def __init__(
        self,
        look: Callable[[], Mapping[str, int]] = recently_touched,
        ask: Callable[[Iterable[str]], Mapping[str, int]] = numbers_of,
        every: float = LOOK_EVERY,
    ) -> None:
        self._look, self._ask, self._every = look, ask, every
        self._known: dict[str, int] = {}
        self._listeners: dict[str, set[Listener]] = defaultdict(set)
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="live")
        self._task: asyncio.Task[None] | None = None
        self.count = 0

    async def _in_thread(self, function: Callable[..., Mapping[str, int]], *arguments: Any) -> Mapping[str, int]:
        def run() -> Mapping[str, int]:
            close_old_connections()
            try:
                return function(*arguments)
            except DatabaseError:
                connection.close()
                raise

        return await asyncio.get_running_loop().run_in_executor(self._thread, run)

    async def join(self, names: Iterable[str]) -> Listener:
        """Return a listener that first hears where its channels stand, then whatever moves them."""
        listener = Listener(names)
        for name in listener.names:
            self._listeners[name].add(listener)
        self.count += 1
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._watch())
        try:
            self._tell(await self._in_thread(self._ask, sorted(listener.names)), also=listener)
        except DatabaseError:
            self.part(listener)
            raise
        return listener

    def part(self, listener: Listener) -> None:
        """Forget a listener; with the last one the looking ends."""
        self.count -= 1
        for name in listener.names:
            self._listeners[name].discard(listener)
            if not self._listeners[name]:
                del self._listeners[name]
                self._known.pop(name, None)

    def _tell(self, numbers: Mapping[str, int], also: Listener | None = None) -> None:
        for name, number in numbers.items():
            if also is not None:
                also.hear(name, number)
            if name in self._listeners and number > self._known.get(name, -1):
                self._known[name] = number
                for listener in self._listeners[name]:
                    listener.hear(name, number)

    async def _watch(self) -> None:
        while self._listeners:
            try:
                self._tell(await self._in_thread(self._look))
            except DatabaseError as error:
                log.warning("live pages cannot be told of changes: %s", error)
            await asyncio.sleep(self._every)


class LiveStreams:
    """The ASGI application that keeps the streams and hands everything else on."""

    def __init__(self, rest: App, hub: Callable[[], Hub] = Hub) -> None:
        self._rest, self._make_hub = rest, hub
        self._hub: Hub | None = None
        self._closing = asyncio.Event()

    async def __call__(self, scope: Any, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] == "http" and self._is_stream(scope):
            await self._stream(scope, receive, send)
            return

        async def received() -> Message:  # a server may give any awaitable, a2wsgi wants a coroutine
            return await receive()

        await self._rest(scope, received, send)

    def _is_stream(self, scope: Any) -> bool:
        if scope["path"] != ADDRESS or scope["method"] != "GET" or (self._hub and self._hub.count >= MOST):
            return False
        return any(name == b"accept" and b"text/event-stream" in value for name, value in scope["headers"])

    async def _stream(self, scope: Any, receive: Receive, send: Send) -> None:
        query = parse_qs(scope["query_string"].decode("latin-1"))
        mine = read_pass(query.get("pass", [""])[0])
        if mine is None:
            await send({"type": "http.response.start", "status": 403, "headers": []})
            await send({"type": "http.response.body", "body": b""})
            return
        if self._hub is None:
            self._hub = self._make_hub()
            _on_stop(self._closing)
        listener = await self._hub.join(mine.channels)
        ends = [asyncio.create_task(_until_left(receive)), asyncio.create_task(_until_set(self._closing))]
        teller = asyncio.create_task(_tell(listener, send))
        try:
            await asyncio.wait([teller, *ends], timeout=LONGEST, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._hub.part(listener)
            for task in (teller, *ends):
                task.cancel()
            await asyncio.gather(teller, *ends, return_exceptions=True)
        if not ends[0].done() or ends[0].cancelled():  # the page is still there: end properly
            await send({"type": "http.response.body", "body": b""})


async def _tell(listener: Listener, send: Send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
    await send({"type": "http.response.body", "body": b"retry: 3000\n\n", "more_body": True})
    while True:
        news = await listener.take(PING_EVERY)
        text = f"data: {json.dumps(news)}\n\n" if news else ": still here\n\n"
        await send({"type": "http.response.body", "body": text.encode(), "more_body": True})


async def _until_left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _until_set(event: asyncio.Event) -> None:
    await event.wait()


def _on_stop(closing: asyncio.Event) -> None:
    """End the streams when the process is told to stop: the server would wait for them until it is killed.

    The server's own handler hangs on the loop's wake-up and still runs.
    """
    loop = asyncio.get_running_loop()
    before = signal.getsignal(signal.SIGTERM)

    def stop(number: int, frame: FrameType | None) -> None:
        loop.call_soon_threadsafe(closing.set)
        if callable(before):
            before(number, frame)

    with suppress(ValueError):  # not the main thread: somebody else's server, which has its own way to stop
        signal.signal(signal.SIGTERM, stop)
        signal.siginterrupt(signal.SIGTERM, False)
