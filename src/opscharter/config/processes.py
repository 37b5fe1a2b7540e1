"""The processes of one installation on one machine: started together, watched, stopped together."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import closing, suppress
from types import FrameType

GRACE = 10.0
"""Seconds a process has to finish what it is doing after it was told to stop."""
GLANCE = 0.1
"""Seconds between looks at the processes."""


def port_is_free(host: str, port: int) -> bool:
    """Say whether a server could listen on the port (one that has just been left counts as free)."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with closing(socket.socket(family, socket.SOCK_STREAM)) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def answers(host: str, port: int) -> bool:
    """Say whether a web server answers on the port, whatever it answers."""
    reachable = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
    with closing(http.client.HTTPConnection(reachable, port, timeout=5)) as connection:
        try:
            connection.request("HEAD", "/static/opscharter/seal.svg")
            connection.getresponse()
        except (OSError, http.client.HTTPException):
            return False
    return True


def web_command(
    host: str, port: int, workers: int, application: str = "opscharter.config.asgi:application"
) -> list[str]:
    """Return the Python arguments that start the web server."""
    return [
        *("-m", "granian", application, "--interface", "asgi", "--no-ws"),
        *("--host", host, "--port", str(port), "--workers", str(workers)),
        *("--log-level", "warning", "--workers-kill-timeout", "8"),
    ]


class Processes:
    """Child processes that live and die together.

    Each child leads a session of its own, so a Ctrl-C at the terminal reaches only this process, which then tells the
    children in good order.
    """

    def __init__(self) -> None:
        self._children: dict[str, subprocess.Popen[bytes]] = {}
        self._told_to_stop = False

    def listen_for_stop(self) -> None:
        """Take Ctrl-C, SIGTERM and the closing of the terminal as the wish to stop, from now on."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._stop_asked)

    def _stop_asked(self, number: int, frame: FrameType | None) -> None:
        self._told_to_stop = True

    def start(self, name: str, command: Sequence[str]) -> None:
        """Start a Python process, such as `["-m", "django", "worker"]`."""
        self._children[name] = subprocess.Popen([sys.executable, *command], start_new_session=True)

    def fallen(self) -> str:
        """Return the name of a child that has ended by itself, or an empty text."""
        return next((name for name, child in self._children.items() if child.poll() is not None), "")

    def wait_until_up(self, host: str, port: int, seconds: float = 60.0) -> bool:
        """Wait until the port answers; False when a child fell, a stop was asked for, or time ran out."""
        until = time.monotonic() + seconds
        while not (self._told_to_stop or self.fallen()) and time.monotonic() < until:
            if answers(host, port):
                return True
            time.sleep(GLANCE)
        return False

    def watch(self) -> str:
        """Wait for the wish to stop; returns the name of the child that ended before it came, or an empty text."""
        while not self._told_to_stop:
            if name := self.fallen():
                return name
            time.sleep(GLANCE)
        return ""

    def stop(self) -> None:
        """Tell every child to finish and wait for it; whatever is left of its session after its grace is ended."""
        for child in self._children.values():
            if child.poll() is None:
                child.terminate()
        until = time.monotonic() + GRACE
        for child in self._children.values():
            with suppress(subprocess.TimeoutExpired):
                child.wait(max(0.0, until - time.monotonic()))
            with suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGKILL)
            child.wait()
