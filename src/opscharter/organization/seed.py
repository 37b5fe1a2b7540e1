"""Putting the default roles, grants and approval policies into an installation; safe to repeat after an upgrade."""

from __future__ import annotations

from django.utils.translation import override

from opscharter.kernel.access.actor import Actor
from opscharter.kernel.approvals.models import ApprovalPolicy
from opscharter.kernel.records.bulk import create_many
from opscharter.kernel.resources.site import site
from opscharter.organization.models import Role, RoleGrant
from opscharter.organization.roles import NAMES, default_grants


def install_roles(actor: Actor, language: str = "zh-hant") -> dict[str, Role]:
    """Create every default role that is missing, with its grants; roles that exist keep what people made of them.

    A kind of record that no grant speaks of yet came with an upgrade: its default lines are added to every role.
    """
    kept = {role.code: role for role in Role.objects.all()}
    known = set(RoleGrant.objects.values_list("record_type", flat=True).distinct())
    brought: list[RoleGrant] = []
    with override(language):
        for code, lines in default_grants().items():
            new = code not in kept
            if new:
                kept[code] = Role(code=code, name=str(NAMES[code])).save_as(actor)
            brought += [
                RoleGrant(role=kept[code], record_type=record_type, action=action, reach=reach)
                for record_type, action, reach in lines
                if new or record_type not in known
            ]
        create_many(brought, actor)
        _install_policies(actor)
    return kept


def _install_policies(actor: Actor) -> None:
    """Create the approvals that steps need from the start, unless the company has policies of its own for them."""
    own = set(ApprovalPolicy.objects.values_list("record_type", "action"))
    for part in site.parts:
        for policy in part.policies:
            if (policy.record_type, policy.action) not in own:
                ApprovalPolicy(
                    name=str(policy.name),
                    record_type=policy.record_type,
                    action=policy.action,
                    rank=policy.rank,
                    conditions=[list(condition) for condition in policy.conditions],
                    steps=[dict(step) for step in policy.steps],
                    four_eyes=policy.four_eyes,
                    deadline_hours=policy.deadline_hours,
                    escalate_to=policy.escalate_to,
                ).save_as(actor)
