"""Querysets of records: readable through the row scope, never writable round the write path."""

from __future__ import annotations

from typing import Any, NoReturn, TypeVar

from django.db import models

from opscharter.kernel.access.actor import Actor
from opscharter.kernel.errors import WritePathError

R = TypeVar("R", bound=models.Model)


def _refuse(what: str) -> NoReturn:
    ways = "record.save_as(actor), record.move(...) or kernel.records.bulk"
    raise WritePathError(f"{what} goes round the write path; use {ways}")


class RecordQuerySet(models.QuerySet[R]):
    """Rows of a record type."""

    def visible_to(self, actor: Actor, action: str = "view") -> RecordQuerySet[R]:
        """Return only the rows within the actor's grants for the action: the choke point of every read."""
        condition = self.model.scope.rows(actor, self.model._meta.label_lower, action)  # type: ignore[attr-defined]
        return self if condition is None else self.filter(condition)

    def current(self) -> RecordQuerySet[R]:
        """Return the rows that are not archived."""
        return self.filter(archived_at__isnull=True)

    def update(self, **kwargs: Any) -> NoReturn:
        """Refuse: updates skip guards and audit."""
        _refuse("update()")

    def delete(self) -> NoReturn:  # type: ignore[override]
        """Refuse: records are archived, never deleted."""
        _refuse("delete()")

    def create(self, **kwargs: Any) -> NoReturn:
        """Refuse: build the record and call save_as."""
        _refuse("create()")

    def bulk_create(self, *args: Any, **kwargs: Any) -> NoReturn:  # type: ignore[override]
        """Refuse: see kernel.records.bulk."""
        _refuse("bulk_create()")

    def bulk_update(self, *args: Any, **kwargs: Any) -> NoReturn:  # type: ignore[override]
        """Refuse: see kernel.records.bulk."""
        _refuse("bulk_update()")

    def get_or_create(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Refuse: look, then save_as."""
        _refuse("get_or_create()")

    def update_or_create(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Refuse: look, then save_as."""
        _refuse("update_or_create()")

    def rows_for_kernel(self) -> models.QuerySet[R]:
        """Return a plain queryset that can write: for kernel.records alone (an architecture test holds this)."""
        return models.QuerySet(self.model, query=self.query.chain(), using=self.db)


RecordManager = models.Manager.from_queryset(RecordQuerySet)
