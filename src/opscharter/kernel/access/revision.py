"""A mark that changes whenever what people may do changes, so that every process can keep actors it has built."""

from __future__ import annotations

import secrets

from django.db import models


class AccessRevision(models.Model):
    """The one row that holds the present mark; no row means that nothing may be kept."""

    mark = models.CharField(max_length=32)

    def __str__(self) -> str:
        return self.mark


def present() -> str:
    """Return the present mark, or an empty text when nothing has been decided yet."""
    return AccessRevision.objects.filter(pk=1).values_list("mark", flat=True).first() or ""


def renew() -> None:
    """Change the mark in the caller's transaction: posts, roles, grants or departments have changed.

    The mark is drawn at random, not counted up, so that a change that was rolled back never returns under its number.
    """
    mark = secrets.token_hex(16)
    if not AccessRevision.objects.filter(pk=1).update(mark=mark):
        AccessRevision.objects.create(pk=1, mark=mark)
