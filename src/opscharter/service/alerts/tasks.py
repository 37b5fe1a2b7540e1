"""Alerts as things to do: storms to decide upon, and what fires without anybody knowing whose it is."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from opscharter.kernel.access.actor import Actor
from opscharter.kernel.resources.links import list_url, record_url
from opscharter.kernel.resources.site import site
from opscharter.kernel.resources.tasks import Task
from opscharter.service.alerts.lifecycle import CandidateState
from opscharter.service.alerts.models import Alert, MajorCandidate

DECIDE_WITHIN = dt.timedelta(minutes=10)


def alert_tasks(actor: Actor) -> list[Task]:
    """Return the candidates to decide upon, and one line for all alerts that are nobody's."""
    tasks: list[Task] = []
    if actor.holds("service.majorcandidate", "declare"):
        rows = MajorCandidate.objects.visible_to(actor, "declare").current().filter(state=CandidateState.OPEN)
        tasks += [
            Task(str(row), _("perhaps a major incident"), record_url(row), "3.3.1", row.raised_at + DECIDE_WITHIN,
                 verb=_("Decide"), priority=1)
            for row in rows.order_by("raised_at")[:10]
        ]  # fmt: skip
    if actor.holds("service.alert", "archive"):
        lost = Alert.objects.visible_to(actor).current().filter(firing=True, customer=None, ignored=False).count()
        if lost:
            url = list_url(site.resource(Alert), view="unplaced")
            title = _t("%(n)s alerts fire and nobody knows whose they are") % {"n": lost}
            tasks.append(Task(title, _("alert"), url, "2.2.4", verb=_("Say whose")))
    return tasks
