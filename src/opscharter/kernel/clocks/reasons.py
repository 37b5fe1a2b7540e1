"""Why a stretch of a clock counts or does not, in words: codes are stored, people read them in their language."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

CALENDAR_CHANGED = "calendar changed"

REASONS: dict[str, str | Promise] = {
    "started": _("started"),
    "resolved": _("resolved, not reopened yet"),
    "reopened": _("reopened"),
    CALENDAR_CHANGED: _("the calendar was changed"),
    "work goes on": _("work goes on"),
    "customer told": _("the customer was told"),
    "priority or contract changed": _("priority or contract changed"),
    "waiting: customer": _("waiting for the customer"),
    "waiting: vendor": _("waiting for the vendor"),
}
"""Codes that the engine and the practices store, and what they mean."""


def declare_reason(code: str, words: str | Promise) -> str:
    """Name a reason for people; returns the code."""
    REASONS[code] = words
    return code


def told(reason: str) -> str:
    """Return a reason in the active language; “code · more” keeps what follows the dot as people wrote it."""
    code, dot, more = reason.partition(" · ")
    if code.startswith("priority P"):
        words = _t("priority changed to %(name)s") % {"name": code.partition(" ")[2]}
        return f"{words}{dot}{more}"
    return f"{REASONS.get(code, code)}{dot}{more}"
