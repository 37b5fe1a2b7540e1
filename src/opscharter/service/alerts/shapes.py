"""Reading deliveries: four shapes from outside become one kind of signal; what cannot be read says why."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

MOST_ALERTS = 1_000
"""So many alerts one delivery may speak of; a source that knows more says how many it left out."""
NEVER = 1970
"""A year up to which a time stands for none: an alert that has not ended is told as of the year 1."""
LATEST = 9000
CRITICAL = {"critical", "crit", "disaster", "emergency", "fatal", "high", "page", "p1", "1", "error", "major"}
INFORMATION = {"info", "information", "informational", "none", "notice", "not classified", "low", "debug", "ok"}


class Malformed(ValueError):
    """A delivery that cannot be read; its text says why."""


@dataclass(frozen=True)
class Signal:
    """What one delivery says of one alert: it fires since a moment, or has ended."""

    fingerprint: str
    firing: bool
    started_at: dt.datetime | None
    ended_at: dt.datetime | None
    labels: dict[str, str]
    title: str
    text: str = ""
    severity: int = 2
    link: str = ""


@dataclass(frozen=True)
class Reading:
    """What a delivery says: its signals in their order, and how many alerts the source left out."""

    signals: list[Signal] = field(default_factory=list)
    truncated: int = 0


def read(kind: str, body: bytes) -> Reading:
    """Read a delivery of a kind of source; raises Malformed."""
    try:
        content = json.loads(body.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise Malformed(_("The body is not UTF-8.")) from None
    except (ValueError, RecursionError) as error:
        raise Malformed(_("The body is not JSON: %(error)s.") % {"error": str(error)[:120]}) from None
    return _READERS[kind](content)


def _mapping(value: Any, what: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise Malformed(_("“%(what)s” must be an object.") % {"what": what})
    return value


def _texts(value: Any, what: str) -> dict[str, str]:
    """Return an object of plain values as texts, its names in order."""
    given = _mapping(value if value is not None else {}, what)
    return {str(name)[:80]: _text(given[name])[:500] for name in sorted(given)}


def _text(value: Any) -> str:
    if value is None:
        return ""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text.replace("\x00", "").encode("utf-8", "replace").decode()


def _time(value: Any, what: str) -> dt.datetime | None:
    """Read a moment: ISO 8601 with any number of decimals, or seconds since 1970; one without a zone is the office's.

    Nothing, and the far past that stands for nothing, give None.
    """
    if value in (None, "", 0, "0"):
        return None
    try:
        if isinstance(value, int | float) or str(value).isdecimal():
            read_time = dt.datetime.fromtimestamp(float(value), dt.UTC)
        else:
            read_time = dt.datetime.fromisoformat(re.sub(r"(\.\d{6})\d+", r"\1", str(value).strip()))
        if read_time.year > LATEST:
            raise ValueError
    except (ValueError, OverflowError, OSError):
        raise Malformed(_("“%(what)s” is not a time: %(value)s.") % {"what": what, "value": str(value)[:40]}) from None
    if read_time.year <= NEVER:
        return None
    return timezone.make_aware(read_time) if timezone.is_naive(read_time) else read_time


def fingerprint_of(labels: dict[str, str]) -> str:
    """Return what stands for a set of labels where the source gives no fingerprint."""
    return hashlib.sha256(json.dumps(labels, sort_keys=True).encode()).hexdigest()[:16]


def severity_of(value: Any) -> int:
    """Return how grave a source's own word is, in three steps."""
    word = _text(value).strip().lower()
    return 1 if word in CRITICAL else 3 if word in INFORMATION else 2


def _firing(status: Any, what: str) -> bool:
    word = _text(status).strip().lower()
    if word in ("firing", "problem", "1", "alerting", "down", "open", "triggered", "true"):
        return True
    if word in ("resolved", "ok", "0", "recovery", "recovered", "up", "closed", "normal", "false"):
        return False
    raise Malformed(_("“%(what)s” must say firing or resolved, not “%(value)s”.") % {"what": what, "value": word[:40]})


def _several(value: Any, what: str) -> list[Any]:
    if not isinstance(value, list):
        raise Malformed(_("“%(what)s” must be a list.") % {"what": what})
    if len(value) > MOST_ALERTS:
        raise Malformed(_("“%(what)s” has more than %(most)s entries.") % {"what": what, "most": MOST_ALERTS})
    return value


def _alertmanager(content: Any) -> Reading:
    """Alertmanager's webhook, version 4: https://prometheus.io/docs/alerting/latest/configuration/#webhook_config."""
    given = _mapping(content, "body")
    if str(given.get("version", "")) != "4":
        raise Malformed(_("This is not Alertmanager's webhook of version 4."))
    return _group(given)


def _grafana(content: Any) -> Reading:
    """Grafana's webhook of unified alerting: Alertmanager's with more beside it."""
    return _group(_mapping(content, "body"))


