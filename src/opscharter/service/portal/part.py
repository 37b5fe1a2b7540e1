"""The customers' portal and the forms of its catalogue: the part's table of contents."""

from django.utils.translation import gettext_lazy as _

from opscharter.kernel.resources.site import Page, Part
from opscharter.service.portal import resources
from opscharter.service.portal.grants import GRANTS
from opscharter.service.portal.pages import PORTAL, URLS, in_the_portal

PART = Part(
    label=_("Portal"),
    icon="door-enter",
    pages=[Page(_("Portal"), PORTAL, "home", in_the_portal)],
    resources=[resources.catalogue_fields],
    grants=GRANTS,
    urls=URLS,
    panels={"customers.service": [resources.ON_SERVICE], "service.servicerequest": [resources.ON_REQUEST]},
)
