"""Accounts: the part's table of contents; pages hang on employees here and on contacts of customers."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext_lazy as _

from opscharter.kernel.access.actor import Reach
from opscharter.kernel.jobs.schedule import Schedule
from opscharter.kernel.resources.site import Part
from opscharter.organization.accounts import checks
from opscharter.organization.accounts.pages import PANEL
from opscharter.organization.accounts.services import ACTION, close_leavers_accounts

CONTROLS = (checks,)
PART = Part(
    label=_("Accounts"),
    icon="key",
    panels={"organization.employee": [PANEL], "customers.contact": [PANEL]},
    grants={
        "hr": [("organization.employee", ACTION, Reach.ALL)],
        "security-officer": [("organization.employee", ACTION, Reach.ALL), ("customers.contact", ACTION, Reach.ALL)],
        "service-manager": [("customers.contact", ACTION, Reach.ALL)],
    },
    schedules=[Schedule("organization.close-leavers-accounts", close_leavers_accounts, at=dt.time(0, 10))],
)
