"""Targets of teams, what became of them, and the steps by which a clock is escalated."""

from opscharter.service.levels.models.escalation import ClockEscalation
from opscharter.service.levels.models.team_level import TeamLevel, TeamStay

__all__ = ["ClockEscalation", "TeamLevel", "TeamStay"]
