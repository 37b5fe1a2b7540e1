"""Worked time: the part's table of contents."""

from django.utils.translation import gettext_lazy as _

from opscharter.kernel.resources.site import Part
from opscharter.service.worktime import resources
from opscharter.service.worktime.grants import GRANTS
from opscharter.service.worktime.pages import URLS

PART = Part(
    label=_("Worked time"),
    icon="clock",
    resources=[resources.time_entries],
    grants=GRANTS,
    urls=URLS,
    panels={
        "service.incident": [resources.ON_TICKET],
        "service.servicerequest": [resources.ON_TICKET],
        "customers.contract": [resources.ON_CONTRACT],
        "customers.customer": [resources.ON_CUSTOMER],
    },
)
