"""Putting the default roles and grants into an empty installation; safe to repeat."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from opscharter.kernel.access.actor import Actor
from opscharter.kernel.approvals.models import ApprovalPolicy
from opscharter.organization.models import Role, RoleGrant
from opscharter.organization.roles import GRANTS, NAMES


def install_roles(actor: Actor, language: str = "zh-hant") -> dict[str, Role]:
    """Create every default role that is missing, with its grants; roles that exist keep what people made of them."""
    kept = {role.code: role for role in Role.objects.all()}
    with override(language):
        for code, name in NAMES.items():
            if code in kept:
                continue
            kept[code] = Role(code=code, name=str(name)).save_as(actor)
            for record_type, action, reach in lines_of(code):
                RoleGrant(role=kept[code], record_type=record_type, action=action, reach=reach).save_as(actor)
        _install_policies(actor)
    return kept


def _install_policies(actor: Actor) -> None:
    """Create the approval that taking an asset out of use needs, unless the company has its own."""
    if ApprovalPolicy.objects.filter(record_type="assets.asset", action="retire").exists():
        return
    ApprovalPolicy(
        name=str(_("Retirement of assets")),
        record_type="assets.asset",
        action="retire",
        deadline_hours=72,
        steps=[{"role": "service-manager", "quorum": 1, "veto": True}],
        escalate_to="top-management",
    ).save_as(actor)


def lines_of(code: str) -> list[tuple[str, str, str]]:
    """Return the default grants of a role, one action a line, each once."""
    lines = [
        (record_type, action, str(reach)) for record_type, actions, reach in GRANTS[code] for action in actions.split()
    ]
    return list(dict.fromkeys(lines))
