"""Skills of people, and the rules by which tickets are assigned at intake."""

from opscharter.service.dispatch.models.rule import AssignmentRule, Declined, RuleTurn
from opscharter.service.dispatch.models.skill import EmployeeSkill, Skill

__all__ = ["AssignmentRule", "Declined", "EmployeeSkill", "RuleTurn", "Skill"]
