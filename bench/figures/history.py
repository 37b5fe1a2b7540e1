"""Item 12: taking in the real incident log of another system (INCIDENT_LOG names the file)."""

from __future__ import annotations

import os
import time
from pathlib import Path
from zoneinfo import ZoneInfo

from django.conf import settings

from bench.figures.run import Run
from bench.lib.figure import Figure

NAME = "import of an incident log"


def measure(run: Run) -> list[Figure]:
    """Import it beside what is there; a line without a figure where there is no file."""
    given = os.environ.get("INCIDENT_LOG", "")
    if not given or not Path(given).is_file():
        return [Figure("12", NAME, unit="events/s", notes=["INCIDENT_LOG names no file, so nothing was imported"])]
    from opscharter.demo.servicenow.importer import take_in
    from opscharter.kernel.access.actor import system_actor

    begun = time.perf_counter()
    with Path(given).open("rb") as stream:
        figures = take_in(stream, ZoneInfo(settings.TIME_ZONE), system_actor("import")).as_dict()
    seconds = time.perf_counter() - begun
    told = f"{figures['events_imported']:,} events of {figures['incidents']:,} incidents in {seconds:.0f} s"
    return [Figure("12", NAME, value=figures["events_imported"] / seconds, unit="events/s", notes=[told])]
