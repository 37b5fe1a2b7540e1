"""Team levels and escalation: the part's table of contents."""

from django.utils.translation import gettext_lazy as _

from opscharter.kernel.resources.site import Part
from opscharter.service.levels import escalation, indicators, resources, targets
from opscharter.service.levels.grants import GRANTS
from opscharter.service.tickets import hooks

FIGURES = (indicators,)
"""Imported so that its figures are registered."""

hooks.after_change.append(targets.follow_ticket)
hooks.people_to_tell.append(escalation.people_to_tell)

PART = Part(
    label=_("Team levels"),
    icon="stairs-up",
    resources=[resources.levels, resources.escalations, resources.stays],
    grants=GRANTS,
    panels={"service.incident": [resources.ON_TICKET], "service.servicerequest": [resources.ON_TICKET]},
    setup=[escalation.install_steps],
)
