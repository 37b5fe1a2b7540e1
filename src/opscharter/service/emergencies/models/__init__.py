"""What is prepared for emergencies, and the emergencies themselves."""

from opscharter.service.emergencies.models.emergency import Emergency
from opscharter.service.emergencies.models.plan import ContingencyPlan, ContingencyStep
from opscharter.service.emergencies.models.task import EmergencyTask

__all__ = ["ContingencyPlan", "ContingencyStep", "Emergency", "EmergencyTask"]
