"""The load: people who read, programs that create with a key and read back, engineers who take tickets on.

Nothing is sent that a real client would not send: nginx asks the other node again only for what is safe (GET); a create
carries an Idempotency-Key and is sent again by the client; before a step is sent again, the client looks whether it was
taken. A request has failed when five tries over some seconds did not bring it about.
"""

from __future__ import annotations

import itertools
import json
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from bench.lib.client import Answer, Connection, Request, json_request

TRIES, PAUSE = 5, 0.5
INCIDENTS = "/api/v1/service/incidents/"


@dataclass
class Book:
    """What was asked and what came of it."""

    counts: Counter[str] = field(default_factory=Counter)
    done: list[tuple[float, str]] = field(default_factory=list)
    """When each request was answered, and of which kind it was."""
    failed: list[str] = field(default_factory=list)
    created: list[tuple[int, str]] = field(default_factory=list)
    """Id and title of what was created."""
    moved: list[int] = field(default_factory=list)
    unseen: int = 0
    """Own writes that the writer's next page did not show."""
    lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, kind: str, tries: int) -> None:
        """Note that a request was answered at last."""
        with self.lock:
            self.done.append((time.monotonic(), kind))
            self.counts[kind] += 1
            self.counts["sent again by the client"] += tries - 1

    def fail(self, kind: str, words: str) -> None:
        """Note that a request was given up."""
        with self.lock:
            self.failed.append(f"{kind}: {words}")


@dataclass
class Load:
    """Clients that go on until told to stop."""

    port: int
    token: str
    sessions: list[str]
    customer: int
    book: Book = field(default_factory=Book)
    stopped: threading.Event = field(default_factory=threading.Event)
    threads: list[threading.Thread] = field(default_factory=list)

    def begin(self, readers: int, creators: int) -> None:
        """Start the clients."""
        jobs: list[Callable[[], None]] = []
        for number in range(readers):
            cookie = self.sessions[number % len(self.sessions)]
            jobs.append(lambda cookie=cookie: self._read(cookie))  # type: ignore[misc]
        jobs += [self._create] * creators
        self.threads = [threading.Thread(target=job) for job in jobs]
        for thread in self.threads:
            thread.start()

    def end(self) -> None:
        """Stop the clients and wait for their last answers."""
        self.stopped.set()
        for thread in self.threads:
            thread.join()

    def _ask(self, line: Connection, kind: str, request: Request, settled: Callable[[], bool] | None = None) -> Answer:
        """Send a request until it is answered; `settled` says whether an unanswered one took effect nevertheless."""
        said = ""
        for tried in range(1, TRIES + 1):
            try:
                answer = line.ask(request)
                if answer.status in request.expect:
                    self.book.note(kind, tried)
                    return answer
                said = f"{answer.status} {answer.body[:150]!r}"
            except OSError as error:
                line.close()
                said = str(error)
            if settled is not None and settled():
                self.book.note(kind, tried)
                return Answer(200, b"", b"{}")
            time.sleep(PAUSE)
        self.book.fail(kind, f"{request.method} {request.path} {said}")
        return Answer(0, b"", b"{}")

    def _read(self, cookie: str) -> None:
        line = Connection(self.port, cookie)
        for turn in itertools.count():
            if self.stopped.is_set():
                break
            self._ask(line, "list", Request("/service/incidents/" if turn % 2 else "/service/incidents/?state=CLOSED"))
            with self.book.lock:
                pk = self.book.created[-1 - turn % 20][0] if len(self.book.created) > 20 else 0
            if pk:
                self._ask(line, "detail", Request(f"/service/incidents/{pk}/"))
            self._ask(line, "search", Request("/find/?q=%E7%B6%B2%E7%B5%A1"))
        line.close()

    def _create(self) -> None:
        line = Connection(self.port)
        while not self.stopped.is_set():
            title = f"Cluster {uuid.uuid4().hex}"
            body = {"title": title, "description": "…", "urgency": 2, "customer": self.customer}
            request = json_request(INCIDENTS, body, self.token, expect=(201,))
            key = (("Idempotency-Key", uuid.uuid4().hex),)
            answer = self._ask(
                line, "create", Request(request.path, "POST", request.body, request.headers + key, (201,))
            )
            if answer.status != 201:
                self.stopped.wait(PAUSE)
                continue
            pk = int(json.loads(answer.body)["id"])
            with self.book.lock:
                self.book.created.append((pk, title))
            bearer = (("Authorization", f"Bearer {self.token}"),)
            seen = self._ask(line, "API list", Request(INCIDENTS, headers=bearer))
            if seen.status == 200 and title.encode() not in seen.body:
                self.book.unseen += 1
            self._take_on(line, pk, Request(f"{INCIDENTS}{pk}/", headers=bearer))
        line.close()

    def _take_on(self, line: Connection, pk: int, look: Request) -> None:
        """Take the ticket on, and look whether the next page knows."""

        def taken() -> bool:
            with_line = Connection(self.port)
            try:
                answer = with_line.ask(look)
                return answer.status == 200 and json.loads(answer.body)["state"] == "IN_PROGRESS"
            except OSError:
                return False
            finally:
                with_line.close()

        answer = self._ask(line, "move", json_request(f"{INCIDENTS}{pk}/moves/accept/", {}, self.token), taken)
        if answer.status == 200:
            with self.book.lock:
                self.book.moved.append(pk)
            detail = self._ask(line, "API detail", look)
            if detail.status == 200 and json.loads(detail.body)["state"] != "IN_PROGRESS":
                self.book.unseen += 1
