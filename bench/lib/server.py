"""The product's processes (or the floor's) as an installation runs them: started, waited for, stopped."""

from __future__ import annotations

import http.client
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from bench.lib.memory import resident
from bench.lib.places import Place, free_port
from opscharter.config.processes import web_command

HOST = "127.0.0.1"
UP_WITHIN = 90.0
GRACE = 10.0


@dataclass
class Served:
    """A running web server with, perhaps, a worker beside it."""

    port: int
    started: float
    """Seconds from the start of the process until it answered."""
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def memory(self) -> dict[str, float]:
        """Return the resident memory of each process with its children, in MB."""
        return {name: resident(process.pid) for name, process in self.processes.items()}


def start(place: Place, arguments: Sequence[str], **environment: str) -> subprocess.Popen[bytes]:
    """Start a Python process of the product in a place, such as `["-m", "django", "worker"]`."""
    return subprocess.Popen([sys.executable, *arguments], env=place.environment(**environment), start_new_session=True)


def stop(process: subprocess.Popen[bytes]) -> None:
    """Tell a process to finish; after its grace whatever is left of its session is ended."""
    if process.poll() is None:
        process.terminate()
    with suppress(subprocess.TimeoutExpired):
        process.wait(GRACE)
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def wait_until_up(
    port: int, process: subprocess.Popen[bytes], path: str = "/health", within: float = UP_WITHIN
) -> None:
    """Wait until the server answers at all; RuntimeError when it fell or time ran out."""
    until = time.monotonic() + within
    while time.monotonic() < until:
        if process.poll() is not None:
            raise RuntimeError(f"the server ended with {process.returncode}")
        connection = http.client.HTTPConnection(HOST, port, timeout=20)
        try:
            connection.request("GET", path)
            connection.getresponse().read()
            return
        except (OSError, http.client.HTTPException):
            time.sleep(0.02)
        finally:
            connection.close()
    raise RuntimeError("the server does not answer")


@contextmanager
def serving(
    place: Place,
    *,
    workers: int = 1,
    worker: bool = False,
    application: str = "opscharter.config.asgi:application",
    path: str = "/health",
    **environment: str,
) -> Iterator[Served]:
    """Serve an application in a place with so many web processes, `worker`: one that works jobs too; yields Served."""
    port = free_port()
    begun = time.monotonic()
    served = Served(port, 0.0)
    try:
        served.processes["web"] = start(place, web_command(HOST, port, workers, application), **environment)
        wait_until_up(port, served.processes["web"], path)
        served.started = time.monotonic() - begun
        if worker:
            served.processes["worker"] = start(place, ["-m", "django", "worker"], **environment)
        yield served
    finally:
        for process in served.processes.values():
            stop(process)
