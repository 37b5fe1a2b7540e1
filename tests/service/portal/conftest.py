"""A catalogue item with a form of every kind of question, and contacts of two customers."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace

import pytest
from django.test import Client

from opscharter.assets.models import Asset
from opscharter.customers.access import ROLE, actor_of_contact
from opscharter.customers.models import Contact, Customer, Service
from opscharter.kernel.access.actor import Actor, system_actor
from opscharter.kernel.records.bulk import create_many
from opscharter.kernel.users.models import User
from opscharter.organization.models import Role, RoleGrant
from opscharter.organization.roles import default_grants
from opscharter.service.portal.models import CatalogueField


@pytest.fixture
def item(service: Service) -> Service:
    """Return an item that asks for everything one can ask."""
    for place, (code, kind, more) in enumerate(
        [
            ("name", "text", {"required": True}),
            ("seats", "number", {"required": True, "least": 1, "most": 20}),
            ("start", "date", {}),
            ("system", "choice", {"options": ["Debian", "Other | 其他 | 其它"]}),
            ("which", "text", {"required": True, "asked_when": "system=Other"}),
            ("rights", "choices", {"options": ["A | 甲 | 甲", "B | 乙 | 乙"]}),
            ("laptop", "yes-no", {}),
            ("bag", "text", {"asked_when": "laptop=yes"}),
            ("host", "asset", {"asset_kind": "server"}),
            ("form", "file", {}),
        ]
    ):  # fmt: skip
        CatalogueField(
            service=service, code=code, kind=kind, position=place, label=f"Asked {code}", label_zh_hant=f"問{code}",
            **more,
        ).save_as(system_actor())  # fmt: skip
    return service


MakeContact = Callable[..., SimpleNamespace]


@pytest.fixture
def contact(customer: Customer) -> MakeContact:
    """Return a maker of contacts with an account: their record, actor and browser."""
    role = Role(code=ROLE, name="Contact").save_as(system_actor())
    lines = [RoleGrant(role=role, record_type=kind, action=action, reach=reach)
             for kind, action, reach in default_grants()[ROLE]]  # fmt: skip
    create_many(lines, system_actor())

    def make(name: str, at: Customer | None = None, reach: str = "organization") -> SimpleNamespace:
        user = User.objects.create_user(name)
        person = Contact(customer=at or customer, name=name, reach=reach)
        person.user = user
        person.save_as(system_actor())
        actor = actor_of_contact(user)
        assert isinstance(actor, Actor)
        browser = Client(headers={"accept-language": "en"})
        browser.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return SimpleNamespace(person=person, actor=actor, browser=browser)

    return make


@pytest.fixture
def other_customer() -> Customer:
    """Return another customer."""
    return Customer(name="West Bank").save_as(system_actor())


@pytest.fixture
def host(customer: Customer) -> Asset:
    """Return a server of the customer."""
    return Asset(name="east-vm-01", kind="server", customer=customer).save_as(system_actor())
