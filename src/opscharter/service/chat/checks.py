"""The check and the figures of §3.1.1: whoever comes to the chat is answered at once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import Avg, Q
from django.utils.translation import gettext_lazy as _

from opscharter.kernel.controls.registry import Measure, check
from opscharter.kernel.indicators.registry import indicator
from opscharter.service.chat.models import Chat

DIMENSIONS = {"department": "team_id", "employee": "agent_id", "customer": "customer_id", "service": "service_id"}


@check(
    "chat.answered-in-time", clause="3.1.1", owner="hotline", target=90,
    label=_("Live chats are answered within the seconds promised"),
)  # fmt: skip
def answered_in_time(parameters: Mapping[str, Any]) -> Measure:
    """Chats answered, or that waited longer than promised; who gave up before is not counted."""
    rows = Chat.objects.current().filter(answered_in_time__isnull=False)
    return Measure(rows, Q(answered_in_time=False), "started_at", _("answered too late, or not at all"))


ANSWERED = indicator(
    "service.chat-answered", label=_("Chats answered in the time promised"), clause="3.1.1", also=("1.3.2",), target=90,
    population=lambda: [Chat.objects.current().filter(answered_in_time__isnull=False)],
    numerator=Q(answered_in_time=True), when="started_at", dimensions=DIMENSIONS,
)  # fmt: skip
RATING = indicator(
    "service.chat-rating", label=_("Rating of chats"), unit=_("of 5"), clause="3.1.1", target=4,
    population=lambda: [Chat.objects.current().filter(rating__isnull=False)], aggregate=Avg("rating"),
    when="started_at", dimensions=DIMENSIONS,
)  # fmt: skip
