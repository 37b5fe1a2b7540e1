"""Tokens for signing in to mail servers by OAuth 2: from a file, a command or an endpoint; kept in memory only.

What is run or read is named in the environment, never in the browser: who edits mailboxes runs nothing on the server.
"""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request
from typing import Any

from opscharter.service.mailbox.secrets import NoSecret, named, secret_of
from opscharter.service.mailbox.words import SignIn

PATIENCE = 20
"""Seconds that a command or an endpoint may take."""
LARGEST = 64 * 1024
EARLY = 60
"""Seconds before its end from which a token is not used any more."""
_kept: dict[int, tuple[tuple[str, ...], str, float]] = {}


def token_for(mailbox: Any) -> str:
    """Return an access token for a mailbox's account; raises NoSecret."""
    if mailbox.sign_in == SignIn.CLIENT:
        return _by_client(mailbox)
    command = os.environ.get(f"{mailbox.secret_name}_COMMAND")
    return _of_command(mailbox.secret_name, command) if command else named(mailbox.secret_name)


def forget(mailbox: Any) -> None:
    """Forget a token that was refused."""
    _kept.pop(mailbox.pk, None)


def _of_command(name: str, command: str) -> str:
    """Run a command without a shell; the first line it writes is the token."""
    try:
        done = subprocess.run(shlex.split(command), capture_output=True, timeout=PATIENCE, check=False)
    except (OSError, ValueError, subprocess.SubprocessError) as error:
        raise NoSecret(f"the command of {name}_COMMAND failed: {type(error).__name__}") from error
    lines = done.stdout.decode("ascii", "ignore").split()
    if done.returncode or not lines:
        raise NoSecret(f"the command of {name}_COMMAND gave no token (exit {done.returncode})")
    return lines[0]


def _by_client(mailbox: Any) -> str:
    """Ask the endpoint for a token in the client's own name; a valid one is used again until shortly before its end."""
    who = (mailbox.token_url, mailbox.client_id, mailbox.token_scope)
    known = _kept.get(mailbox.pk)
    if known is not None and known[0] == who and known[2] > time.monotonic():
        return known[1]
    form = {"grant_type": "client_credentials", "client_id": mailbox.client_id, "client_secret": secret_of(mailbox)}
    if mailbox.token_scope:
        form["scope"] = mailbox.token_scope
    given = _ask(mailbox.token_url, form)
    token = given.get("access_token")
    if not isinstance(token, str) or not token.isascii() or len(token.split()) != 1:
        raise NoSecret("the token endpoint gave no access_token")
    seconds = given.get("expires_in")
    lives = seconds if isinstance(seconds, int) else 0
    _kept[mailbox.pk] = (who, token, time.monotonic() + lives - EARLY)
    return token


class _Straight(urllib.request.HTTPRedirectHandler):
    """A secret is not carried elsewhere by a redirection."""

    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        return None


def _ask(address: str, form: dict[str, str]) -> dict[str, Any]:
    request = urllib.request.Request(address, urllib.parse.urlencode(form).encode())  # https, see Mailbox
    request.add_header("Accept", "application/json")
    try:
        with urllib.request.build_opener(_Straight).open(request, timeout=PATIENCE) as answer:
            given = json.loads(answer.read(LARGEST))
    except urllib.error.HTTPError as error:
        raise NoSecret(f"the token endpoint answered {error.code}") from error
    except (OSError, ValueError) as error:
        raise NoSecret(f"the token endpoint failed: {type(error).__name__}") from error
    if not isinstance(given, dict):
        raise NoSecret("the token endpoint answered with something else than a token")
    return given
