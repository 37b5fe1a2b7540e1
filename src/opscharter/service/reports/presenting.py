"""A report's content in words of the active language, for its page and its PDF alike."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from django.apps import apps
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from opscharter.charter.improvements.lifecycle import WORKED_ON
from opscharter.charter.improvements.lifecycle import State as ImprovementState
from opscharter.kernel.indicators.periods import Period
from opscharter.kernel.indicators.registry import INDICATORS
from opscharter.kernel.resources.links import url_of
from opscharter.service.changes.words import Kind, Outcome
from opscharter.service.reports.naming import FLOW_LABELS
from opscharter.service.reports.sections import SectionKind, label_of, tone_of_figure
from opscharter.service.tickets.lifecycle import State

NOTHING = "—"
SIGNS = {"opening": "", "opened": "+", "returned": "+", "solved": "−", "withdrawn": "−", "backlog": "="}
IF_ANY = ("returned", "withdrawn", "skipped")
"""What is told only where there is some."""


def shown(value: Any, unit: Any = "") -> str:
    """Return a kept figure with its unit; figures are kept as texts, so that they stay exact."""
    if value is None:
        return NOTHING
    number = Decimal(str(value)).normalize()
    places = max(0, -int(number.as_tuple().exponent))
    text = number_format(number, decimal_pos=min(places, 2), use_l10n=True, force_grouping=True)
    return f"{text} {unit}".strip()


def percent(value: Any) -> str:
    """Return an availability: always three decimals, because the third is what contracts are about."""
    return NOTHING if value is None else f"{Decimal(str(value)):.3f} %"


def hours(seconds: int) -> str:
    """Return a length of time in hours and minutes."""
    minutes = round(seconds / 60)
    if minutes >= 60:
        return _("%(h)s h %(m)s min") % {"h": minutes // 60, "m": minutes % 60}
    return ngettext("%(n)s minute", "%(n)s minutes", minutes) % {"n": minutes}


def when(value: Any) -> str:
    """Return a kept moment by the office's clock."""
    if not value:
        return NOTHING
    moment = parse_datetime(value) if isinstance(value, str) else value
    return date_format(timezone.localtime(moment, timezone.get_default_timezone()), "m-d H:i") if moment else NOTHING


def tone_of(met: bool | None) -> str:
    """Return the tone of a figure: met, missed, or without a target."""
    return {True: "g", False: "r", None: "n"}[met]


def present(report: Any) -> dict[str, Any]:
    """Return the sections of a report as tables of words."""
    content = report.content
    made = {
        SectionKind.STATE: _state,
        SectionKind.TICKETS: _tickets,
        SectionKind.CHANGES: _changes,
        SectionKind.MAINTENANCE: _maintenance,
        SectionKind.RISKS: _risks,
        SectionKind.SUGGESTIONS: _suggestions,
    }
    sections = []
    for code in report.definition.sections:
        kind = SectionKind(code)
        told = made[kind](content)
        empty = not any(told.values())
        sections.append({"code": code, "title": str(kind.label), "note": report.notes[code], "empty": empty, **told})
    return {"sections": sections, "tickets": [_ticket(row) for row in content.get("tickets", ())]}


def _figure(kept: dict[str, Any]) -> dict[str, Any] | None:
    declared = INDICATORS.get(kept["code"])
    if declared is None:
        return None
    before = shown(kept["before"], declared.unit)
    target = shown(kept["target"], declared.unit)
    return {
        "code": kept["code"], "label": str(declared.label), "clause": declared.clause,
        "value": shown(kept["value"], declared.unit),
        "tone": tone_of(kept["met"]), "target": target, "before": before,
        "counts": f"{kept['numerator']} / {kept['population']}" if kept["numerator"] is not None
        else str(kept["population"]),
    }  # fmt: skip


def _state(content: dict[str, Any]) -> dict[str, Any]:
    rows = [
        {
            "name": row["name"] or _("all services"), "id": row["id"], "key": str(row["id"]),
            "share": percent(row["share"]),
            "bar": float(row["share"]) if row["share"] is not None else None, "outages": row["outages"],
            "down": hours(row["down"]) if row["down"] else NOTHING,
            "planned": hours(row["planned"]) if row["planned"] else NOTHING, "total": row["id"] == 0,
        }
        for row in content.get("services", ())
    ]  # fmt: skip
    return {"services": rows}


