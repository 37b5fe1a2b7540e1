"""The roles every installation begins with, and what they may do in this chapter; other chapters add their own lines.

A line reads: record type, actions, reach. `service.*` is a whole chapter, `*` everything. A company edits all of it in
the browser afterwards.
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from opscharter.kernel.access.actor import Reach
from opscharter.kernel.resources.site import GrantLine, site

ALL, TREE, OWN = Reach.ALL, Reach.DEPARTMENT_TREE, Reach.OWN
EVERYONE = "everyone"
"""In a table of grants: whoever works here, by whatever role; customers' contacts do not."""
OUTSIDE = "customer-contact"

NAMES = {
    "top-management": _("top management"),
    "department-manager": _("department manager"),
    "project-manager": _("project manager"),
    "engineer": _("O&M engineer"),
    "technical-support": _("technical support"),
    "hotline": _("hotline agent"),
    "service-manager": _("service manager"),
    "change-manager": _("change manager"),
    "advisory-board": _("change advisory board"),
    "quality-supervisor": _("quality supervisor"),
    "security-officer": _("security officer"),
    "hr": _("human resources"),
    "finance": _("finance"),
    "risk-officer": _("risk officer"),
    "auditor": _("auditor"),
    "customer-contact": _("customer contact"),
    "administrator": _("administrator"),
}

GRANTS: dict[str, list[GrantLine]] = {
    EVERYONE: [
        ("organization.department", "view", ALL), ("organization.employee", "view", ALL),
        ("organization.post", "view", ALL), ("organization.assignment", "view", OWN),
        ("organization.reportingline", "view", OWN),
        ("organization.delegation", "view create edit", OWN),
    ],
    "top-management": [("*", "view export history", ALL)],
    "department-manager": [
        ("organization.assignment", "view", TREE), ("organization.employee", "edit", TREE),
        ("organization.reportingline", "view", TREE), ("organization.delegation", "view create edit", TREE),
    ],
    "hr": [
        ("organization.employee", "create edit archive export import", ALL),
        ("organization.post", "create edit archive", ALL), ("organization.department", "create edit archive", ALL),
        ("organization.assignment", "view create edit", ALL), ("organization.reportingline", "view export", ALL),
        ("organization.delegation", "view create edit", ALL),
    ],
    "auditor": [("*", "view export history", ALL)],
    "administrator": [("*", "*", ALL)],
}  # fmt: skip


def default_grants() -> dict[str, list[tuple[str, str, str]]]:
    """Return what every default role may do, one action a line, each once: all parts of all chapters together."""
    lines: dict[str, dict[tuple[str, str, str], None]] = {code: {} for code in NAMES}
    for part in site.parts:
        if strange := set(part.grants) - set(NAMES) - {EVERYONE}:
            raise ValueError(f"{part.label} grants to unknown roles {strange}")
        for code in NAMES:
            given = [*(part.grants.get(EVERYONE, ()) if code != OUTSIDE else ()), *part.grants.get(code, ())]
            for record_type, actions, reach in given:
                lines[code] |= {(record_type, action, str(reach)): None for action in actions.split()}
    return {code: list(found) for code, found in lines.items()}
