"""Rosters and their shifts, calls to whoever is on duty, and hand-overs between shifts."""

from opscharter.service.oncall.models.callout import Call, Callout
from opscharter.service.oncall.models.handover import ShiftHandover
from opscharter.service.oncall.models.roster import EscalationStep, Roster, RosterOverride, RosterShift, ShiftMember

__all__ = [
    "Call", "Callout", "EscalationStep", "Roster", "RosterOverride", "RosterShift", "ShiftHandover", "ShiftMember",
]  # fmt: skip
