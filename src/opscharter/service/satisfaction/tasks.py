"""Low scores as things to do."""

from __future__ import annotations

from django.utils.translation import gettext as _t

from opscharter.kernel import moment
from opscharter.kernel.access.actor import Actor
from opscharter.kernel.resources.links import record_url
from opscharter.kernel.resources.tasks import Task
from opscharter.service.satisfaction.lifecycle import State
from opscharter.service.satisfaction.models import Survey

MOST = 40


def scores_to_follow(actor: Actor) -> list[Task]:
    """Return the low scores that a person is to follow up."""
    rows = Survey.objects.current().filter(state=State.FOLLOW_UP, owner_id=actor.person_id)
    return [
        Task(_t("%(score)s of 5: %(title)s") % {"score": survey.score, "title": survey.title},
             Survey._meta.verbose_name or "", record_url(survey), "1.3.2",
             moment.last_of(survey.due_on) if survey.due_on else None, customer=str(survey.customer))
        for survey in rows.select_related("customer").order_by("due_on", "pk")[:MOST]
    ]  # fmt: skip
