"""Roles, modes and settings of controls in words."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from opscharter.kernel.controls.decisions import settings_at
from opscharter.kernel.controls.registry import Control, Mode
from opscharter.kernel.templatetags.opscharter import pill

register = template.Library()
_names: dict[str, Any] = {}


def install_role_names(names: dict[str, Any]) -> None:
    """Give the roles their names for people (the organization's)."""
    _names.update(names)


@register.simple_tag
def role(code: str) -> str:
    """Return the name of a role."""
    return str(_names.get(code, code)) or "—"


@register.simple_tag
def mode(code: str) -> SafeString:
    """Draw a mode."""
    return pill(Mode(code).label, {"enforce": "n", "warn": "a", "off": "r"}[code])


@register.simple_tag
def settings_of(control: Control) -> list[tuple[str, str, Any]]:
    """Return (name, label, figure in force) of what may be set."""
    figures = settings_at([control])[control.id].parameters
    labels = {
        name: f"{parameter.label or name}{f' ({parameter.unit})' if parameter.unit else ''}"
        for name, parameter in control.parameters.items()
    }
    return [(name, labels.get(name) or _("target (%)"), figure) for name, figure in figures.items()]