def _group(given: dict[str, Any]) -> Reading:
    if "alerts" not in given:
        raise Malformed(_("“%(what)s” is missing.") % {"what": "alerts"})
    signals = [_prometheus(item, f"alerts[{i}]") for i, item in enumerate(_several(given["alerts"], "alerts"))]
    truncated = given.get("truncatedAlerts") or 0
    if not isinstance(truncated, int) or isinstance(truncated, bool) or not 0 <= truncated < 10**6:
        raise Malformed(_("“%(what)s” must be a number.") % {"what": "truncatedAlerts"})
    return Reading(signals, truncated)


def _prometheus(item: Any, where: str) -> Signal:
    given = _mapping(item, where)
    if "labels" not in given:
        raise Malformed(_("“%(what)s” is missing.") % {"what": f"{where}.labels"})
    labels, notes = _texts(given["labels"], f"{where}.labels"), _texts(given.get("annotations"), f"{where}.annotations")
    firing = _firing(given.get("status"), f"{where}.status")
    name, summary = labels.get("alertname", ""), notes.get("summary", "")
    title = summary or " · ".join(part for part in (name, labels.get("instance", "")) if part)
    link = _text(given.get("panelURL") or given.get("dashboardURL") or given.get("generatorURL"))
    return Signal(
        _text(given.get("fingerprint"))[:64] or fingerprint_of(labels),
        firing,
        _time(given.get("startsAt"), f"{where}.startsAt"),
        None if firing else _time(given.get("endsAt"), f"{where}.endsAt"),
        labels,
        title or name or _("Alert without a name"),
        notes.get("description") or notes.get("message", ""),
        severity_of(labels.get("severity", "")),
        _web(link),
    )


def _web(link: str) -> str:
    """Return an address people may follow, or nothing: what a source sends becomes no script."""
    return link[:500] if link.startswith(("http://", "https://")) else ""


def _zabbix(content: Any) -> Reading:
    """The message of a Zabbix media type, made of macros as the source's own page shows it."""
    given = _mapping(content, "body")
    for needed in ("event_id", "name", "status"):
        if not _text(given.get(needed)).strip():
            raise Malformed(_("“%(what)s” is missing.") % {"what": needed})
    labels = {k: _text(given.get(k)).strip() for k in ("host", "ip", "severity", "trigger_id") if given.get(k)}
    for tag in _several(given.get("tags") or [], "tags"):
        pair = _mapping(tag, "tags[]")
        labels[_text(pair.get("tag"))[:80]] = _text(pair.get("value"))[:500]
    firing = _firing(given["status"], "status")
    event, trigger = _text(given["event_id"])[:40], _text(given.get("trigger_id"))[:40]
    name, host = _text(given["name"]).strip(), labels.get("host", "")
    return Reading([
        Signal(
            f"trigger-{trigger}" if trigger else fingerprint_of({"host": host, "name": name}),
            firing,
            _zabbix_time(given, "event"),
            None if firing else _zabbix_time(given, "recovery"),
            {**labels, "event_id": event},
            f"{host}: {name}" if host else name,
            _text(given.get("text")),
            severity_of(given.get("severity")),
            _web(_text(given.get("link"))),
        )
    ])  # fmt: skip


def _zabbix_time(given: dict[str, Any], which: str) -> dt.datetime | None:
    """Read a day and a time as Zabbix writes them, 2026.11.25 and 10:20:30; what it cannot tell stays a macro."""
    day, time = (_text(given.get(f"{which}_{part}")).strip() for part in ("date", "time"))
    if not day or "{" in day or "{" in time:
        return None
    return _time(f"{day.replace('.', '-')}T{time or '00:00:00'}", f"{which}_date")


def _generic(content: Any) -> Reading:
    """The shape for everything else: one alert, a list of them, or an object with the list under `alerts`."""
    if isinstance(content, dict) and "alerts" in content:
        content = content["alerts"]
    items = content if isinstance(content, list) else [content]
    return Reading([_plain(item, f"[{i}]") for i, item in enumerate(_several(items, "alerts"))])


def _plain(item: Any, where: str) -> Signal:
    given = _mapping(item, where)
    title = _text(given.get("title")).strip()
    if not title:
        raise Malformed(_("“%(what)s” is missing.") % {"what": f"{where}.title"})
    labels = _texts(given.get("labels"), f"{where}.labels")
    for name in ("host", "severity"):
        if given.get(name):
            labels[name] = _text(given[name])[:500]
    firing = _firing(given.get("status", "firing"), f"{where}.status")
    key = _text(given.get("key")).strip()
    return Signal(
        key if 0 < len(key) <= 64 else fingerprint_of({"key": key} if key else {**labels, "title": title}),
        firing,
        _time(given.get("started_at"), f"{where}.started_at"),
        None if firing else _time(given.get("ended_at"), f"{where}.ended_at"),
        labels,
        title,
        _text(given.get("text")),
        severity_of(labels.get("severity", "")),
        _web(_text(given.get("link"))),
    )


_READERS: dict[str, Callable[[Any], Reading]] = {
    "alertmanager": _alertmanager,
    "grafana": _grafana,
    "zabbix": _zabbix,
    "generic": _generic,
}
