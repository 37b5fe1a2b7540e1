"""The organization's records: where people belong, what they hold, and what follows from it."""

from opscharter.organization.decisions.models import Decision, FollowUp  # they build on the ones above
from opscharter.organization.duties.models import Duty
from opscharter.organization.models.access import Delegation, EmployeeRole, Role, RoleGrant
from opscharter.organization.models.department import Department
from opscharter.organization.models.employee import Assignment, Employee, ReportingLine
from opscharter.organization.models.goal import Goal
from opscharter.organization.models.post import Post
from opscharter.organization.plans.models import DepartmentPlan, PlanItem
from opscharter.organization.requests.models import DepartmentRequest
from opscharter.organization.reviews.models import ManagementReview

__all__ = [
    "Assignment",
    "Decision",
    "Delegation",
    "Department",
    "DepartmentPlan",
    "DepartmentRequest",
    "Duty",
    "Employee",
    "EmployeeRole",
    "FollowUp",
    "Goal",
    "ManagementReview",
    "PlanItem",
    "Post",
    "ReportingLine",
    "Role",
    "RoleGrant",
]
