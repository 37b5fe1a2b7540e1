"""`opscharter worker`: do queued jobs until stopped."""

from __future__ import annotations

import logging
from contextlib import suppress
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from opscharter.kernel.jobs.worker import Worker


class Command(BaseCommand):
    help = "Do queued jobs and start scheduled ones until stopped (Ctrl-C); any number of workers may run."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--drain", action="store_true", help="do all jobs that are ready, then stop")

    def handle(self, *args: Any, drain: bool, **options: Any) -> None:
        logging.getLogger("django_tasks").setLevel(logging.WARNING)
        logging.getLogger("django_tasks_db").setLevel(logging.ERROR)
        worker = Worker(drain=drain)
        worker.configure_signals()
        with suppress(SystemExit):
            worker.run()
