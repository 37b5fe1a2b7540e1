"""Days as people write them in the filters of trails and logs."""

from __future__ import annotations

import datetime as dt

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _


def midnight_of(name: str, text: str, shift: int) -> dt.datetime:
    """Return the midnight that begins a written day, `shift` days on; raises ValidationError on the field `name`."""
    try:
        day = parse_date(text)
    except ValueError:
        day = None
    if day is None or not dt.date(1970, 1, 1) <= day <= dt.date(9000, 1, 1):
        raise ValidationError({name: _("“%(value)s” is not a date like 2026-10-31.") % {"value": text}})
    return timezone.make_aware(dt.datetime.combine(day + dt.timedelta(days=shift), dt.time.min))
