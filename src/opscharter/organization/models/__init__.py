"""The organization's records: where people belong, what they hold, and what follows from it."""

from opscharter.organization.models.access import Delegation, EmployeeRole, Role, RoleGrant
from opscharter.organization.models.department import Department
from opscharter.organization.models.employee import Assignment, Employee
from opscharter.organization.models.post import Post

__all__ = ["Assignment", "Delegation", "Department", "Employee", "EmployeeRole", "Post", "Role", "RoleGrant"]
