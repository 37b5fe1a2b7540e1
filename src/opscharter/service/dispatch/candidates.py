"""Who comes into question under a rule, in order, and for each who does not: why not. Nothing here writes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Q
from django.utils.translation import gettext as _

from opscharter.kernel import moment
from opscharter.organization.models import Delegation, Department, Employee
from opscharter.service.dispatch.matching import KINDS, Case
from opscharter.service.dispatch.models import AssignmentRule, Declined, EmployeeSkill, RuleTurn, Skill
from opscharter.service.oncall.rosters import on_duty, roster_for
from opscharter.service.tickets.lifecycle import OPEN

Method = AssignmentRule.Method


@dataclass
class Candidate:
    """A person who might get it: how much is in hand, what speaks for them, and what against."""

    person: Employee
    load: int = 0
    note: str = ""
    why_not: list[str] = field(default_factory=list)

    @property
    def fits(self) -> bool:
        """Say whether nothing speaks against them."""
        return not self.why_not


def team_for(rule: AssignmentRule, case: Case) -> Department | None:
    """Return the team to which a rule gives a case."""
    if rule.method == Method.CUSTOMER_TEAM:
        return case.customer.team if case.customer else None
    return rule.team or case.team


def candidates(rule: AssignmentRule, case: Case, team: Department | None) -> list[Candidate]:
    """Return everybody who comes into question, the first who fits first."""
    notes = _people(rule, case, team)
    people = {person.pk: person for person, _note in notes}
    loads, away = open_tickets(people), _away(people, case)
    declined = _declined(case)
    skilled = _skills(rule, case, people) if rule.method == Method.SKILL else {}
    found = []
    for person, note in notes:
        each = Candidate(person, loads.get(person.pk, 0), note)
        if person.left_on is not None and person.left_on < moment.in_office(case.at).date():
            each.why_not.append(_("has left"))
        if person.pk in away:
            each.why_not.append(_("is away until %(day)s") % {"day": away[person.pk]})
        if person.pk in declined:
            each.why_not.append(_("has declined: %(reason)s") % {"reason": declined[person.pk]})
        if rule.most_open is not None and each.load >= rule.most_open:
            each.why_not.append(
                _("has %(n)s open tickets, %(most)s at most") % {"n": each.load, "most": rule.most_open}
            )
        if rule.method == Method.SKILL:
            level, text = skilled.get(person.pk, (0, _("does not have the skill")))
            each.note, each.why_not = (each.note, [*each.why_not, text]) if level == 0 else (text, each.why_not)
        found.append((each, skilled.get(person.pk, (0, ""))[0]))
    return _in_order(rule, found)


def _in_order(rule: AssignmentRule, found: list[tuple[Candidate, int]]) -> list[Candidate]:
    """Return who fits first, in the order of the rule's method, then the others."""
    if rule.method == Method.ON_CALL:
        ordered = list(found)
    elif rule.method == Method.ROUND_ROBIN:
        last = RuleTurn.objects.filter(rule=rule).values_list("last_id", flat=True).first() or 0
        ordered = sorted(found, key=lambda pair: (pair[0].person.pk <= last, pair[0].person.pk))
    else:
        ordered = sorted(found, key=lambda pair: (-pair[1], pair[0].load, pair[0].person.pk))
    return sorted((each for each, _level in ordered), key=lambda each: not each.fits)


def _people(rule: AssignmentRule, case: Case, team: Department | None) -> list[tuple[Employee, str]]:
    """Return who is looked at: whoever is on call, or the people of the team (of a skill without a team: everybody)."""
    if rule.method == Method.TEAM_ONLY:
        return []
    if rule.method == Method.ON_CALL:
        return _on_call(case, team)
    rows = Employee.objects.current().filter(Q(left_on__isnull=True) | Q(left_on__gte=moment.today()))
    if rule.method == Method.SKILL and rule.team_id is None:
        having = EmployeeSkill.objects.current().filter(skill__in=_asked(rule, case))
        rows = rows.filter(pk__in=having.values("employee_id"))
    else:
        rows = rows.filter(department=team) if team is not None else rows.none()
    return [(person, "") for person in rows.select_related("user").order_by("pk")]


def _on_call(case: Case, team: Department | None) -> list[tuple[Employee, str]]:
    """Return who is on call for the team, level by level."""

    class Asking:
        """What a roster is looked up by."""

        team_id = team.pk if team else None
        service_id = case.service.pk if case.service else None

    roster = roster_for(Asking)
    if roster is None:
        return []
    notes: dict[int, tuple[Employee, str]] = {}
    for duty in on_duty(roster, case.at):
        said = {"roster": str(roster), "level": duty.level}
        notes.setdefault(duty.person.pk, (duty.person, _("on call, level %(level)s, %(roster)s") % said))
    return list(notes.values())


def _asked(rule: AssignmentRule, case: Case) -> list[Skill]:
    """Return the skills that count: the rule's, or what the service asks for."""
    if rule.skill is not None:
        return [rule.skill]
    return list(Skill.objects.current().filter(services=case.service)) if case.service else []


def _skills(rule: AssignmentRule, case: Case, people: Iterable[int]) -> dict[int, tuple[int, str]]:
    """Return each person's best level in what is asked (0: it does not count), with the words."""
    day = moment.in_office(case.at).date()
    found: dict[int, tuple[int, str]] = {}
    rows = EmployeeSkill.objects.current().filter(employee_id__in=list(people), skill__in=_asked(rule, case))
    for row in rows.select_related("skill"):
        said = {"skill": row.skill, "level": row.level, "day": row.valid_until}
        if not row.valid_on(day):
            verdict = (0, _("%(skill)s has run out on %(day)s") % said)
        elif row.level < rule.least_level:
            verdict = (0, _("%(skill)s at level %(level)s only") % said)
        else:
            verdict = (row.level, _("%(skill)s at level %(level)s") % said)
        found[row.employee_id] = max(found.get(row.employee_id, verdict), verdict, key=lambda each: each[0])
    return found


def open_tickets(people: Iterable[int]) -> dict[int, int]:
    """Return how many open tickets each person has in hand; two queries."""
    found: dict[int, int] = {}
    for model in KINDS.values():
        rows = model.objects.current().filter(assignee_id__in=list(people), state__in=OPEN).order_by()
        for person, n in rows.values_list("assignee_id").annotate(n=Count("pk")):
            found[person] = found.get(person, 0) + n
    return found


def _away(people: Iterable[int], case: Case) -> dict[int, Any]:
    day = moment.in_office(case.at).date()
    rows = Delegation.objects.current().filter(person_id__in=list(people), valid_from__lte=day, valid_to__gte=day)
    return dict(rows.values_list("person_id", "valid_to"))


def _declined(case: Case) -> dict[int, str]:
    if case.record_id is None:
        return {}
    rows = Declined.objects.filter(record_type=case.kind, record_id=case.record_id)
    return dict(rows.values_list("employee_id", "reason"))
