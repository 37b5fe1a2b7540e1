"""Record numbers without gaps and without doubles, however many writers there are."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db import connection, models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class NumberSequence(models.Model):
    """The last number given out under one key (record type and the dated part of its pattern)."""

    key = models.CharField(max_length=120, primary_key=True)
    last = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.key}: {self.last}"


@dataclass(frozen=True)
class Numbering:
    """A number pattern such as `INC-{date:%Y%m%d}-{seq:04}`; the sequence starts anew when the dated part changes.

    Set as `numbering` on a record it adds the unique field `number`.
    """

    pattern: str

    def contribute_to_class(self, cls: type[models.Model], name: str) -> None:
        """Add the `number` field to the record (Django calls this while it builds the class)."""
        setattr(cls, name, self)
        field: models.Field[Any, Any] = models.CharField(_("number"), max_length=40, unique=True, editable=False)
        field.contribute_to_class(cls, "number")

    def next(self, label: str, moment: dt.datetime) -> str:
        """Give out the next number; the row stays locked until the caller's transaction ends, so none is skipped."""
        return self.take(label, moment, 1)[0]

    def take(self, label: str, moment: dt.datetime, count: int) -> list[str]:
        """Give out several consecutive numbers with one statement."""
        date = timezone.localtime(moment)
        key = f"{label}:{self.pattern.format(date=date, seq=0)}"
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO kernel_numbersequence (key, last) VALUES (%s, %s) "
                "ON CONFLICT (key) DO UPDATE SET last = kernel_numbersequence.last + %s RETURNING last",
                [key, count, count],
            )
            last = cursor.fetchone()[0]
        return [self.pattern.format(date=date, seq=seq) for seq in range(last - count + 1, last + 1)]
