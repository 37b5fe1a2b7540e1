"""What a correction changes: every figure and every word that differs from the version before."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from opscharter.kernel.indicators.registry import INDICATORS
from opscharter.service.reports.naming import FLOW_LABELS, name_of
from opscharter.service.reports.presenting import hours, percent, shown
from opscharter.service.reports.sections import NOTES

Text = str | Promise


@dataclass(frozen=True)
class Difference:
    """One thing that is told otherwise: what, in the version before, in this one."""

    label: Text
    before: str
    after: str


def differences(report: Any) -> list[Difference]:
    """Return what a correction changes; nothing for a first version."""
    if report.corrects is None:
        return []
    before, after = dict(_told(report.corrects)), dict(_told(report))
    names = list(dict.fromkeys([*before, *after]))
    return [
        Difference(name, before.get(name, "—"), after.get(name, "—"))
        for name in names
        if before.get(name) != after.get(name)
    ]


def _told(report: Any) -> Iterator[tuple[str, str]]:
    """Yield all that a report tells, each with its name, in words."""
    content = report.content
    for part, number in content.get("flow", {}).items():
        yield str(FLOW_LABELS[part]), str(number)
    alone = [content[name] for name in ("change_share", "maintenance_share") if content.get(name)]
    shares = [*content.get("shares", ()), *alone]
    for figure in shares:
        declared = INDICATORS.get(figure["code"])
        if declared is not None:
            yield str(declared.label), shown(figure["value"], declared.unit)
    for service in content.get("services", ()):
        name = service["name"] or _("all services")
        yield _("Availability of %(service)s") % {"service": name}, percent(service["share"])
        yield _("Outage of %(service)s") % {"service": name}, hours(service["down"])
    for row in content.get("priorities", ()):
        yield f"P{row['priority']} {_('newly opened')}", str(row["opened"])
        yield f"P{row['priority']} {_('late')}", str(row["late"])
    for row in content.get("causes", ()):
        yield _("Cause: %(cause)s") % {"cause": row["name"] or _("others")}, str(row["count"])
    yield _("Changes carried out"), str(len(content.get("changes", ())))
    for name, count in (content.get("maintenance") or {}).get("counts", {}).items():
        yield name_of(content, f"maintenance.{name}"), str(count)
    yield _("Open risks"), str(len(content.get("risks", ())))
    for name in ("summary", *NOTES):
        yield str(report._meta.get_field(name).verbose_name), getattr(report, name).strip() or "—"
