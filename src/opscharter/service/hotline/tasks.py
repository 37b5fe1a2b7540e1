"""Calls as things to do: what an agent has not closed yet."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from opscharter.kernel.access.actor import Actor
from opscharter.kernel.resources.tasks import Task
from opscharter.service.hotline.services import calls_of


def calls_to_close(actor: Actor) -> list[Task]:
    """Return the person's calls that still want their outcome."""
    return [
        Task(str(call), _("telephone call"), f"/service/hotline/{call.pk}/", "3.1.1", call.started_at,
             verb=_("Close the call"), customer=str(call.customer or ""))
        for call in calls_of(actor)
    ]  # fmt: skip
