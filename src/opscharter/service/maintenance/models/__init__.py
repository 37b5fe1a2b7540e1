"""Plans, what is to be looked at, and the work orders that come of them."""

from opscharter.service.maintenance.models.order import OrderItem, WorkOrder
from opscharter.service.maintenance.models.plan import MaintenancePlan, PlanStep

__all__ = ["MaintenancePlan", "OrderItem", "PlanStep", "WorkOrder"]
