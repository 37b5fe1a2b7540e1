"""What a catalogue item may ask beside the kernel's kinds of details: an asset of the customer, a file."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile
from django.utils.translation import gettext as _t

from opscharter.assets.models import Asset
from opscharter.kernel.attributes.values import READERS, SHOWERS
from opscharter.kernel.files.attachments import safe_name
from opscharter.kernel.web.attributes import MAKERS

ASSET, FILE = "asset", "file"
MOST = 500


def assets_for(definition: Any, customer_id: int | None) -> Any:
    """Return the assets that a question offers: the customer's own, of the kind asked for."""
    rows = Asset.objects.current().filter(customer_id=customer_id or 0).exclude(state=Asset.State.RETIRED)
    return rows.filter(kind=definition.asset_kind) if definition.asset_kind else rows


def _read_asset(definition: Any, given: Any) -> int:
    if isinstance(given, bool) or not str(given).isdecimal():
        raise ValidationError(_t("There is no such asset."))
    return int(given)


def _read_file(definition: Any, given: Any) -> str:
    """Keep a file's name; the file itself is attached to the request."""
    if isinstance(given, UploadedFile):
        return safe_name(given.name or "file")
    if not isinstance(given, str):
        raise ValidationError(_t("This is not a file."))
    return given


READERS[ASSET], READERS[FILE] = _read_asset, _read_file
SHOWERS[ASSET] = lambda definition, value: str(Asset.objects.filter(pk=value).first() or value)
SHOWERS[FILE] = lambda definition, value: str(value)


def _choose_asset(definition: Any, request: Any, options: dict[str, Any]) -> forms.Field:
    rows = assets_for(definition, request.customer_id).order_by("name")[:MOST]
    choices = [("", "—"), *((row.pk, row.name) for row in rows)]
    return forms.CharField(widget=forms.Select(choices=choices), **options)


MAKERS[ASSET] = _choose_asset
MAKERS[FILE] = lambda definition, request, options: forms.FileField(**options)


def unpack(request: Any, before: Mapping[str, Any], uploads: dict[str, UploadedFile]) -> None:
    """Take the files out of a request's answers, as uploaded or sent as {"name", "base64"}, and leave their names.

    `before` holds the names that are kept already. Raises ValidationError for what only claims to be a file.
    """
    problems = []
    for definition in request.attribute_definitions():
        code, value = definition.code, request.attributes.get(definition.code)
        if definition.kind != FILE or not value:
            continue
        if isinstance(value, Mapping):
            try:
                content = base64.b64decode(str(value["base64"]), validate=True)
                value = SimpleUploadedFile(safe_name(str(value["name"])), content)
            except (KeyError, binascii.Error, ValueError):
                how = _t("A file is sent by its name and its content in base64.")
                problems.append(f"{definition.name}: {how}")
                continue
        if isinstance(value, UploadedFile):
            uploads[code], value = value, safe_name(value.name or "file")
            request.attributes = {**request.attributes, code: value}
        sent = safe_name(uploads[code].name or "file") if code in uploads else before.get(code)
        if value != sent:
            problems.append(f"{definition.name}: {_t('This is not a file.')}")
    if problems:
        raise ValidationError({"attributes": problems})


def strange_assets(request: Any) -> list[str]:
    """Return what is wrong with the assets among the answers: each must be the customer's own."""
    problems = []
    for definition in request.attribute_definitions():
        pk = request.attributes.get(definition.code) if definition.kind == ASSET else None
        if pk is not None and not assets_for(definition, request.customer_id).filter(pk=pk).exists():
            problems.append(f"{definition.name}: {_t('There is no such asset.')}")
    return problems
