"""The tree of a year's goals, each with its figure, rolled up by counts."""

from __future__ import annotations

from dataclasses import dataclass, field

from opscharter.kernel.access.actor import Actor, Reach
from opscharter.kernel.indicators.periods import Period
from opscharter.organization.aims import Aim, aim_of
from opscharter.organization.models.employee import Employee
from opscharter.organization.models.goal import Goal, State


@dataclass
class Node:
    """A goal in the tree. `met` and `measured` count the goals with a figure at and below it."""

    goal: Goal
    aim: Aim | None
    children: list[Node] = field(default_factory=list)
    mine: bool = False

    @property
    def measured(self) -> int:
        """Return how many goals here and below have something to measure."""
        own = int(self.aim is not None and self.aim.met is not None)
        return own + sum(child.measured for child in self.children)

    @property
    def met(self) -> int:
        """Return how many of them are reached."""
        return int(bool(self.aim and self.aim.met)) + sum(child.met for child in self.children)

    @property
    def weighed(self) -> int | None:
        """Return the weight of the goals below that are reached, in percent of those that can be measured."""
        parts = [(child.goal.weight, child.reached) for child in self.children if child.reached is not None]
        total = sum(weight for weight, _reached in parts)
        return round(sum(weight * reached for weight, reached in parts) / total) if total else None

    @property
    def reached(self) -> int | None:
        """Return 100 or 0 for a goal with a figure, the weighed share of those below otherwise; None unmeasured."""
        if self.aim is not None and self.aim.met is not None:
            return 100 if self.aim.met else 0
        return self.weighed


def years() -> list[int]:
    """Return the years that have goals, newest first."""
    return list(Goal.objects.current().order_by("-year").values_list("year", flat=True).distinct())


def tree_of(year: int, actor: Actor) -> list[Node]:
    """Return the goals of a year that the actor may see, as a tree."""
    rows = Goal.objects.visible_to(actor).current().filter(year=year).exclude(state=State.DRAFT)
    rows = rows.select_related("department", "post", "owner").order_by("pk")
    own_units = actor.units.get(Reach.DEPARTMENT, frozenset())
    post = Employee.objects.filter(pk=actor.person_id or 0).values_list("post_id", flat=True).first()
    nodes = {goal.pk: Node(goal, _aim(goal, actor)) for goal in rows}
    roots: list[Node] = []
    for node in nodes.values():
        goal = node.goal
        general = goal.level in (Goal.Level.STRATEGY, Goal.Level.COMPANY)
        of_unit = goal.level == Goal.Level.DEPARTMENT and goal.department_id in own_units
        of_post = goal.level == Goal.Level.POST and goal.post_id == post and goal.department_id in {None, *own_units}
        node.mine = general or of_unit or of_post or goal.owner_id == actor.person_id
        parent = nodes.get(goal.parent_id or 0)
        (parent.children if parent else roots).append(node)
    return roots


def _aim(goal: Goal, actor: Actor) -> Aim | None:
    return aim_of(goal.indicator, goal.target, Period.parse(str(goal.year)), goal.department_id, actor)


def only_mine(nodes: list[Node]) -> list[Node]:
    """Return the branches that lead to one's own goals."""
    kept = []
    for node in nodes:
        children = only_mine(node.children)
        if node.mine or children:
            kept.append(Node(node.goal, node.aim, children, node.mine))
    return kept
