"""By which hours the time of a complaint counts: the contract's, else the company's."""

from __future__ import annotations

import datetime as dt
from typing import Any

from opscharter.customers.service_levels import service_levels
from opscharter.kernel import moment
from opscharter.kernel.calendars.models import calendar_of
from opscharter.kernel.controls.decisions import settings_at
from opscharter.kernel.controls.registry import CHECKS

CHECK, WORKING_DAYS = "complaint.answered-in-time", 3


def hours_of(complaint: Any) -> Any:
    """Return the service hours that hold for the customer."""
    day = moment.in_office(complaint.received_at or moment.now()).date()
    return service_levels(complaint.customer_id, None, day).calendar


def due_for(complaint: Any) -> dt.datetime:
    """Return by when the customer is to be answered."""
    check = CHECKS.get(CHECK)
    days = int(settings_at([check])[CHECK].parameters["working_days"]) if check is not None else WORKING_DAYS
    return calendar_of(hours_of(complaint)).add_days(complaint.received_at, days)
