"""Roles, modes and settings of controls in words."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.safestring import SafeString
from django.utils.translation import pgettext

from opscharter.charter.models.edition import in_language
from opscharter.charter.standing import LABELS, tone_of
from opscharter.kernel.access.role_names import role_name
from opscharter.kernel.controls.decisions import settings_at
from opscharter.kernel.controls.registry import Control, Mode
from opscharter.kernel.templatetags.opscharter import dot, pill

register = template.Library()


@register.simple_tag
def role(code: str) -> str:
    """Return the name of a role."""
    return role_name(code) or "—"


@register.simple_tag
def mode(code: str) -> SafeString:
    """Draw a mode."""
    return pill(Mode(code).label, {"enforce": "n", "warn": "a", "off": "r"}[code])


@register.simple_tag
def settings_of(control: Control) -> list[tuple[str, str, Any]]:
    """Return (name, label, figure in force) of what may be set."""
    figures = settings_at([control])[control.id].parameters
    return [(name, control.figure_label(name), figure) for name, figure in figures.items()]


@register.simple_tag
def standing(state: str) -> SafeString:
    """Draw a standing by its code: pass, fail, no-data, stale, error, uncovered."""
    return pill(LABELS.get(state, state), tone_of(state))


@register.simple_tag
def changed_mark(marks: dict[str, str], number: str) -> SafeString:
    """Draw the dot of a clause that a draft changes; nothing for the others."""
    return dot(marks[number], pgettext("deed", "changed")) if number in marks else SafeString("")


@register.simple_tag
def language_of(texts: dict[str, str]) -> str:
    """Return a text kept in several languages in the reader's own."""
    return in_language(texts)
