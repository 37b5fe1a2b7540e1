"""The actor of a customer's contact: sees its own organization's rows, and of them only what is meant for customers."""

from __future__ import annotations

from opscharter.customers.models import Contact
from opscharter.kernel.access.actor import Actor, Grant, Reach
from opscharter.kernel.users.models import User
from opscharter.organization.access import grants_of
from opscharter.organization.models import Role

ROLE = "customer-contact"


def actor_of_contact(user: User) -> Actor | None:
    """Return the actor of a contact's account; None when the account is nobody's at a customer."""
    contact = Contact.objects.filter(user=user, archived_at__isnull=True).first()
    if contact is None:
        return None
    grants = grants_of(list(Role.objects.filter(code=ROLE).values_list("pk", flat=True)))
    if contact.reach == Contact.Reach.OWN:
        grants = tuple(
            Grant(g.record_type, g.action, Reach.OWN, g.role)
            if g.reach == Reach.CUSTOMER and g.record_type.startswith("service.")
            else g
            for g in grants
        )
    return Actor(
        user=user,
        label=contact.name,
        roles=frozenset({ROLE}),
        grants=grants,
        customers=frozenset({contact.customer_id}),
        external=True,
    )
