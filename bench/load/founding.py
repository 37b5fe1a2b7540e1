"""The company in which everything is measured: the demo's, small; founded once a place."""

from __future__ import annotations

SCALE = 0.3
"""Of the demo's usual number of tickets; the rest is loaded."""


def found_once() -> None:
    """Bring the database up to date and found the company, unless there is one."""
    from django.core.management import call_command

    from opscharter.demo import found

    call_command("migrate", verbosity=0)
    if not found.founded():
        found.found(scale=SCALE)
