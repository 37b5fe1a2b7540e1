"""Every record of the chapter, practice by practice: Django finds an app's models here."""

from opscharter.service.tickets.models import Incident, ServiceRequest, TestStep

__all__ = ["Incident", "ServiceRequest", "TestStep"]
