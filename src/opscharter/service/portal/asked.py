"""What a contact was asked about closed tickets, and what they answered, for the first page of the portal."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Q

from opscharter.customers.models import Contact
from opscharter.kernel import moment
from opscharter.service.satisfaction.asking import path_of
from opscharter.service.satisfaction.lifecycle import State
from opscharter.service.satisfaction.models import Survey

SHOWN = dt.timedelta(days=90)
"""So long an answer stays on the page."""
MOST = 6


def surveys_for(contact: Contact) -> tuple[list[tuple[Any, str]], list[Any]]:
    """Return the open surveys that were put to this very contact, with their addresses, and the latest answers."""
    now = moment.now()
    waiting = Q(state=State.SENT, expires_at__gte=now)
    rows = Survey.objects.current().filter(waiting | Q(answered_at__gte=now - SHOWN), contact=contact)
    found = list(rows.order_by("-sent_at", "-pk")[: 2 * MOST])
    asked = [(each, path_of(each)) for each in found if each.answered_at is None]
    return asked[:MOST], [each for each in found if each.answered_at is not None][:MOST]
