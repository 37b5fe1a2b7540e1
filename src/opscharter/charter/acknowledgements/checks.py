"""The check of §1.2.1: everyone in service has confirmed the version in force, in time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from opscharter.charter.acknowledgements.campaign import CHECK, in_service
from opscharter.charter.acknowledgements.lifecycle import State
from opscharter.charter.acknowledgements.models import Acknowledgement
from opscharter.kernel import moment
from opscharter.kernel.controls.registry import Measure, Parameter, check


@check(
    CHECK, clause="1.2.1", owner="hr", label=_("Everyone has read and confirmed the version in force"),
    parameters={
        "days": Parameter(14, _("days"), _("time to confirm")),
        "reminders": Parameter(4, "", _("reminders at most")),
    },
)  # fmt: skip
def acknowledged(parameters: Mapping[str, Any]) -> Measure:
    """People in service who have confirmed or should have by today; exceptions have not."""
    last = moment.today() - dt.timedelta(days=int(parameters["days"]))
    rows = in_service(Acknowledgement.objects.filter(edition__state="IN_FORCE"))
    late = Q(state=State.ASKED)
    return Measure(rows.filter(Q(state=State.CONFIRMED) | Q(asked_on__lte=last)), late, "asked_at", _("not confirmed"))
