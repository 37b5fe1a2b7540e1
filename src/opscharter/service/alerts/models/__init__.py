"""Sources of alerts, what they delivered, and what became of it."""

from opscharter.service.alerts.models.alert import Alert, AlertGroup, Occurrence
from opscharter.service.alerts.models.candidate import MajorCandidate
from opscharter.service.alerts.models.delivery import Delivery
from opscharter.service.alerts.models.source import AlertDoor, AlertRule, AlertSource

__all__ = [
    "Alert",
    "AlertDoor",
    "AlertGroup",
    "AlertRule",
    "AlertSource",
    "Delivery",
    "MajorCandidate",
    "Occurrence",
]
