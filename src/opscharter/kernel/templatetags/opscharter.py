"""The small words of the templates: clause chips, pills, times, values."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import template
from django.db.models import Model
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from opscharter.kernel import moment
from opscharter.kernel.resources.links import record_url as address_of
from opscharter.kernel.timeline.events import EVENTS
from opscharter.kernel.web.cells import Cell, Row, state_tone

register = template.Library()
PRIORITY_TONES = {1: "r", 2: "a", 3: "b", 4: "n"}


@register.simple_tag
def clause(number: str) -> SafeString:
    """Draw the vermilion chip that opens a clause; nothing without a number."""
    if not number:
        return SafeString("")
    return format_html('<a class="clause" href="/regulation/clauses/{}/">§{}</a>', number, number)


@register.simple_tag
def pill(text: Any, tone: str = "n") -> SafeString:
    """Draw a pill; tones: r(ed) a(mber) g(reen) b(lue) n(eutral)."""
    return format_html('<span class="pill p-{}">{}</span>', tone, text)


@register.simple_tag
def state(record: Any) -> SafeString:
    """Draw the state of a record."""
    return pill(record.get_state_display(), state_tone(record))


@register.simple_tag
def record_url(record: Model | None) -> str:
    """Return the address of a record's page."""
    return address_of(record) if record is not None else ""


@register.simple_tag
def icon(name: str) -> SafeString:
    """Draw an icon of the icon font, hidden from screen readers."""
    return format_html('<i class="ti ti-{}" aria-hidden="true"></i>', name)


@register.simple_tag
def dot(tone: str, label: Any = "") -> SafeString:
    """Draw a standing as a dot, with its name for those who do not see colours."""
    tone = tone or "n"
    if label:
        return format_html('<span class="dot {}" role="img" aria-label="{}" title="{}"></span>', tone, label, label)
    return format_html('<span class="dot {}" aria-hidden="true"></span>', tone)


@register.simple_tag
def when(value: dt.datetime | None) -> SafeString:
    """Draw a moment: relative, with the exact time on hover, in the viewer's zone."""
    if value is None:
        return SafeString("")
    local = timezone.localtime(value)
    exact = date_format(local, "Y-m-d H:i")
    return format_html('<time datetime="{}" title="{}">{}</time>', value.isoformat(), exact, relative(value, local))


@register.simple_tag
def due(value: dt.datetime | None) -> SafeString:
    """Draw a deadline as a pill that counts down; red when it has passed."""
    if value is None:
        return SafeString("")
    left = (value - moment.now()).total_seconds()
    tone = "r" if left < 0 else "a" if left < 3600 else "n"
    text = _("%(time)s over") % {"time": duration(-left)} if left < 0 else _("%(time)s left") % {"time": duration(left)}
    exact = date_format(timezone.localtime(value), "Y-m-d H:i")
    return format_html(
        '<time class="pill p-{}" datetime="{}" title="{}" data-due>{}</time>', tone, value.isoformat(), exact, text
    )


