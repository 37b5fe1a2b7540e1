"""Verbs of accounts: open, reset, close, reopen, unlock, sign out, take away the second factor. All audited."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from opscharter.kernel import moment
from opscharter.kernel.access.actor import Actor, system_actor
from opscharter.kernel.api.models import ApiToken
from opscharter.kernel.audit.models import AuditEntry
from opscharter.kernel.audit.trail import write_entry
from opscharter.kernel.controls.decisions import judge, log_decisions
from opscharter.kernel.controls.models import GuardDecision
from opscharter.kernel.errors import NotPermitted, Reason, Refused
from opscharter.kernel.jobs.queue import job
from opscharter.kernel.notices.sending import send
from opscharter.kernel.records.writing import permitted
from opscharter.kernel.users.models import User
from opscharter.organization.accounts.guards import account_by_another, account_of_equals
from opscharter.organization.accounts.notices import HANDLED
from opscharter.organization.models import Employee

ACTION = "account"
GUARDS = (account_by_another, account_of_equals)
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
"""What cannot be mistaken for another letter when it is read aloud or copied from paper."""
TRIES, WITHIN = 5, dt.timedelta(seconds=300)
"""So many failed sign-ins within this time shut an account's door (`ACCOUNT_RATE_LIMITS`)."""


@dataclass(frozen=True)
class Given:
    """What became of an account; the one-time password, if one was made, is shown now and never again."""

    user: User
    password: str = ""


@dataclass(frozen=True)
class Verb:
    """Something that can be done with an account."""

    label: str | Promise
    act: Callable[[Any, str], Given]
    applies: Callable[[User | None], bool]
    needs_reason: bool = False


def one_time_password() -> str:
    """Return a password for one sign-in: sixteen letters in groups of four, some eighty bits."""
    return "-".join("".join(secrets.choice(LETTERS) for _n in range(4)) for _group in range(4))


def obstacles_to(person: Any, actor: Actor) -> list[Reason]:
    """Return why the actor may not handle the person's account; nothing is written."""
    return judge(GUARDS, person, actor).refusals


def handle(person: Any, do: str, actor: Actor, *, login: str = "", reason: str = "") -> Given:
    """Do something with the account of an employee or a contact; `do` is one of `VERBS`.

    Raises NotPermitted without the right, Refused with reasons, ValidationError for a login that cannot be; then
    nothing was changed.
    """
    if do not in VERBS or not permitted(person, actor, ACTION):
        raise NotPermitted(ACTION, person._meta.label_lower)
    verb = VERBS[do]
    try:
        with transaction.atomic():
            person = type(person)._base_manager.select_for_update().get(pk=person.pk)
            _refuse(person, verb, actor, reason)
            given = verb.act(person, login.strip())
            changes = {"account": [None, given.user.username]}
            write_entry(actor, f"account:{do}", record=person, changes=changes, note=reason.strip())
            if do in HANDLED:
                data = {"who": actor.label or str(actor.user or "")}
                send(HANDLED[do], [given.user], key=moment.now().isoformat(), data=data)
    except Refused as refused:
        with transaction.atomic():
            log_decisions(GuardDecision.Outcome.REFUSED, refused.reasons, person, actor, f"account:{do}")
            told = [each.as_dict() for each in refused.reasons]
            write_entry(actor, f"refused:account:{do}", record=person, changes={"reasons": [None, told]})
        raise
    return given


def _refuse(person: Any, verb: Verb, actor: Actor, reason: str) -> None:
    refusals = obstacles_to(person, actor)
    if verb.needs_reason and not reason.strip():
        refusals.append(Reason(_t("This step needs a reason."), field="reason"))
    if not verb.applies(person.user):
        refusals.append(Reason(_t("The account as it stands does not allow this.")))
    if refusals:
        raise Refused(refusals)


def offered(user: User | None) -> list[str]:
    """Return what can be done with an account as it stands; None is the account that somebody has not."""
    return [name for name, verb in VERBS.items() if verb.applies(user)]


def _open(person: Any, login: str) -> Given:
    user = User(username=login, display_name=person.name, email=person.email, must_change_password=True)
    user.set_password(password := one_time_password())
    try:
        user.full_clean()
    except ValidationError as error:
        raise ValidationError({"login": [m for found in error.message_dict.values() for m in found]}) from error
    user.save()
    person.user = user
    person.save_as(system_actor())
    return Given(user, password)


