"""Customers: a master that the chapters share, shown under chapter 3."""

from django.utils.translation import gettext_lazy as _

from opscharter.customers import resources
from opscharter.kernel.resources.site import Chapter

CHAPTER = Chapter(
    code="customers",
    label=_("Customers"),
    under="service",
    resources=[
        resources.customers,
        resources.contacts,
        resources.contracts,
        resources.levels,
        resources.services,
    ],
)
