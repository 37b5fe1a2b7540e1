"""The checks of §3.4: every change is measured, imported ones as they are."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from opscharter.kernel import moment
from opscharter.kernel.controls.registry import Measure, Parameter, check
from opscharter.service.changes.models import Change, UnauthorisedChange
from opscharter.service.changes.words import Kind
from opscharter.service.tickets.services import company_calendar

Parameters = Mapping[str, Any]


def _unverified_for(days: int) -> list[int]:
    """Return the finished changes that nobody has verified although so many working days have passed."""
    calendar, now = company_calendar(), moment.now()
    waiting = Change.objects.current().filter(finished_at__isnull=False, verified_at__isnull=True)
    return [pk for pk, at in waiting.values_list("pk", "finished_at") if calendar.add_days(at, days) < now]


@check(
    "change.verified-in-time", clause="3.4.3", owner="change-manager", target=95,
    label=_("Changes are verified in time"), parameters={"days": Parameter(3, _("working days"))},
)  # fmt: skip
def verified_in_time(parameters: Parameters) -> Measure:
    """Changes carried out; exceptions were verified too late, or not yet although the time has passed."""
    overdue = _unverified_for(int(parameters["days"]))
    rows = Change.objects.current().filter(finished_at__isnull=False).filter(
        Q(verified_at__isnull=False) | Q(pk__in=overdue)
    )  # fmt: skip
    late = Q(verify_days__gt=parameters["days"]) | Q(pk__in=overdue)
    return Measure(rows, late, "finished_at", _("verified too late, or not yet"))


@check(
    "change.emergency-approved-after", clause="3.4.3", owner="change-manager",
    label=_("Emergency changes are approved afterwards"), parameters={"hours": Parameter(24, _("hours"))},
)  # fmt: skip
def emergency_approved_after(parameters: Parameters) -> Measure:
    """Emergency changes begun; exceptions were approved too late, rejected, or not yet although the time has passed."""
    limit = dt.timedelta(hours=parameters["hours"])
    began = Change.objects.current().filter(kind=Kind.EMERGENCY, started_at__isnull=False)
    overdue = Q(ratified_at__isnull=True, started_at__lt=moment.now() - limit)
    rows = began.filter(Q(ratified_at__isnull=False) | Q(unauthorised_at__isnull=False) | overdue)
    late = Q(ratified_at__gt=F("started_at") + limit) | Q(unauthorised_at__isnull=False) | overdue
    return Measure(rows, late, "started_at", _("approved afterwards too late, or not at all"))


@check(
    "change.unauthorised", clause="3.4.3", owner="change-manager", label=_("Nothing is changed without authority"),
    parameters={"grace": Parameter(60, _("minutes"), _("an asset is still written up after its change for"))},
)  # fmt: skip
def unauthorised(parameters: Parameters) -> list[Measure]:
    """Changes carried out, and alterations found; exceptions were made without authority."""
    reason = _("made without authority")
    began = Change.objects.current().filter(started_at__isnull=False, unauthorised_at__isnull=True)
    found = UnauthorisedChange.objects.current()
    return [
        Measure(began, Q(pk__in=[]), "started_at", reason),
        Measure(found, Q(found_at__isnull=False), "found_at", reason),
    ]
