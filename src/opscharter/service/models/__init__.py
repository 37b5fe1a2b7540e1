"""What customers ask for and what has gone wrong."""

from opscharter.service.models.incident import Incident
from opscharter.service.models.request import ServiceRequest
from opscharter.service.models.test_step import TestStep

__all__ = ["Incident", "ServiceRequest", "TestStep"]
