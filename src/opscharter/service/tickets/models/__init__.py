"""What customers ask for and what has gone wrong."""

from opscharter.service.tickets.models.incident import Incident
from opscharter.service.tickets.models.request import ServiceRequest
from opscharter.service.tickets.models.test_step import TestStep

__all__ = ["Incident", "ServiceRequest", "TestStep"]
