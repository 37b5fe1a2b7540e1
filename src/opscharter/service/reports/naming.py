"""What the figures of a report are called, by the names under which their records are kept."""

from __future__ import annotations

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from opscharter.kernel.indicators.registry import INDICATORS
from opscharter.service.reports.sections import SectionKind, label_of

FLOW_LABELS: dict[str, str | Promise] = {
    "opening": gettext_lazy("Open at the beginning"),
    "opened": gettext_lazy("Newly opened"),
    "returned": gettext_lazy("Came back"),
    "solved": gettext_lazy("Solved in the period"),
    "withdrawn": gettext_lazy("Withdrawn or merged"),
    "backlog": gettext_lazy("Open at the end"),
}


def name_of(content: dict[str, Any], name: str) -> str:
    """Return what a figure of a report's content is called, in the reader's language."""
    kind, _dot, rest = name.partition(".")
    code = name.removesuffix(".rest")
    if code in INDICATORS:
        label = str(INDICATORS[code].label)
        return label if code == name else _("%(figure)s: the others") % {"figure": label}
    if kind == "flow":
        return str(FLOW_LABELS[rest])
    if kind == "priority":
        priority, _dot, part = rest.partition(".")
        words = {"opened": _("newly opened"), "solved": _("solved"), "late": _("late")}
        return f"P{priority} · {words[part]}"
    if kind == "cause":
        causes = (row["name"] for row in content.get("causes", ()) if row["record"] == name)
        return next(causes, None) or _("others")
    if kind == "state":
        services = (row["name"] for row in content.get("services", ()) if str(row["id"]) == rest)
        return _("Outages of %(service)s") % {"service": next(services, None) or _("all services")}
    if kind == SectionKind.MAINTENANCE:
        return str(label_of(kind, rest))
    return {"changes": _("Changes"), "risks": _("Open risks and known errors")}.get(name, name)


def citable(content: dict[str, Any]) -> list[tuple[str, str]]:
    """Return the figures on which a suggestion may rest: those that have records, each with what it is called."""
    records = content.get("records", {})
    counts = {name: sum(map(len, ids.values())) for name, ids in records.items()}
    return [(name, f"{name_of(content, name)}: {count}") for name, count in counts.items() if count]
