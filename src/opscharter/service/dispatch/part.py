"""Skills and assignment: the part's table of contents."""

from django.utils.translation import gettext_lazy as _

from opscharter.kernel.resources.site import Page, Part
from opscharter.service.dispatch import assigning, resources
from opscharter.service.dispatch.grants import GRANTS
from opscharter.service.dispatch.load import who_has_room
from opscharter.service.dispatch.pages import URLS, may_try
from opscharter.service.tickets import hooks

hooks.after_change.append(assigning.assign_at_intake)
hooks.after_decline.append(assigning.pass_on)
hooks.beside_assigning.append(who_has_room)

PART = Part(
    label=_("Assignment"),
    icon="route",
    pages=[Page(_("Who would get this"), "/service/who-gets-it/", "help-hexagon", may_try)],
    resources=[resources.rules, resources.people_s_skills, resources.skills],
    grants=GRANTS,
    urls=URLS,
    panels={"organization.employee": [resources.ON_EMPLOYEE]},
)