def relative(value: dt.datetime, local: dt.datetime) -> str:
    """Say how long ago a moment was, or its date when it was long ago."""
    now = moment.now()
    seconds = (now - value).total_seconds()
    if 0 <= seconds < 60:
        return _("just now")
    if 0 <= seconds < 3600:
        minutes = int(seconds // 60)
        return ngettext("%(n)s minute ago", "%(n)s minutes ago", minutes) % {"n": minutes}
    today = timezone.localtime(now).date()
    if local.date() == today:
        return date_format(local, "H:i")
    return date_format(local, "m-d H:i") if local.year == today.year else date_format(local, "Y-m-d")


@register.filter
def duration(seconds: float | None) -> str:
    """Say a length of time in its two largest units."""
    if seconds is None:
        return ""
    total = int(abs(seconds))
    days, hours, minutes = total // 86400, total % 86400 // 3600, total % 3600 // 60
    if days:
        return _("%(d)s d %(h)s h") % {"d": days, "h": hours}
    if hours:
        return _("%(h)s h %(m)s min") % {"h": hours, "m": minutes}
    return _("%(m)s min") % {"m": minutes} if total >= 60 else _("%(s)s s") % {"s": total}


@register.simple_tag
def page_words() -> dict[str, str]:
    """Return the patterns with which the page's script says a deadline again while it counts down, and its troubles."""
    return {
        "left": _("%(time)s left"),
        "over": _("%(time)s over"),
        "days": _("%(d)s d %(h)s h"),
        "hours": _("%(h)s h %(m)s min"),
        "minutes": _("%(m)s min"),
        "seconds": _("%(s)s s"),
        "failed": _("That did not work; nothing was changed."),
        "offline": _("OpsCharter cannot be reached now. What you typed is kept."),
    }


@register.filter
def worked(minutes: int) -> str:
    """Say worked minutes in hours and minutes; a day of work is no day of the calendar."""
    hours, rest = divmod(abs(minutes), 60)
    return _("%(h)s h %(m)s min") % {"h": hours, "m": rest} if hours else _("%(m)s min") % {"m": rest}


@register.simple_tag
def minutes(value: int) -> str:
    """Say a number of minutes."""
    return duration(value * 60)


@register.simple_tag
def value_of(cell: Cell) -> Any:
    """Draw one value of a list or of the facts."""
    value = cell.value
    if value is None or value == "":
        return format_html('<span class="muted nothing" aria-hidden="true">{}</span>', "—")
    if cell.kind in ("state", "pill"):
        return pill(value, cell.tone or "n")
    if cell.kind == "priority":
        return pill(f"P{value}", PRIORITY_TONES.get(value, "n"))
    if cell.kind == "when":
        return when(value)
    if cell.kind == "due":
        return due(value)
    if cell.kind == "date":
        return date_format(value, "Y-m-d")
    if cell.kind == "boolean":
        return pill(_("yes"), "g") if value else pill(_("no"), "n")
    if cell.kind == "number":
        return number_format(value, use_l10n=True, force_grouping=isinstance(value, int) and value > 9999)
    if cell.kind == "list":
        return ", ".join(value) if value else "—"
    if cell.url:
        return format_html('<a href="{}">{}</a>', cell.url, value)
    return value


@register.simple_tag
def table_rows(rows: list[Row], tick: object) -> SafeString:
    """Draw the rows of a list; in Python, because a template engine takes longer over them than the database."""
    return SafeString("".join(_table_row(row, bool(tick)) for row in rows))


def _table_row(row: Row, tick: bool) -> str:
    parts: list[str] = [format_html('<tr data-url="{}">', row.url)]
    if tick:
        box = '<td class="tick"><input type="checkbox" name="id" value="{}" aria-label="{}"></td>'
        parts.append(format_html(box, row.record.pk, row.record))
    for place, cell in enumerate(row.cells):
        css = "late" if place > 3 else ""
        if place == 0:
            css = "title" if row.titled else "first"
        elif place == 1 and not row.titled:
            css = "second"
        value = conditional_escape(value_of(cell))
        if css in ("title", "first", "second"):
            value = format_html('<a href="{}">{}</a>', row.url, value)
        parts.append(f'<td class="{css}{" end" if cell.kind == "number" else ""}">{value}</td>')
    parts.append("</tr>")
    return "".join(parts)


@register.simple_tag
def told(entry: Any, record: Any) -> SafeString:
    """Say in words what a timeline entry tells: a step, changed fields, an event."""
    clause_chip = clause(entry.clause) if entry.clause else SafeString("")
    if entry.kind == entry.Kind.CREATED:
        customers = getattr(type(record), "scope", None) is not None and type(record).scope.customer
        return format_html('<div class="small">{}</div>', _("received") if customers else _("entered"))
    if entry.kind == entry.Kind.MOVE:
        states = dict(type(record).lifecycle.states.choices)
        label = type(record).lifecycle.move(entry.verb).label
        begin, end = (states.get(entry.data.get(key), "") for key in ("from", "to"))
        if begin == end:
            return format_html('<div class="small">{} {}</div>', label, clause_chip)
        return format_html('<div class="small">{}: {} → {} {}</div>', label, begin, end, clause_chip)
    if entry.kind == entry.Kind.FIELD:
        lines = []
        for name, (before, after) in entry.data.get("changes", {}).items():
            label = type(record)._meta.get_field(name).verbose_name
            lines.append(
                format_html(
                    '<div class="small"><span class="muted">{}:</span> {} → {}</div>',
                    label,
                    before or "—",
                    after or "—",
                )
            )
        return SafeString("".join(lines))
    if entry.kind == entry.Kind.EVENT and entry.verb in EVENTS:
        return format_html('<div class="small">{} {}</div>', EVENTS[entry.verb].told(entry.data), clause_chip)
    if entry.kind == entry.Kind.EVENT:  # brought by an import, in its source's own words
        facts = " · ".join(f"{key}: {value}" for key, value in entry.data.items() if value not in ("", None))
        return format_html(
            '<div class="small">{} <span class="muted">{}</span> {}</div>', entry.verb, facts, clause_chip
        )
    return SafeString("")
