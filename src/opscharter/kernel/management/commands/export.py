"""`opscharter export TYPE`: a list as a file."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.http import QueryDict

from opscharter.kernel.access.actor import system_actor
from opscharter.kernel.exchange.export import csv_lines, xlsx_bytes
from opscharter.kernel.resources.filters import BadFilter
from opscharter.kernel.resources.lists import ListQuery
from opscharter.kernel.resources.site import site


class Command(BaseCommand):
    help = "Export the records of a type, such as service.incident, as CSV or XLSX."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("record_type")
        parser.add_argument("--format", choices=["csv", "xlsx"], default="csv")
        parser.add_argument("--query", default="", help="filters as in the list's address, such as state=open")
        parser.add_argument("-o", "--output", help="a file; without it CSV goes to the console")

    def handle(self, *args: Any, record_type: str, **options: Any) -> None:
        resource = site.find(record_type)
        if resource is None:
            known = ", ".join(each.key for each in site.resources)
            raise CommandError(f"There is no record type {record_type!r}. Known are: {known}")
        wanted = ListQuery(resource, system_actor("export"), QueryDict(options["query"]), action="export")
        try:
            content = xlsx_bytes(wanted) if options["format"] == "xlsx" else "".join(csv_lines(wanted)).encode()
        except BadFilter as error:
            raise CommandError(str(error)) from error
        if options["output"]:
            Path(options["output"]).write_bytes(content)
        else:
            sys.stdout.buffer.write(content)
