"""Jobs that tests queue: a job is found again by its module and name, so it stands at the top of a module."""

from __future__ import annotations

import os
import signal
import threading
import time

from opscharter.kernel.jobs.models import ScheduleState
from opscharter.kernel.jobs.queue import job
from opscharter.kernel.moment import now

DONE: list[str] = []
"""What was done, in order; the fixture `done` empties it."""
_lock = threading.Lock()


@job()
def note(word: str) -> str:
    """Write a word down."""
    time.sleep(0.01)
    with _lock:
        DONE.append(word)
    return word


@job(priority=10)
def note_first(word: str) -> None:
    """Write a word down before others."""
    DONE.append(word)


@job(retries=2)
def stumble() -> None:
    """Store something, then fail."""
    DONE.append("stumbled")
    ScheduleState.objects.create(code="left behind", next_run=now())
    raise RuntimeError("no luck")


@job(retries=0)
def stumble_once() -> None:
    """Fail; there is no second try."""
    raise RuntimeError("no luck")


@job(retries=2)
def third_time_lucky() -> None:
    """Fail twice."""
    DONE.append("tried")
    if DONE.count("tried") < 3:
        raise RuntimeError("no luck")


@job()
def be_stopped() -> None:
    """Be told to stop in the midst, and finish nevertheless."""
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(0.05)
    DONE.append("finished")


@job()
def leave_something() -> None:
    """Store something."""
    DONE.append("left")
    ScheduleState.objects.create(code="left behind", next_run=now())


@job()
def note_both() -> str:
    """Do another job as a part of this one."""
    note.call("first")
    note.call("second")
    return "both"
