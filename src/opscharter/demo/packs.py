"""A compliance pack of this month for the customer who asks for it."""

from __future__ import annotations

from opscharter.charter.assurance.owners import holder_of
from opscharter.customers.models import CompliancePack, Customer
from opscharter.customers.packs.making import make_pack
from opscharter.demo.life import World
from opscharter.kernel import moment
from opscharter.kernel.access.actor import actor_for
from opscharter.kernel.indicators.periods import Period


def order_a_pack(world: World) -> None:
    """Let the service manager order the pack, and make it."""
    manager = holder_of("service-manager")
    customer = Customer.objects.order_by("pk").first()
    if manager is None or customer is None:
        return
    with moment.at(world.until):
        pack = CompliancePack(customer=customer, period=str(Period.this_month()), language="zh-hant")
        make_pack.func(pack.save_as(actor_for(manager)).pk)
