"""Confirming, and whose confirmations are missing, as things to do."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from opscharter.charter.acknowledgements.campaign import PAGE, open_question, parameters, waiting_for
from opscharter.charter.models.edition import Edition
from opscharter.charter.standing import in_force
from opscharter.kernel import moment
from opscharter.kernel.access.actor import Actor
from opscharter.kernel.resources.tasks import Task

KIND = _("confirmation of reading")


def confirmations(actor: Actor) -> list[Task]:
    """Return the confirmation asked of the person, and those missing of the people who report to them."""
    if actor.person_id is None:
        return []
    tasks = []
    days = int(parameters()["days"])
    question = open_question(actor)
    if question is not None:
        due = moment.last_of(question.asked_on + dt.timedelta(days=days))
        title = _t("Read and confirm the regulation, version %(label)s") % {"label": question.edition.label}
        tasks.append(Task(title, KIND, PAGE, "1.2.1", due, _("Read")))
    edition = in_force()
    missing = _overdue_of(actor, edition, days) if edition is not None else 0
    if missing:
        title = ngettext(
            "%(n)s of your people has not confirmed the regulation",
            "%(n)s of your people have not confirmed the regulation", missing,
        ) % {"n": missing}  # fmt: skip
        tasks.append(Task(title, KIND, "/regulation/confirmations/", "1.2.1", None, _("See who")))
    return tasks


def _overdue_of(actor: Actor, edition: Edition, days: int) -> int:
    last = moment.today() - dt.timedelta(days=days)
    return waiting_for(edition).filter(manager=actor.person_id, asked_on__lte=last).count()
