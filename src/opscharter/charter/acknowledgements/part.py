"""Reading and confirming, as the chapter lists it."""

import datetime as dt

from django.urls import path
from django.utils.translation import gettext_lazy as _

from opscharter.charter import publication
from opscharter.charter.acknowledgements import checks, resources
from opscharter.charter.acknowledgements.campaign import ask_everyone, keep_campaign
from opscharter.charter.acknowledgements.pages import CampaignPage, ReadPage
from opscharter.charter.acknowledgements.tasks import confirmations
from opscharter.kernel.access.actor import Reach
from opscharter.kernel.jobs.schedule import Schedule
from opscharter.kernel.resources.site import Page, Part

CONTROLS = (checks,)
"""Imported so that its check is registered."""
if ask_everyone not in publication.when_in_force:
    publication.when_in_force.append(ask_everyone)

SEEN = "charter.acknowledgement"
PART = Part(
    label=_("Confirmations"),
    icon="signature",
    pages=[
        Page(_("Read and confirm"), "/regulation/confirm/", "book", lambda actor: actor.person_id is not None),
        Page(_("Who has confirmed"), "/regulation/confirmations/", "checklist", lambda actor: actor.may(SEEN, "view")),
    ],
    resources=[resources.acknowledgements],
    grants={
        "everyone": [(SEEN, "view confirm", Reach.OWN)],
        "department-manager": [(SEEN, "view export", Reach.DEPARTMENT_TREE)],
        "hr": [(SEEN, "view export history", Reach.ALL)],
        "quality-supervisor": [(SEEN, "view export history", Reach.ALL)],
    },
    tasks=[confirmations],
    schedules=[Schedule("charter.keep-campaign", keep_campaign, at=dt.time(9, 0))],
    urls=[
        path("regulation/confirm/", ReadPage.as_view(), name="confirm-regulation"),
        path("regulation/confirmations/", CampaignPage.as_view(), name="confirmations"),
    ],
)
