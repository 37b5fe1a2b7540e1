"""Customers, the people there, what was agreed with them, and the services on offer."""

from opscharter.customers.feedback.models import Feedback  # it builds on the ones above
from opscharter.customers.models.contract import Contract, SlaTarget
from opscharter.customers.models.customer import Contact, Customer
from opscharter.customers.models.service import Service

from opscharter.customers.packs.models import CompliancePack  # isort: skip

__all__ = ["CompliancePack", "Contact", "Contract", "Customer", "Feedback", "Service", "SlaTarget"]
