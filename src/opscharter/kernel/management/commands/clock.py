"""`opscharter clock FILE.json`: explain a deadline outside any ticket, by the engine that runs the tickets' clocks."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import override

from opscharter.kernel.clocks.case import CaseError, read_case
from opscharter.kernel.clocks.explaining import Explanation, clock_text, explain, table


class Command(BaseCommand):
    help = "Explain a deadline: calendar, policy and events in; every interval with its reason and the deadline out."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "file", help="the case as JSON (docs/how-to/explain-a-deadline.md), or - for standard input"
        )
        parser.add_argument("--json", action="store_true", dest="as_json", help="answer in JSON")
        parser.add_argument("--language", default="en", help="en, zh-hant or zh-hans (default: en)")

    def handle(self, *args: Any, file: str, as_json: bool, language: str, **options: Any) -> None:
        with override(language):
            explanation = explain_text(_read(file))
            if as_json:
                self.stdout.write(json.dumps(explanation.as_dict(), ensure_ascii=False, indent=2))
            else:
                self._write(explanation)

    def _write(self, told: Explanation) -> None:
        headings = (_("from"), _("to"), _("counted"), _("reason"), _("policy"))
        lines = [headings, *table(told)]
        widths = [max(len(line[column]) for line in lines) for column in range(5)]
        for line in lines:
            self.stdout.write("  ".join(text.ljust(width) for text, width in zip(line, widths)).rstrip())
        self.stdout.write("")
        for warning in told.warnings:
            self.stdout.write(f"{warning.level:>4} %  {told.local(warning.at):%a %Y-%m-%d %H:%M}")
        course = told.course
        stand = {"passed": clock_text(course.passed(told.until)), "target": clock_text(course.target)}
        self.stdout.write(_("passed %(passed)s of %(target)s, the clock is") % stand + f" {course.state}")
        if course.breached_at is not None:
            self.stdout.write(_("breached") + f"  {told.local(course.breached_at):%a %Y-%m-%d %H:%M %Z}")
        due = told.local(course.due_at)
        self.stdout.write(_("due") + f"  {f'{due:%a %Y-%m-%d %H:%M %Z}' if due else '–'}")


def explain_text(text: str) -> Explanation:
    """Return the explanation of a case given as JSON text; CommandError names the field that is wrong."""
    try:
        return explain(read_case(json.loads(text)))
    except json.JSONDecodeError as error:
        raise CommandError(f"line {error.lineno}, column {error.colno}: not JSON: {error.msg}") from error
    except CaseError as error:
        raise CommandError(str(error)) from error


def _read(file: str) -> str:
    if file == "-":
        return sys.stdin.read()
    try:
        return Path(file).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"{file}: {error}") from error
