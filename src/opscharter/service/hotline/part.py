"""The hotline: the part's table of contents."""

from django.utils.translation import gettext_lazy as _

from opscharter.kernel.resources.site import Page, Part
from opscharter.service.hotline import checks, indicators, resources
from opscharter.service.hotline.grants import GRANTS
from opscharter.service.hotline.pages import URLS, may_take_calls
from opscharter.service.hotline.tasks import calls_to_close

CONTROLS = (checks, indicators)
"""Imported so that its check and figures are registered."""

PART = Part(
    label=_("Hotline"),
    icon="phone",
    pages=[Page(_("Hotline desk"), "/service/hotline/", "phone", may_take_calls)],
    resources=[resources.phone_calls],
    grants=GRANTS,
    tasks=[calls_to_close],
    urls=URLS,
    panels={
        "service.incident": [resources.ON_TICKET],
        "service.servicerequest": [resources.ON_TICKET],
        "customers.customer": [resources.ON_CUSTOMER],
        "customers.contact": [resources.ON_CONTACT],
    },
)
