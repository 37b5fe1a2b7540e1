"""What waits for a person: each part of a chapter says it for its own records, "my work" shows it together."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text = str | Promise
HANDLE = _("Handle")


@dataclass
class Task:
    """One thing to do: what, of which kind, by which clause, by when."""

    title: str
    kind: Text
    url: str
    clause: str = ""
    due: dt.datetime | None = None
    verb: Text = HANDLE
    priority: int | None = None
    customer: str = ""
