"""Addresses of records and lists. Plain text, because lists need one for every row."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from opscharter.kernel.resources.declaration import Resource
from opscharter.kernel.resources.site import site


def list_url(resource: Resource, **query: Any) -> str:
    """Return the address of a list page, with its query."""
    base = f"/{resource.chapter}/{resource.slug}/"
    return f"{base}?{urlencode(query, doseq=True)}" if query else base


def record_url(record: Any, step: str = "") -> str:
    """Return the address of a record's page or of one of its steps (`edit`, `history`); empty when it has none."""
    resource = site.find(record)
    if resource is None or record.pk is None:
        return ""
    base = f"/{resource.chapter}/{resource.slug}/{record.pk}/"
    return f"{base}{step}/" if step else base


def url_of(record_type: str, record_id: int | None) -> str:
    """Return the address of a record known by label and id; empty when it has no pages."""
    resource = site.find(record_type)
    return f"/{resource.chapter}/{resource.slug}/{record_id}/" if resource and record_id else ""
