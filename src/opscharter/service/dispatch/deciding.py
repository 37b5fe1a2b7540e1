"""The decision: which rule gives a ticket to whom, with what was said of every rule and everybody on the way."""

from __future__ import annotations

from dataclasses import dataclass, field

from opscharter.organization.models import Department, Employee
from opscharter.service.dispatch.candidates import Candidate, candidates, team_for
from opscharter.service.dispatch.matching import Case, rules_in_order, why_not
from opscharter.service.dispatch.models import AssignmentRule


@dataclass
class Verdict:
    """What came of one rule: why it did not fit, or who came into question."""

    rule: AssignmentRule
    why_not: list[str]
    team: Department | None = None
    candidates: list[Candidate] = field(default_factory=list)
    decides: bool = False

    @property
    def fits(self) -> bool:
        """Say whether every condition is met."""
        return not self.why_not


@dataclass
class Decision:
    """To whom a case goes; without a rule it stays with the team that serves."""

    case: Case
    verdicts: list[Verdict] = field(default_factory=list)
    rule: AssignmentRule | None = None
    team: Department | None = None
    person: Employee | None = None


def decide(case: Case, rules: list[AssignmentRule] | None = None, *, thorough: bool = False) -> Decision:
    """Return to whom a case goes; a rule that fits and finds nobody gives way to the next.

    `thorough` goes on after the rule that decides, to say of every rule what it would do.
    """
    decision = Decision(case, team=case.team)
    for rule in rules_in_order() if rules is None else rules:
        verdict = Verdict(rule, why_not(rule, case))
        decision.verdicts.append(verdict)
        if not verdict.fits:
            continue
        verdict.team = team_for(rule, case)
        verdict.candidates = candidates(rule, case, verdict.team)
        chosen = next((each.person for each in verdict.candidates if each.fits), None)
        settles = chosen is not None or (rule.method == AssignmentRule.Method.TEAM_ONLY and verdict.team is not None)
        if settles and decision.rule is None:
            verdict.decides = True
            decision.rule, decision.person = rule, chosen
            decision.team = verdict.team or (chosen.department if chosen else None)
        if settles and not thorough:
            break
    return decision
