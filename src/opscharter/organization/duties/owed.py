"""What a person owes by the posts held today: clause by clause, what stands open, and how last month went."""

from __future__ import annotations

from dataclasses import dataclass, field

from opscharter.charter.models import CheckResult
from opscharter.charter.standing import ClauseStanding, in_force, latest_results, standings
from opscharter.kernel.access.actor import Actor, Grant, Reach
from opscharter.kernel.controls.wording import told
from opscharter.kernel.indicators import figures
from opscharter.kernel.indicators.figures import Figure
from opscharter.kernel.indicators.periods import Period
from opscharter.kernel.indicators.registry import INDICATORS
from opscharter.kernel.resources.links import list_url, url_of
from opscharter.kernel.resources.site import site
from opscharter.kernel.resources.tasks import Task
from opscharter.organization.access import post_roles_of
from opscharter.organization.duties.models import Duty
from opscharter.organization.models.employee import Employee


@dataclass
class OpenException:
    """A record of mine that a check counts as an exception."""

    name: str
    url: str
    reason: str


@dataclass
class Owed:
    """A clause that is one's duty, with all that is open under it."""

    standing: ClauseStanding
    duties: list[Duty] = field(default_factory=list)
    exceptions: list[OpenException] = field(default_factory=list)
    tasks: list[Task] = field(default_factory=list)

    @property
    def open(self) -> int:
        """Return how much stands open."""
        return len(self.exceptions) + len(self.tasks)


@dataclass
class MonthFigure:
    """A figure of one's own work last month; `url` opens its records."""

    figure: Figure
    url: str

    @property
    def tone(self) -> str:
        """Return the colour of the pill."""
        return {True: "g", False: "r", None: "n"}[self.figure.meets_target]


def owed_by(employee: Employee, actor: Actor) -> list[Owed]:
    """Return the clauses that are a person's duty, those with something open first, then in the text's order."""
    edition = in_force()
    if edition is None:
        return []
    codes = {role.code for role in post_roles_of(employee.pk)}
    own = Duty.objects.current().filter(post_id=employee.post_id).select_related("post")
    by_clause: dict[str, list[Duty]] = {}
    for duty in own.order_by("clause", "pk"):
        by_clause.setdefault(duty.clause, []).append(duty)
    mine = [s for s in standings(edition) if codes & set(s.clause.duties) or s.clause.number in by_clause]
    found = [Owed(standing, by_clause.get(standing.clause.number, [])) for standing in mine]
    tasks = _tasks_by_clause(actor)
    results = latest_results()
    for each in found:
        each.tasks = tasks.get(each.standing.clause.number, [])
        for check in each.standing.active_checks:
            if check.check.id in results:
                each.exceptions += _exceptions_of(results[check.check.id], actor)
    return sorted(found, key=lambda each: -min(each.open, 1))


def _tasks_by_clause(actor: Actor) -> dict[str, list[Task]]:
    found: dict[str, list[Task]] = {}
    for part in site.parts:
        for tasks in part.tasks:
            for task in tasks(actor):
                found.setdefault(task.clause, []).append(task)
    return found


def _exceptions_of(result: CheckResult, actor: Actor) -> list[OpenException]:
    """Return the exceptions of a check that are the person's own: the record names them as its owner."""
    found: list[OpenException] = []
    by_type: dict[str, dict[int, tuple[str, str]]] = {}
    for label, pk, name, reason in result.sample:
        by_type.setdefault(label, {})[pk] = (name, told(reason))
    for label, rows in by_type.items():
        resource = site.find(label)
        if resource is None or not actor.may(label, "view"):
            continue
        me = Actor(person_id=actor.person_id, grants=(Grant(label, "view", Reach.OWN),))
        if resource.model.scope.public:
            continue
        own = resource.model._default_manager.visible_to(me).filter(pk__in=rows).values_list("pk", flat=True)
        found += [OpenException(rows[pk][0], url_of(label, pk), rows[pk][1]) for pk in sorted(set(own))]
    return found


def last_month(employee: Employee, actor: Actor, period: Period) -> list[MonthFigure]:
    """Return the figures of one's own work in a month: all that know employees and had anything to measure."""
    found = []
    for code in sorted(INDICATORS):
        declared = INDICATORS[code]
        if "employee" not in declared.dimensions or declared.standing_stock:
            continue
        figure = figures.value(code, period, "employee", employee.pk)
        if figure.population:
            resource = site.find(declared.population()[0].model)
            query = {"indicator": code, "period": str(period), "dimension": "employee", "member": employee.pk}
            seen = resource is not None and actor.may(resource.key, "view")
            found.append(MonthFigure(figure, list_url(resource, **query) if seen and resource else ""))
    return found
