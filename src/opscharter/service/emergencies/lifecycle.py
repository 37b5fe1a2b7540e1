"""The lives of contingency plans, emergencies and their tasks."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from opscharter.kernel.records.lifecycle import STAY, Lifecycle, Move
from opscharter.service.emergencies import effects, guards


class PlanState(models.TextChoices):
    """Where an edition of a contingency plan stands."""

    DRAFT = "DRAFT", _("draft")
    IN_FORCE = "IN_FORCE", _("in force")
    RETIRED = "RETIRED", _("retired")


class EmergencyState(models.TextChoices):
    """Where an emergency stands."""

    RUNNING = "RUNNING", _("under way")
    RESOLVED = "RESOLVED", _("resolved")
    REVIEWED = "REVIEWED", _("reviewed")


class TaskState(models.TextChoices):
    """Where a task stands."""

    OPEN = "OPEN", _("open")
    DONE = "DONE", _("done")
    SKIPPED = "SKIPPED", _("left out")


PLAN = Lifecycle(
    PlanState, start=PlanState.DRAFT, final=[PlanState.RETIRED],
    moves=[
        Move("put-into-force", PlanState.DRAFT, PlanState.IN_FORCE, _("Put into force"), primary=True,
             guards=[guards.plan_complete], prepare=[effects.mark_in_force], effects=[effects.retire_former]),
        Move("revise", PlanState.IN_FORCE, STAY, _("Revise"), effects=[effects.draft_next]),
        Move("retire", [PlanState.DRAFT, PlanState.IN_FORCE], PlanState.RETIRED, _("Retire"), needs_reason=True),
    ],
)  # fmt: skip
EMERGENCY = Lifecycle(
    EmergencyState, start=EmergencyState.RUNNING, final=[EmergencyState.REVIEWED],
    moves=[
        Move("hand-over", EmergencyState.RUNNING, STAY, _("Roles and meeting"),
             inputs=["commander", "communications", "meeting", "situation"], required=["commander", "communications"],
             effects=[effects.tell_roles]),
        Move("resolve", EmergencyState.RUNNING, EmergencyState.RESOLVED, _("Close the major incident"), automatic=True,
             guards=[guards.parent_resolved], prepare=[effects.mark_resolved]),
        Move("resume", EmergencyState.RESOLVED, EmergencyState.RUNNING, _("Open again"), needs_reason=True,
             prepare=[effects.mark_resumed]),
        Move("review", EmergencyState.RESOLVED, EmergencyState.REVIEWED, _("Finish the review"), primary=True,
             inputs=["lessons"], guards=[guards.tasks_settled, guards.lessons_written],
             prepare=[effects.mark_reviewed]),
    ],
)  # fmt: skip
TASK = Lifecycle(
    TaskState, start=TaskState.OPEN, final=[TaskState.DONE, TaskState.SKIPPED],
    moves=[
        Move("done", TaskState.OPEN, TaskState.DONE, _("Done"), primary=True, inputs=["note"],
             prepare=[effects.mark_done], effects=[effects.tell_war_room]),
        Move("skip", TaskState.OPEN, TaskState.SKIPPED, _("Leave out"), needs_reason=True,
             prepare=[effects.mark_done], effects=[effects.tell_war_room]),
        Move("pass-on", TaskState.OPEN, STAY, _("Pass on"), inputs=["owner"], required=["owner"],
             effects=[effects.tell_owner]),
    ],
)  # fmt: skip
