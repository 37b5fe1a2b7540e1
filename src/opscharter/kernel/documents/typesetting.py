"""Setting a PDF from a typst template and plain data, with the house's fonts and nothing else of the machine."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import typst
from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.utils.translation import get_language

FONTS = Path(__file__).parent / "fonts"
ROOT = settings.PACKAGE
"""Templates may import each other from here: `#import "/kernel/documents/house.typ": *`."""


@cache
def _fonts() -> typst.Fonts:
    """Return the house's fonts, read once a process: that is most of a document's time."""
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(FONTS)])


def typeset(template: Path, data: Mapping[str, Any], language: str | None = None) -> bytes:
    """Return the PDF of a template below the package.

    The template reads `data` (anything JSON can say; dates and decimals become text) and `language`
    (zh-hant, zh-hans or en; default: the active one) from `house.typ`. Raises typst.TypstError for a broken template.
    """
    inputs = {
        "data": json.dumps(data, cls=DjangoJSONEncoder, ensure_ascii=False),
        "language": (language or get_language() or "zh-hant").lower(),
    }
    compiled: bytes = typst.compile(str(template), root=str(ROOT), font_paths=_fonts(), sys_inputs=inputs)
    return compiled
