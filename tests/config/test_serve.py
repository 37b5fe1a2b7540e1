"""`opscharter serve`, started for real: web server, worker, signals, a busy port."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from pathlib import Path

import pytest
from django.core import signing

from opscharter.kernel.live.channels import SALT

SERVE = [sys.executable, "-c", "from opscharter.cli import main; main()", "serve", "--no-demo"]
PATIENCE = 120


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def children_of(pid: int) -> set[int]:
    """Return all descendants of a process."""
    direct = {int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()}
    return direct.union(*(children_of(child) for child in direct)) if direct else direct


def is_alive(pid: int) -> bool:
    status = Path(f"/proc/{pid}/status")
    return status.exists() and "State:\tZ" not in status.read_text()


class Server:
    """A running `opscharter serve` with a data folder of its own."""

    def __init__(self, data: Path, port: int, *arguments: str) -> None:
        environment = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "SECRET_KEY")}
        environment |= {"OPSCHARTER_DATA": str(data), "PORT": str(port), "PYTHONUNBUFFERED": "1"}
        self.port = port
        self.process = subprocess.Popen(
            [*SERVE, *arguments], env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )

    def read_until(self, words: str) -> str:
        """Read what it prints up to the line that holds the words."""
        read = []
        until = time.monotonic() + PATIENCE
        assert self.process.stdout is not None
        while time.monotonic() < until:
            line = self.process.stdout.readline()
            read.append(line)
            if words in line:
                return "".join(read)
            if not line:
                break
        raise AssertionError(f"{words!r} was not printed, but:\n{''.join(read)}")

    def stop(self, number: int) -> str:
        """Send a signal and return the last words."""
        self.process.send_signal(number)
        rest, _nothing = self.process.communicate(timeout=PATIENCE)
        return rest


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("serve")


@pytest.fixture
def start(data: Path):
    """Start servers that are certainly gone when the test is over."""
    started: list[Server] = []

    def begin(*arguments: str, port: int | None = None) -> Server:
        started.append(Server(data, port or free_port(), *arguments))
        return started[-1]

    yield begin
    for server in started:
        if server.process.poll() is None:
            server.process.terminate()
            server.process.wait(PATIENCE)


def test_serve_migrates_an_empty_folder_answers_and_leaves_nothing_behind_on_ctrl_c(start, data):
    server = start()
    told = server.read_until("Ctrl-C stops it")
    assert f"http://127.0.0.1:{server.port}/" in told
    with urllib.request.urlopen(f"http://127.0.0.1:{server.port}/accounts/login/", timeout=30) as page:
        assert page.status == 200
        assert "csrfmiddlewaretoken" in page.read().decode()
    assert (data / "opscharter.sqlite3").is_file()
    assert (data / "secret_key").stat().st_mode & 0o077 == 0

    until = time.monotonic() + PATIENCE
    while len(family := children_of(server.process.pid)) < 3 and time.monotonic() < until:
        time.sleep(0.1)
    assert len(family) >= 3, "the web server, its process, and the worker"
    last_words = server.stop(signal.SIGINT)
    assert server.process.returncode == 0
    assert "Traceback" not in told + last_words
    assert "has stopped" in last_words
    assert not [pid for pid in family if is_alive(pid)]


def test_serve_starts_again_at_once_and_stops_on_sigterm(start):
    server = start("--no-worker")
    told = server.read_until("Ctrl-C stops it")
    assert "up to date" not in told, "nothing was to be migrated"
    family = children_of(server.process.pid)
    last_words = server.stop(signal.SIGTERM)
    assert server.process.returncode == 0
    assert "Traceback" not in last_words
    assert not [pid for pid in family if is_alive(pid)]


def test_an_open_stream_takes_no_thread_hears_what_a_page_does_and_does_not_hold_up_the_stop(start, data):
    server = start("--no-worker")
    server.read_until("Ctrl-C stops it")
    live = f"http://127.0.0.1:{server.port}/live/"
    signed = signing.dumps(
        [["desk"], "u1", "Li", False], key=(data / "secret_key").read_text(), salt=SALT, compress=True
    )
    asked = urllib.request.Request(f"{live}?pass={signed}", headers={"Accept": "text/event-stream"})
    streams = [urllib.request.urlopen(asked, timeout=30) for _each in range(8)]
    told = urllib.parse.urlencode({"pass": signed, "doing": "views"}).encode()
    assert urllib.request.urlopen(live, told, timeout=30).status == 200, "more streams than threads, and pages go on"
    heard = [next(line for line in stream if b'"desk": 1' in line) for stream in streams]
    assert len(heard) == 8
    begun = time.monotonic()
    server.stop(signal.SIGTERM)
    assert server.process.returncode == 0
    assert time.monotonic() - begun < 6
    assert streams[0].read().endswith(b"\n")


def test_serve_says_in_one_line_that_the_port_is_in_use(start):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        server = start(port=port)
        told, _nothing = server.process.communicate(timeout=PATIENCE)
    assert server.process.returncode == 1
    assert told.strip().count("\n") == 0
    assert f"Port {port}" in told


def test_when_the_web_server_falls_everything_stops_and_says_so(start):
    server = start()
    server.read_until("Ctrl-C stops it")
    web = min(children_of(server.process.pid))
    family = children_of(server.process.pid)
    os.kill(web, signal.SIGKILL)
    told, _nothing = server.process.communicate(timeout=PATIENCE)
    assert server.process.returncode == 1
    assert "The web process ended unexpectedly" in told
    until = time.monotonic() + 15
    while any(is_alive(pid) for pid in family) and time.monotonic() < until:
        time.sleep(0.1)
    assert not [pid for pid in family if is_alive(pid)]
