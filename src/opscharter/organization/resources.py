"""How the organization appears."""

from django.utils.translation import gettext_lazy as _

from opscharter.kernel.resources.declaration import Column, Resource, Section
from opscharter.kernel.resources.site import site
from opscharter.organization.accounts.api import AccountOfView
from opscharter.organization.accounts.pages import ADDRESS, AccountOfPage
from opscharter.organization.models import (
    Assignment,
    Delegation,
    Department,
    Employee,
    EmployeeRole,
    Post,
    ReportingLine,
    Role,
    RoleGrant,
)


def _kind(grant: RoleGrant) -> str:
    resource = site.find(grant.record_type)
    return f"{resource.label} ({grant.record_type})" if resource else grant.record_type


KIND = Column("record_type", _("record type"), _kind, ("record_type",))

departments = Resource(
    Department,
    "departments",
    icon="sitemap",
    columns=["code", "name", "parent", "head"],
    filters=["parent"],
    form=["code", "name", "parent", "head"],
    order="code",
)
posts = Resource(
    Post,
    "posts",
    icon="id-badge-2",
    columns=["title", "level"],
    filters=["level"],
    form=["title", "level", "roles", "duties"],
    order="title",
)
employees = Resource(
    Employee,
    "employees",
    icon="users",
    columns=["number", "name", "department", "post", "manager", "joined_on"],
    filters=["department", "post", "manager", "joined_on"],
    order="number",
    form=[
        Section(_("Person"), ["name", "email", "phone"]),
        Section(_("Place"), ["department", "post", "manager", "joined_on", "left_on"]),
    ],
    pages={ADDRESS: AccountOfPage},
    api={ADDRESS: AccountOfView},
)
assignments = Resource(
    Assignment,
    "assignments",
    icon="history",
    columns=["employee", "post", "department", "valid_from", "valid_to"],
    filters=["employee", "post", "department"],
    order="-valid_from",
)
reporting_lines = Resource(
    ReportingLine,
    "reporting-lines",
    icon="arrow-merge",
    columns=["employee", "manager", "valid_from", "valid_to"],
    filters=["employee", "manager"],
    order="-valid_from",
)
roles = Resource(Role, "roles", icon="shield-check", columns=["code", "name", "description"], order="code")
grants = Resource(
    RoleGrant,
    "grants",
    icon="key",
    columns=["role", KIND, "action", "reach"],
    filters=["role", "reach"],
)
given_roles = Resource(
    EmployeeRole,
    "given-roles",
    icon="user-check",
    columns=["employee", "role", "valid_from", "valid_to"],
    filters=["employee", "role"],
)
delegations = Resource(
    Delegation, "delegations", icon="arrows-exchange", columns=["person", "deputy", "valid_from", "valid_to", "reason"],
    filters=["person", "deputy"],
)  # fmt: skip
