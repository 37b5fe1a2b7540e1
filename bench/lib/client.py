"""A client that times: kept-alive connections on bare sockets, so that it costs little beside what it measures."""

from __future__ import annotations

import json
import re
import socket
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from urllib.parse import urlencode

HOST = "127.0.0.1"
TIMEOUT = 120.0


@dataclass(frozen=True)
class Request:
    """One request; `expect` are the statuses that count as answered (another one counts as an error)."""

    path: str
    method: str = "GET"
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()
    expect: tuple[int, ...] = (200,)

    def raw(self, cookie: str = "") -> bytes:
        """Return what goes over the wire."""
        head = {"Host": HOST, "Connection": "keep-alive", "Accept-Language": "zh-hant", **dict(self.headers)}
        if cookie:
            head["Cookie"] = cookie
        if self.body or self.method != "GET":
            head["Content-Length"] = str(len(self.body))
        lines = "".join(f"{name}: {value}\r\n" for name, value in head.items())
        return f"{self.method} {self.path} HTTP/1.1\r\n{lines}\r\n".encode() + self.body


def json_request(
    path: str, content: object, token: str, method: str = "POST", expect: tuple[int, ...] = (200, 201)
) -> Request:
    """Return a request of the API with a JSON body and a bearer token."""
    headers = (("Content-Type", "application/json"), ("Authorization", f"Bearer {token}"))
    return Request(path, method, json.dumps(content).encode(), headers, expect)


@dataclass(frozen=True)
class Answer:
    """What the server answered."""

    status: int
    headers: bytes
    body: bytes


class Connection:
    """One kept-alive connection; it opens itself again when the server has closed it."""

    def __init__(self, port: int, cookie: str = "") -> None:
        self.port, self.cookie = port, cookie
        self._socket: socket.socket | None = None
        self._rest = b""

    def ask(self, request: Request) -> Answer:
        """Send a request and read its answer; OSError when the server does not answer."""
        try:
            return self._exchange(request)
        except ConnectionError:
            self.close()
            return self._exchange(request)

    def _exchange(self, request: Request) -> Answer:
        if self._socket is None:
            self._socket = socket.create_connection((HOST, self.port), TIMEOUT)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket.sendall(request.raw(self.cookie))
        head = self._until(b"\r\n\r\n")
        status = int(head[9:12])
        lower = head.lower()
        if (found := re.search(rb"content-length: *(\d+)", lower)) is not None:
            body = self._exactly(int(found[1]))
        elif b"transfer-encoding: chunked" in lower:
            body = b"".join(self._chunks())
        else:
            body = b""
        if b"connection: close" in lower:
            self.close()
        return Answer(status, head, body)

    def _more(self) -> None:
        part = self._socket.recv(262_144) if self._socket else b""
        if not part:
            raise ConnectionResetError("the server closed the connection")
        self._rest += part

    def _until(self, mark: bytes) -> bytes:
        while (at := self._rest.find(mark)) < 0:
            self._more()
        found, self._rest = self._rest[:at], self._rest[at + len(mark) :]
        return found

    def _exactly(self, count: int) -> bytes:
        while len(self._rest) < count:
            self._more()
        found, self._rest = self._rest[:count], self._rest[count:]
        return found

    def _chunks(self) -> Iterator[bytes]:
        while size := int(self._until(b"\r\n").split(b";")[0], 16):
            yield self._exactly(size)
            self._exactly(2)
        self._until(b"\r\n")

    def close(self) -> None:
        """Close it."""
        if self._socket is not None:
            self._socket.close()
        self._socket, self._rest = None, b""


@dataclass
class Timing:
    """Many timed requests: milliseconds each, and how long all of them took together."""

    times: list[float] = field(default_factory=list)
    seconds: float = 0.0
    errors: list[str] = field(default_factory=list)

    def at(self, share: float) -> float:
        """Return the time below which so large a share of the requests stayed, in milliseconds (nearest rank)."""
        ordered = sorted(self.times)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else float("nan")

    @property
    def p50(self) -> float:
        """Return the median in milliseconds."""
        return self.at(0.5)

    @property
    def p95(self) -> float:
        """Return the 95th percentile in milliseconds."""
        return self.at(0.95)

    @property
    def per_second(self) -> float:
        """Return how many requests were answered in a second."""
        return len(self.times) / self.seconds if self.seconds else 0.0


def sign_in(port: int, username: str, password: str) -> str:
    """Sign in through the sign-in page; returns the cookies for further requests."""
    connection, path = Connection(port), "/accounts/login/"
    page = connection.ask(Request(path))
    token = re.search(rb'name="csrfmiddlewaretoken" value="([^"]+)"', page.body)
    jar = _cookies(page.headers)
    form = {"csrfmiddlewaretoken": token[1].decode() if token else "", "login": username, "password": password}
    connection.cookie = _written(jar)
    headers = (("Content-Type", "application/x-www-form-urlencoded"), ("Referer", f"http://{HOST}:{port}{path}"))
    answer = connection.ask(Request(path, "POST", urlencode(form).encode(), headers, (302,)))
    if answer.status != 302:
        raise RuntimeError(f"{username} cannot sign in: {answer.status}")
    connection.close()
    return _written(jar | _cookies(answer.headers))


def _cookies(headers: bytes) -> dict[str, str]:
    pairs = re.findall(rb"(?im)^set-cookie: *([^=]+)=([^;\r\n]*)", headers)
    return {name.decode(): value.decode() for name, value in pairs}


def _written(jar: dict[str, str]) -> str:
    return "; ".join(f"{name}={value}" for name, value in jar.items())


def csrf(cookie: str) -> str:
    """Return the CSRF token among cookies: what a form sends along."""
    return next((part.partition("=")[2] for part in cookie.split("; ") if part.startswith("csrftoken=")), "")


def measure(
    port: int,
    requests: Iterable[Request],
    *,
    connections: int = 1,
    seconds: float = 5.0,
    most: int = 100_000,
    warm: int = 3,
    cookie: str = "",
    check: Callable[[Answer], str] = lambda answer: "",
) -> Timing:
    """Send requests (taken in turn from `requests`, shared by all connections) for so long, or so many; time each.

    `warm` of them go first on each connection and are not counted. `check` says what is wrong with an answer.
    A source that runs dry ends the measurement.
    """
    timing, lock, source = Timing(), threading.Lock(), iter(requests)
    ready = threading.Barrier(connections + 1)
    until = [0.0]

    def following() -> Request | None:
        with lock:
            return next(source, None) if len(timing.times) < most else None

    def work() -> None:
        line = Connection(port, cookie)
        for _turn in range(warm):
            if (request := following()) is not None:
                line.ask(request)
        ready.wait()
        ready.wait()
        while time.perf_counter() < until[0] and (request := following()) is not None:
            begun = time.perf_counter()
            try:
                answer = line.ask(request)
                wrong = (
                    check(answer)
                    if answer.status in request.expect
                    else f"{request.path}: {answer.status} {answer.body[:120]!r}"
                )
            except OSError as error:
                wrong = f"{request.path}: {error}"
            took = (time.perf_counter() - begun) * 1000
            with lock:
                timing.errors.append(wrong) if wrong else timing.times.append(took)
        line.close()

    threads = [threading.Thread(target=work) for _number in range(connections)]
    for thread in threads:
        thread.start()
    ready.wait()
    begun = time.perf_counter()
    until[0] = begun + seconds
    ready.wait()
    for thread in threads:
        thread.join()
    timing.seconds = time.perf_counter() - begun
    return timing
