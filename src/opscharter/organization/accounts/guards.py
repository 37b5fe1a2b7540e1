"""What stands between a person and somebody's account."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from opscharter.kernel.access.actor import Actor, actor_for
from opscharter.kernel.controls.registry import Text, guard
from opscharter.organization.access import actor_of_employee
from opscharter.organization.models import Employee

GIVING = ("organization.rolegrant", "organization.employeerole", "organization.assignment")
"""Whoever may make one of these can give rights to others."""


@guard(
    "organization.account-by-another", clause="2.1.1", owner="administrator",
    label=_("Nobody opens, resets or closes their own account"), overridable=False,
)  # fmt: skip
def account_by_another(person: Any, actor: Actor) -> Text | None:
    """Refuse one's own account: password and second factor have a page of their own."""
    own = person.user_id is not None and person.user_id == actor.user_id
    if own or (isinstance(person, Employee) and person.pk == actor.person_id):
        return _("Your own account is handled by somebody else; your password you change under “My account”.")
    return None


@guard(
    "organization.account-of-equals", clause="2.1.1", owner="administrator",
    label=_("The account of somebody who gives rights is handled by somebody who gives the same"), overridable=False,
)  # fmt: skip
def account_of_equals(person: Any, actor: Actor) -> Text | None:
    """Refuse to open a door to rights that one could not give oneself: a new password is a way in."""
    holder = actor_of_employee(person) if isinstance(person, Employee) else actor_for(person.user)
    if any(holder.may(kind, "create") and not actor.may(kind, "create") for kind in GIVING):
        return _("This person gives rights that you may not give: an administrator must do this.")
    return None
