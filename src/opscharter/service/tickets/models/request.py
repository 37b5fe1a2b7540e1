"""Service requests."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from opscharter.kernel.records.numbering import Numbering
from opscharter.service.tickets.lifecycle import REQUEST
from opscharter.service.tickets.models.ticket import Ticket


class ServiceRequest(Ticket):
    """Something a customer asks for that is not a fault: access, a change of settings, an answer."""

    numbering = Numbering("REQ-{date:%Y%m%d}-{seq:04}")
    lifecycle = REQUEST

    class Meta(Ticket.Meta):
        verbose_name = _("service request")
        verbose_name_plural = _("service requests")
