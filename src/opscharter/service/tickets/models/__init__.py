"""What customers ask for and what has gone wrong."""

from opscharter.service.tickets.models.incident import Incident
from opscharter.service.tickets.models.macro import Macro
from opscharter.service.tickets.models.request import ServiceRequest
from opscharter.service.tickets.models.test_step import TestStep
from opscharter.service.tickets.ties import TicketLink, Watcher

__all__ = ["Incident", "Macro", "ServiceRequest", "TestStep", "TicketLink", "Watcher"]
