"""`opscharter export TYPE`: a list as a file."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import IO, Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.http import QueryDict

from opscharter.kernel.access.actor import system_actor
from opscharter.kernel.exchange.export import csv_lines, write_xlsx
from opscharter.kernel.resources.filters import BadFilter
from opscharter.kernel.resources.lists import ListQuery
from opscharter.kernel.resources.site import site


class Command(BaseCommand):
    help = "Export the records of a type, such as service.incident, as CSV or XLSX."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("record_type")
        parser.add_argument("--format", choices=["csv", "xlsx"], default="csv")
        parser.add_argument("--query", default="", help="filters as in the list's address, such as state=open")
        parser.add_argument("-o", "--output", help="a file; without it the rows go to the console")

    def handle(self, *args: Any, record_type: str, **options: Any) -> None:
        resource = site.find(record_type)
        if resource is None:
            known = ", ".join(each.key for each in site.resources)
            raise CommandError(f"There is no record type {record_type!r}. Known are: {known}")
        wanted = ListQuery(resource, system_actor("export"), QueryDict(options["query"]), action="export")
        try:
            if options["output"]:
                with Path(options["output"]).open("wb") as out:
                    _write(wanted, options["format"], out)
            else:
                _write(wanted, options["format"], sys.stdout.buffer)
        except BadFilter as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(f"{options['output']}: {error.strerror}") from error


def _write(wanted: ListQuery, kind: str, out: IO[bytes]) -> None:
    if kind == "xlsx":
        write_xlsx(wanted, out)
        return
    for line in csv_lines(wanted):
        out.write(line.encode())