def _reset(person: Any, login: str) -> Given:
    user: User = person.user
    user.set_password(password := one_time_password())
    user.must_change_password = True
    user.save(update_fields=["password", "must_change_password"])
    _end_sessions(user)
    return Given(user, password)


def _close(person: Any, login: str) -> Given:
    person.user.is_active = False
    person.user.save(update_fields=["is_active"])
    return _sign_out(person, login)


def _reopen(person: Any, login: str) -> Given:
    person.user.is_active = True
    person.user.save(update_fields=["is_active"])
    return Given(person.user)


def _unlock(person: Any, login: str) -> Given:
    person.user.unlocked = moment.now()
    person.user.save(update_fields=["unlocked"])
    return Given(person.user)


def _sign_out(person: Any, login: str) -> Given:
    """End every session and every key to the API."""
    _end_sessions(person.user)
    ApiToken.objects.filter(user=person.user, revoked_at__isnull=True).update(revoked_at=moment.now())
    return Given(person.user)


def _factors(person: Any, login: str) -> Given:
    Authenticator.objects.filter(user=person.user).delete()
    return Given(person.user)


def _end_sessions(user: User) -> None:
    for session in UserSession.objects.filter(user=user):
        session.end()


def _is_open(user: User | None) -> bool:
    return user is not None and user.is_active


VERBS: dict[str, Verb] = {
    "open": Verb(_("Open an account"), _open, lambda user: user is None),
    "reset": Verb(_("Reset the password"), _reset, _is_open),
    "unlock": Verb(_("Unlock"), _unlock, _is_open),
    "sign-out": Verb(_("Sign out everywhere"), _sign_out, _is_open),
    "factors": Verb(_("Take away the second factor"), _factors, _is_open, needs_reason=True),
    "close": Verb(_("Close the account"), _close, _is_open, needs_reason=True),
    "reopen": Verb(_("Open it again"), _reopen, lambda user: user is not None and not user.is_active,
                   needs_reason=True),
}  # fmt: skip


@dataclass(frozen=True)
class Standing:
    """How somebody's account stands."""

    user: User | None
    tries: int = 0
    """How many sign-ins failed within the time that shuts the door."""
    sessions: int = 0
    keys: int = 0
    factors: int = 0

    @property
    def locked(self) -> bool:
        """Say whether the door is shut for a while."""
        return self.tries >= TRIES

    @property
    def state(self) -> tuple[str | Promise, str]:
        """Return the state in words and its colour."""
        if self.user is None:
            return _("no account"), "n"
        if not self.user.is_active:
            return _("account closed"), "n"
        if self.locked:
            return _("locked for a while"), "r"
        return (_("must choose a password"), "a") if self.user.must_change_password else (_("in use"), "g")


def standing_of(person: Any) -> Standing:
    """Return how the account of an employee or a contact stands."""
    user: User | None = person.user
    if user is None:
        return Standing(None)
    now = moment.now()
    since = max(now - WITHIN, user.unlocked or now - WITHIN)
    names = {user.username.lower(), user.email.lower()} - {""}
    failed = AuditEntry.objects.filter(action="sign-in-failed", at__gte=since).values_list("changes", flat=True)
    return Standing(
        user,
        sum(str(changes.get("name", [None, ""])[1]).lower() in names for changes in failed),
        UserSession.objects.filter(user=user).count(),
        ApiToken.objects.filter(user=user, revoked_at__isnull=True, expires_at__gt=now).count(),
        Authenticator.objects.filter(user=user).exclude(type=Authenticator.Type.RECOVERY_CODES).count(),
    )


def close_of_leavers(actor: Actor) -> int:
    """Close the accounts of employees whose last day is over; returns how many."""
    gone = Q(left_on__lt=moment.today()) | Q(archived_at__isnull=False)
    leavers = list(Employee.objects.filter(gone, user__is_active=True).select_related("user"))
    for person in leavers:
        handle(person, "close", actor, reason="left")
    return len(leavers)


@job()
def close_leavers_accounts() -> int:
    """Run `close_of_leavers` every night, just after somebody's last day."""
    return close_of_leavers(system_actor())
