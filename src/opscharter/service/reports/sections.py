"""The sections that a report may have, and the seam by which other practices fill theirs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from opscharter.kernel.indicators.periods import Period


class SectionKind(models.TextChoices):
    """What a contract may ask to be told, in the order of the report."""

    STATE = "state", _("Availability and system state")
    TICKETS = "tickets", _("Requests and incidents")
    CHANGES = "changes", _("Changes")
    MAINTENANCE = "maintenance", _("Maintenance")
    RISKS = "risks", _("Open risks and known errors")
    SUGGESTIONS = "suggestions", _("Suggestions")


class Language(models.TextChoices):
    """In which language a customer is told."""

    ZH_HANT = "zh-hant", _("Chinese (traditional)")
    ZH_HANS = "zh-hans", _("Chinese (simplified)")
    EN = "en", pgettext_lazy("document", "English")


DEFAULT = [kind.value for kind in SectionKind if kind != SectionKind.MAINTENANCE]

NOTES = [f"note_{kind.value}" for kind in SectionKind]
"""The fields in which the author writes a section's text."""

Line = dict[str, Any]
"""A line of a section that another practice fills: text, note, record type and id, so that it opens its record."""
Provider = Callable[[int, Period], list[Line]]

providers: dict[str, list[Provider]] = {}
"""Section → functions of (customer's id, period) that give its lines."""


def provide(section: str, provider: Provider) -> None:
    """Let a practice fill a section: each line is {"text", "note", "type": record type, "id"}."""
    providers.setdefault(section, []).append(provider)


def lines_of(section: str, customer_id: int, period: Period) -> list[Line]:
    """Return what other practices have to tell in a section."""
    return [line for provider in providers.get(section, ()) for line in provider(customer_id, period)]
