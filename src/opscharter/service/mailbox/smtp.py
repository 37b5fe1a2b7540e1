"""A mailbox's own SMTP server, over which its answers go out."""

from __future__ import annotations

import smtplib
from typing import Any

from django.conf import settings
from django.core.mail import get_connection
from django.core.mail.backends.smtp import EmailBackend

from opscharter.service.mailbox.oauth import forget, token_for
from opscharter.service.mailbox.secrets import named, secret_of
from opscharter.service.mailbox.words import Security, SignIn

BACKEND = "django.core.mail.backends.smtp.EmailBackend"


def server_of(mailbox: Any) -> Any:
    """Return a connection, not opened yet, to a mailbox's own server; raises NoSecret."""
    how: dict[str, Any] = {
        "host": mailbox.smtp_host, "port": mailbox.smtp_port, "timeout": settings.EMAIL_TIMEOUT,
        "use_tls": mailbox.smtp_security == Security.STARTTLS, "use_ssl": mailbox.smtp_security == Security.TLS,
        "username": "", "password": "", "fail_silently": False,
    }  # fmt: skip
    if not mailbox.smtp_username:
        return get_connection(BACKEND, **how)
    if mailbox.smtp_secret_name or mailbox.sign_in == SignIn.PASSWORD:
        password = named(mailbox.smtp_secret_name) if mailbox.smtp_secret_name else secret_of(mailbox)
        return get_connection(BACKEND, **{**how, "username": mailbox.smtp_username, "password": password})
    return TokenBackend(mailbox, **how)


class TokenBackend(EmailBackend):
    """An SMTP connection that signs in with an OAuth 2 token (XOAUTH2)."""

    def __init__(self, mailbox: Any, **how: Any) -> None:
        super().__init__(**how)
        self.mailbox, self.token = mailbox, token_for(mailbox)

    def open(self) -> bool | None:
        """Open the connection and sign in; a token that is refused is not kept for the next try."""
        opened = super().open()
        if opened and self.connection is not None:
            said = f"user={self.mailbox.smtp_username}\x01auth=Bearer {self.token}\x01\x01"
            try:
                self.connection.ehlo_or_helo_if_needed()
                self.connection.auth("XOAUTH2", lambda challenge=None: said if challenge is None else "")
            except smtplib.SMTPException:
                forget(self.mailbox)
                self.connection.close()
                self.connection = None
                raise
        return opened
