"""Every record of the chapter, practice by practice: Django finds an app's models here."""

from opscharter.service.changes.models import Change, ChangeTask
from opscharter.service.emergencies.models import ContingencyPlan, ContingencyStep, Emergency, EmergencyTask
from opscharter.service.tickets.models import Incident, Macro, ServiceRequest, TestStep, TicketLink, Watcher

__all__ = [
    "Change",
    "ChangeTask",
    "ContingencyPlan",
    "ContingencyStep",
    "Emergency",
    "EmergencyTask",
    "Incident",
    "Macro",
    "ServiceRequest",
    "TestStep",
    "TicketLink",
    "Watcher",
]
