"""Record numbers without gaps and without doubles, however many writers there are."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db import connection, models
from django.utils.translation import gettext_lazy as _

from opscharter.kernel.moment import in_office


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

    def take(self, model: type[models.Model], at: dt.datetime, count: int = 1) -> list[str]:
        """Give out the next numbers of a record type, passing over those that imported rows brought with them.

        The sequence stays locked until the caller's transaction ends, so that none is lost when it fails.
        """
        free: list[str] = []
        while len(free) < count:
            numbers = self._advance(model._meta.label_lower, at, count - len(free))
            taken = set(model._base_manager.filter(number__in=numbers).values_list("number", flat=True))
            free += [number for number in numbers if number not in taken]
        return free

    def _advance(self, label: str, at: dt.datetime, count: int) -> list[str]:
        date = in_office(at)
        key = f"{label}:{self.pattern.format(date=date, seq=0)}"
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO kernel_numbersequence (key, last) VALUES (%s, %s) "
                "ON CONFLICT (key) DO UPDATE SET last = kernel_numbersequence.last + %s RETURNING last",
                [key, count, count],
            )
            last = cursor.fetchone()[0]
        return [self.pattern.format(date=date, seq=seq) for seq in range(last - count + 1, last + 1)]
