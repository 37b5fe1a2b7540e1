"""Passwords of mailboxes: encrypted at rest, or named in the environment; never shown, logged or exported."""

from __future__ import annotations

import base64
import hashlib
import os
from pathlib import Path
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from opscharter.kernel import moment
from opscharter.kernel.access.actor import Actor
from opscharter.kernel.audit.trail import write_entry
from opscharter.kernel.errors import NotPermitted
from opscharter.kernel.records.writing import permitted
from opscharter.service.mailbox.models import Mailbox, MailboxSecret

SALT = b"opscharter.mailbox-secret"
LONGEST = 500


class NoSecret(Exception):
    """There is no password that can be used; the message says why."""


def _box() -> MultiFernet:
    """Return the lock of all secrets: made with the present SECRET_KEY, opened with former ones too."""
    keys = [str(key) for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]
    return MultiFernet([
        Fernet(base64.urlsafe_b64encode(hashlib.scrypt(key.encode(), salt=SALT, n=2**12, r=8, p=1, dklen=32)))
        for key in keys
    ])  # fmt: skip


@transaction.atomic
def set_secret(mailbox: Mailbox, actor: Actor, secret: str) -> None:
    """Keep a mailbox's password, encrypted. The audit trail says that it was set, not what it is."""
    if not permitted(mailbox, actor, "edit"):
        raise NotPermitted("edit", mailbox._meta.label_lower)
    if not secret or len(secret) > LONGEST:
        raise ValidationError(_("Give a password of at most %(n)s characters.") % {"n": LONGEST})
    sealed = _box().encrypt(secret.encode()).decode()
    MailboxSecret.objects.update_or_create(mailbox=mailbox, defaults={"sealed": sealed, "set_at": moment.now()})
    write_entry(actor, "secret", record=mailbox, note="password set")


def named(name: str) -> str:
    """Return the secret in an environment variable, or in the file that `NAME_FILE` names; raises NoSecret."""
    if found := os.environ.get(name):
        return found
    place = os.environ.get(f"{name}_FILE")
    if not place:
        raise NoSecret(f"the environment has no {name} and no {name}_FILE")
    try:
        found = Path(place).read_text().strip()
    except (OSError, UnicodeDecodeError) as error:
        raise NoSecret(f"the file of {name}_FILE cannot be read: {type(error).__name__}") from error
    if not found:
        raise NoSecret(f"the file of {name}_FILE is empty")
    return found


def is_named(name: str) -> bool:
    """Say whether the environment has a secret, a file or a command of this name."""
    return any(os.environ.get(f"{name}{ending}") for ending in ("", "_FILE", "_COMMAND"))


def secret_of(mailbox: Any) -> str:
    """Return a mailbox's password, or client secret; raises NoSecret."""
    if mailbox.secret_name:
        return named(mailbox.secret_name)
    kept = MailboxSecret.objects.filter(mailbox_id=mailbox.pk).first()
    if kept is None:
        raise NoSecret("no password is set")
    try:
        return _box().decrypt(kept.sealed.encode()).decode()
    except InvalidToken as error:
        raise NoSecret("SECRET_KEY has changed; set the password again") from error
