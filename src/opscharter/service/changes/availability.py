"""When an engineer is away: somebody stands in for them, so they make no change themselves."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from opscharter.kernel.controls.wording import Wording
from opscharter.kernel.moment import in_office
from opscharter.organization.models import Delegation
from opscharter.service.changes.hooks import Busy


def away(person: int, start: dt.datetime, end: dt.datetime) -> list[Busy]:
    """Return the days on which a person has handed everything to a deputy."""
    first, last = in_office(start).date(), in_office(end).date()
    rows = Delegation.objects.current().filter(person_id=person, valid_from__lte=last, valid_to__gte=first)
    return [
        (_midnight(row.valid_from), _midnight(row.valid_to + dt.timedelta(days=1)),
         Wording(_("%(person)s is away; %(deputy)s stands in."), {"person": row.person, "deputy": row.deputy}))
        for row in rows.select_related("person", "deputy").order_by("valid_from")
    ]  # fmt: skip


def _midnight(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time()), timezone.get_default_timezone())
