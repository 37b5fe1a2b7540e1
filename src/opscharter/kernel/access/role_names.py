"""What roles are called; the layer that knows roles installs the names."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise

_names: dict[str, str | Promise] = {}


def install_role_names(names: Mapping[str, str | Promise]) -> None:
    """Give the roles their names for people (the organization's)."""
    _names.update(names)


def role_name(code: str) -> str:
    """Return the name of a role; a role that the company made is called by its code."""
    return str(_names.get(code, code))