def _tickets(content: dict[str, Any]) -> dict[str, Any]:
    counts = content.get("flow", {})
    flow = [
        {"part": part, "label": str(FLOW_LABELS[part]), "sign": SIGNS[part], "count": counts[part]}
        for part in FLOW_LABELS
        if part in counts and (counts[part] or part not in IF_ANY)
    ]
    most = max((row["count"] for row in content.get("causes", ())), default=1)
    return {
        "flow": flow,
        "shares": [found for kept in content.get("shares", ()) if (found := _figure(kept))],
        "months": [{**row, "label": row["month"][2:]} for row in content.get("months", ())],
        "priorities": [_priority(row) for row in content.get("priorities", ())],
        "causes": [
            {**row, "name": _("others") if row["name"] is None else row["name"] or _("not recorded"),
             "part": round(100 * row["count"] / most)}
            for row in content.get("causes", ())
        ],
    }  # fmt: skip


def _priority(row: dict[str, Any]) -> dict[str, Any]:
    parts = ("opened", "solved", "late")
    cells = [{"count": row[part], "record": f"priority.{row['priority']}.{part}"} for part in parts]
    return {**row, "cells": cells}


def _changes(content: dict[str, Any]) -> dict[str, Any]:
    rows = [
        {
            **row, "kind": str(Kind(row["kind"]).label), "url": url_of("service.change", row["id"]),
            "outcome": str(dict(Outcome.choices).get(row["outcome"], NOTHING)),
            "tone": "g" if row["outcome"] == Outcome.DONE else "r", "started": when(row["started"]),
            "finished": when(row["finished"]),
        }
        for row in content.get("changes", ())
    ]  # fmt: skip
    kept = content.get("change_share")
    figure = _figure(kept) if kept and kept["value"] is not None else None
    return {"changes": rows, "change_share": figure, "change_share_list": [figure] if figure else []}


def _maintenance(content: dict[str, Any]) -> dict[str, Any]:
    section = SectionKind.MAINTENANCE
    kept = content.get("maintenance") or {}
    counts = [
        {"name": f"{section}.{name}", "label": str(label_of(section, name)), "count": count,
         "tone": tone_of_figure(section, name, count)}
        for name, count in kept.get("counts", {}).items()
        if count or name not in IF_ANY
    ]  # fmt: skip
    share = content.get("maintenance_share")
    figure = _figure(share) if share and share["value"] is not None else None
    return {
        "counts": counts, "maintenance_share": [figure] if figure else [],
        "orders": [_order(row) for row in kept.get("orders", ())],
        "findings": [{**row, "url": url_of(row["type"], row["id"])} for row in kept.get("findings", ())],
    }  # fmt: skip


def _order(row: dict[str, Any]) -> dict[str, Any]:
    model: Any = apps.get_model(row["type"])
    states = dict(model.lifecycle.states.choices)
    word = _("done late") if row["late"] and row["done"] else str(states.get(row["state"], row["state"]))
    tone = "r" if row["late"] else "g" if row["done"] else "n"
    done = when(row["done"]) if row["done"] else NOTHING
    return {**row, "url": url_of(row["type"], row["id"]), "word": word, "tone": tone, "done": done}


def _risks(content: dict[str, Any]) -> dict[str, Any]:
    rows = [{**row, "word": _("known error") if row.get("known") else _("open")} for row in content.get("risks", ())]
    return {"risks": rows}


def _suggestions(content: dict[str, Any]) -> dict[str, Any]:
    return {
        "suggestions": [_suggestion(row) for row in content.get("suggestions", ())],
        "fates": [_suggestion(row) for row in content.get("fates", ())],
    }


def _suggestion(row: dict[str, Any]) -> dict[str, Any]:
    tone = {ImprovementState.CLOSED: "g", ImprovementState.IMPLEMENTED: "g", ImprovementState.DECLINED: "n"}
    state = str(ImprovementState(row["state"]).label)
    return {**row, "word": state, "url": url_of(row["type"], row["id"]), "cites": _cited(row.get("cites")),
            "tone": tone.get(row["state"], "b" if row["state"] in WORKED_ON else "a"),
            "owner": row["owner"] or NOTHING, "due": row["due"] or NOTHING}  # fmt: skip


def _cited(kept: dict[str, Any] | None) -> dict[str, Any] | None:
    """Return the figure on which a suggestion rests, with the page of its records."""
    return kept and {**kept, "url": reverse("report-records", args=[kept["report"], kept["figure"]])}


def _ticket(row: dict[str, Any]) -> dict[str, Any]:
    return {
        **row, "service": row["service"] or NOTHING, "opened": when(row["opened"]),
        "solved": when(row["solved"]), "state": str(State(row["state"]).label),
        "priority": f"P{row['priority']}" if row["priority"] else NOTHING,
        "word": {True: _("in time"), False: _("late"), None: NOTHING}[row["met"]], "tone": tone_of(row["met"]),
    }  # fmt: skip


def span_words(period: Period) -> str:
    """Return the first and the last day of a period."""
    last = period.end - dt.timedelta(hours=12)
    return f"{period.first:%Y-%m-%d} – {timezone.localtime(last, timezone.get_default_timezone()):%Y-%m-%d}"
