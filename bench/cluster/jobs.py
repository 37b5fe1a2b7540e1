"""A job whose every effect can be counted: it inserts one row, in the transaction of the job."""

from __future__ import annotations

import time

from django.db import connection

from bench.cluster.reckoning import TABLE
from opscharter.kernel.jobs.queue import job

WORK = 0.12
"""Seconds that the job takes after it has written, so that a kill often meets it half-way."""


def make_table() -> None:
    """Make the table of effects; it has no key on purpose, so that what is done twice is there twice."""
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE {TABLE} (number int NOT NULL)")


@job(retries=5)
def leave_mark(number: int) -> None:
    """Write the number down."""
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {TABLE} (number) VALUES (%s)", [number])
    time.sleep(WORK)
