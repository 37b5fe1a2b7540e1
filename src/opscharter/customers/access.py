"""The actor of a customer's contact: sees its own organization's rows, and of them only what is meant for customers."""

from __future__ import annotations

from django.db.models import Q

from opscharter.customers.models import Contact, Contract, Customer
from opscharter.kernel.access.actor import Actor, Grant, Reach
from opscharter.kernel.records.record import record_types
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
            Grant(g.record_type, g.action, Reach.OWN, g.role) if g.reach == Reach.CUSTOMER and _is_somebodys(g) else g
            for g in grants
        )
    return Actor(
        user=user,
        contact_id=contact.pk,
        label=contact.name,
        roles=frozenset({ROLE}),
        grants=grants,
        customers=frozenset({contact.customer_id}),
        external=True,
    )


def _is_somebodys(grant: Grant) -> bool:
    """Say whether a grant speaks of matters that are one contact's: those of the service, and what names a contact."""
    if grant.record_type.startswith("service."):
        return True
    models = [model for model in record_types() if model._meta.label_lower == grant.record_type]
    return any(model.scope.contact for model in models)


def in_charge_of(person_id: int) -> set[int]:
    """Return the customers in an employee's charge: as account manager, or as project manager of a running contract."""
    running = Contract.objects.current().exclude(state=Contract.State.ENDED).filter(project_manager_id=person_id)
    rows = Customer.objects.filter(Q(account_manager_id=person_id) | Q(pk__in=running.values("customer_id")))
    return set(rows.values_list("pk", flat=True))
