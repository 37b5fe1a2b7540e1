"""Who can sign in. What a person may do follows from posts and roles, not from flags on the account."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.translation import gettext_lazy as _


class User(AbstractUser):
    """A sign-in account: an employee's, a customer contact's, or a technical one."""

    display_name = models.CharField(_("name"), max_length=120, blank=True)
    language = models.CharField(_("language"), max_length=10, blank=True)
    time_zone = models.CharField(_("time zone"), max_length=64, blank=True)
    must_change_password = models.BooleanField(default=False)
    """Set with a password made by somebody else: nothing opens before the person has chosen another."""
    unlocked = models.DateTimeField(null=True, editable=False)
    """When somebody let the person try again: failed sign-ins are counted anew from then."""

    numbering: ClassVar[None] = None
    search_fields: ClassVar[tuple[str, ...]] = ("display_name", "username")
    """As records have them: how a file and a form name an account."""

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")

    def __str__(self) -> str:
        return self.display_name or self.username
