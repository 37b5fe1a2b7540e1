"""Keys to the API: made once, shown once, kept as a hash, narrower than their owner, ended by a date."""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from dataclasses import replace

from django.conf import settings

from opscharter.kernel import moment
from opscharter.kernel.access.actor import ANY, Actor, Grant
from opscharter.kernel.api.models import ApiToken
from opscharter.kernel.audit.trail import write_entry

PREFIX = "oc_"
USED_EVERY = dt.timedelta(minutes=10)
WROTE_EVERY = dt.timedelta(seconds=5)
CLOCKS_DIFFER = dt.timedelta(seconds=2)
"""So far the clocks of web nodes may be apart."""
READING = frozenset({"view", "export", "history"})


def digest(plain: str) -> str:
    """Return the hash under which a key is kept."""
    return hashlib.sha256(plain.encode()).hexdigest()


def issue(
    actor: Actor, name: str, *, days: int, read_only: bool = False, record_types: list[str] | None = None
) -> tuple[ApiToken, str]:
    """Make a key of the actor's own account; the plain text is returned this once."""
    plain = PREFIX + secrets.token_urlsafe(32)
    now = moment.now()
    token = ApiToken.objects.create(
        user_id=actor.user_id,
        name=name[:80],
        prefix=plain[:8],
        hash=digest(plain),
        read_only=read_only,
        record_types=record_types or [],
        created_at=now,
        expires_at=now + dt.timedelta(days=days),
    )
    write_entry(
        actor, "token:issue", record=token, changes={"name": [None, name], "expires_at": [None, token.expires_at]}
    )
    return token, plain


def revoke(actor: Actor, pk: int) -> bool:
    """End a key of one's own; False when there is none."""
    token = ApiToken.objects.filter(pk=pk, user_id=actor.user_id, revoked_at__isnull=True).first()
    if token is None:
        return False
    token.revoked_at = moment.now()
    token.save(update_fields=["revoked_at"])
    write_entry(actor, "token:revoke", record=token)
    return True


def find(plain: str, address: str = "") -> ApiToken | None:
    """Return the living token of a key, noting now and then when and from where it was used."""
    now = moment.now()
    token = (
        ApiToken.objects.select_related("user")
        .filter(hash=digest(plain), revoked_at__isnull=True, expires_at__gt=now, user__is_active=True)
        .first()
    )
    if token is not None and (token.last_used_at is None or now - token.last_used_at > USED_EVERY):
        token.last_used_at, token.last_address = now, address
        token.save(update_fields=["last_used_at", "last_address"])
    return token


def note_write(token: ApiToken) -> None:
    """Note that something was written with a key, at most every few seconds; asked for where there is a replica."""
    now = moment.now()
    if token.last_wrote_at is None or now - token.last_wrote_at > WROTE_EVERY:
        ApiToken.objects.filter(pk=token.pk).update(last_wrote_at=now)


def has_just_written(token: ApiToken) -> bool:
    """Say whether a replica that may still be read might lack what was written with a key.

    A replica is read only while it is at most so far behind. Programs keep no cookies and meet another web node each
    time, so a key goes by this bound and the key's row, which every request reads anyhow.
    """
    bound = dt.timedelta(seconds=settings.REPLICA_MOST_LAG) + WROTE_EVERY + CLOCKS_DIFFER
    return token.last_wrote_at is not None and moment.now() - token.last_wrote_at < bound


def _common(one: str, other: str) -> str:
    """Return the narrower of two record types (`*`, `service.*`, `service.incident`); empty when they are strangers."""
    for wide, narrow in ((one, other), (other, one)):
        if wide in (ANY, narrow) or (wide.endswith(".*") and narrow != ANY and narrow.startswith(wide[:-1])):
            return narrow
    return ""


def narrowed(actor: Actor, token: ApiToken) -> Actor:
    """Return the actor with only what the key allows: never more than the person."""
    grants = actor.grants
    if token.record_types:
        common = ((_common(wanted, grant.record_type), grant) for wanted in token.record_types for grant in grants)
        grants = tuple(Grant(both, grant.action, grant.reach, grant.role) for both, grant in common if both)
    if token.read_only:
        grants = tuple(
            Grant(grant.record_type, action, grant.reach, grant.role)
            for grant in grants
            for action in (READING if grant.action == ANY else READING & {grant.action})
        )
    return replace(actor, grants=grants)
