"""The sections that a report may have, and the seam by which other practices fill theirs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from opscharter.customers.coverage import Coverage
from opscharter.customers.models import Contract
from opscharter.kernel.indicators.evidence import Ids
from opscharter.kernel.indicators.periods import Period
from opscharter.kernel.indicators.registry import Text


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


@dataclass(frozen=True)
class Asked:
    """What a report asks other practices to tell of: a contract, what falls under it, and the period."""

    contract: Contract
    coverage: Coverage
    period: Period


@dataclass(frozen=True)
class Told:
    """What a practice has to tell: counted figures, the records behind each (by the same names), and lines by name."""

    counts: dict[str, int] = field(default_factory=dict)
    records: dict[str, Ids] = field(default_factory=dict)
    lines: dict[str, list[Line]] = field(default_factory=dict)


@dataclass(frozen=True)
class Provider:
    """A practice that fills a section: what it tells, and what its figures are called."""

    tell: Callable[[Asked], Told]
    labels: Mapping[str, Text] = field(default_factory=dict)
    tones: Mapping[str, str] = field(default_factory=dict)
    """The tone of a figure that is not nought; figures without one have no tone."""


providers: dict[str, list[Provider]] = {}


def provide(section: str, provider: Provider) -> None:
    """Let a practice fill a section."""
    providers.setdefault(section, []).append(provider)


def told_of(section: str, asked: Asked) -> Told:
    """Return what other practices have to tell in a section, one after the other."""
    counts: dict[str, int] = {}
    records: dict[str, Ids] = {}
    lines: dict[str, list[Line]] = {}
    for provider in providers.get(section, ()):
        told = provider.tell(asked)
        counts |= told.counts
        records |= {f"{section}.{name}": ids for name, ids in told.records.items()}
        for name, found in told.lines.items():
            lines.setdefault(name, []).extend(found)
    return Told(counts, records, lines)


def label_of(section: str, name: str) -> Text:
    """Return what a practice's figure is called; its name when the practice is gone."""
    return next((each.labels[name] for each in providers.get(section, ()) if name in each.labels), name)


def tone_of_figure(section: str, name: str, count: int) -> str:
    """Return the tone of a practice's figure."""
    tones = (each.tones[name] for each in providers.get(section, ()) if name in each.tones)
    return next(tones, "n") if count else "n"
