"""Whose a stranger's message may be: customers whose contacts write from the same domain."""

from __future__ import annotations

from typing import Any

from django.db.models import Count

from opscharter.customers.models import Customer
from opscharter.kernel.access.actor import Actor

PUBLIC = {
    "gmail.com", "outlook.com", "hotmail.com", "yahoo.com", "icloud.com", "qq.com", "163.com", "126.com", "sina.com",
    "foxmail.com", "live.com", "yeah.net", "sohu.com", "aliyun.com", "msn.com", "yahoo.com.tw",
}  # fmt: skip
"""Domains of everybody: they say nothing about a customer."""
MOST = 3


def likely_customers(message: Any, actor: Actor) -> list[Customer]:
    """Return the customers with contacts at the sender's domain, those with most first."""
    domain = message.from_address.rpartition("@")[2]
    if not domain or domain in PUBLIC:
        return []
    rows = Customer.objects.visible_to(actor).current().filter(
        contacts__email__iendswith=f"@{domain}", contacts__archived_at__isnull=True
    )  # fmt: skip
    return list(rows.annotate(writers=Count("contacts")).order_by("-writers", "pk")[:MOST])
