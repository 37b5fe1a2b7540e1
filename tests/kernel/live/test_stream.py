"""Streams: they hear of what their channels do and of nothing else, and one look serves all of them."""

import asyncio
import json
from contextlib import suppress

import pytest
from django.db import OperationalError

from opscharter.kernel.live.channels import Pass
from opscharter.kernel.live.stream import Hub, LiveStreams

QUICK = 0.005


class Board:
    """Channels in memory, with how often they were looked at."""

    def __init__(self):
        self.numbers, self.looks, self.broken = {}, 0, False

    def look(self):
        self.looks += 1
        if self.broken:
            raise OperationalError("away")
        return dict(self.numbers)

    def ask(self, names):
        return {name: self.numbers.get(name, 0) for name in names}

    def hub(self):
        return Hub(self.look, self.ask, QUICK)


class Page:
    """A browser that follows a stream."""

    def __init__(self, application, signed):
        self.sent, self.left = [], asyncio.Event()
        query = f"pass={signed}".encode()
        self.scope = {"type": "http", "method": "GET", "path": "/live/", "query_string": query,
                      "headers": [(b"accept", b"text/event-stream")]}  # fmt: skip
        self.task = asyncio.create_task(application(self.scope, self.receive, self.send))

    async def receive(self):
        await self.left.wait()
        return {"type": "http.disconnect"}

    async def send(self, message):
        self.sent.append(message)

    @property
    def heard(self):
        bodies = b"".join(message.get("body", b"") for message in self.sent).decode()
        return [json.loads(line[6:]) for line in bodies.splitlines() if line.startswith("data: ")]

    async def hears(self, wanted):
        async with asyncio.timeout(5):
            while wanted not in self.heard:
                await asyncio.sleep(QUICK)

    async def leave(self):
        self.left.set()
        await self.task


async def nothing_else(scope, receive, send):
    raise AssertionError("this was to be a stream")


def test_a_page_hears_at_once_where_its_channels_stand_and_then_what_moves_them():
    async def play():
        board = Board()
        board.numbers = {"chat:1": 4, "chat:2": 9}
        page = Page(LiveStreams(nothing_else, board.hub), Pass(("chat:1",)).sign())
        await page.hears({"chat:1": 4})
        board.numbers = {"chat:1": 5, "chat:2": 10}
        await page.hears({"chat:1": 5})
        assert "chat:2" not in str(page.heard)
        await page.leave()

    asyncio.run(play())


def test_a_hundred_pages_cost_one_look_and_none_when_all_have_left():
    async def play():
        board = Board()
        application = LiveStreams(nothing_else, board.hub)
        pages = [Page(application, Pass((f"chat:{n}", "desk")).sign()) for n in range(100)]
        for n, page in enumerate(pages):
            await page.hears({f"chat:{n}": 0, "desk": 0})
        begun = board.looks
        board.numbers = {"desk": 1}
        for page in pages:
            await page.hears({"desk": 1})
        assert board.looks - begun < 50, "far fewer looks than pages"
        for page in pages:
            await page.leave()
        await asyncio.sleep(4 * QUICK)
        ended = board.looks
        await asyncio.sleep(4 * QUICK)
        assert board.looks == ended

    asyncio.run(play())


def test_a_database_that_is_away_for_a_while_costs_nobody_the_stream():
    async def play():
        board = Board()
        page = Page(LiveStreams(nothing_else, board.hub), Pass(("desk",)).sign())
        await page.hears({"desk": 0})
        board.broken = True
        await asyncio.sleep(4 * QUICK)
        board.broken, board.numbers = False, {"desk": 3}
        await page.hears({"desk": 3})
        await page.leave()

    asyncio.run(play())


def test_a_forged_pass_gets_403_and_everything_else_goes_on_to_the_pages():
    async def play():
        passed_on = []

        async def rest(scope, receive, send):
            passed_on.append(scope["path"])

        application = LiveStreams(rest, Board().hub)
        page = Page(application, "forged")
        await page.task
        assert page.sent[0]["status"] == 403
        await application({**page.scope, "headers": []}, page.receive, page.send)
        await application({**page.scope, "path": "/"}, page.receive, page.send)
        await application({"type": "lifespan", "path": "lifespan"}, page.receive, page.send)
        assert passed_on == ["/live/", "/", "lifespan"]

    asyncio.run(play())


def test_the_streams_end_when_the_process_is_told_to_stop():
    async def play():
        application = LiveStreams(nothing_else, Board().hub)
        page = Page(application, Pass(("desk",)).sign())
        await page.hears({"desk": 0})
        application._closing.set()
        async with asyncio.timeout(5):
            await page.task

    with suppress(asyncio.CancelledError):
        asyncio.run(play())


@pytest.fixture(autouse=True)
def _signals_as_before():
    """Joining a stream takes SIGTERM; the tests give it back."""
    import signal

    before = signal.getsignal(signal.SIGTERM)
    yield
    signal.signal(signal.SIGTERM, before)
