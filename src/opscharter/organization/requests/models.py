"""Requests between departments."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from opscharter.kernel import moment
from opscharter.kernel.access.scope import Scope
from opscharter.kernel.records.numbering import Numbering
from opscharter.kernel.records.record import Record
from opscharter.organization.models.department import Department
from opscharter.organization.models.employee import Employee
from opscharter.organization.requests.lifecycle import LIFECYCLE, OPEN


class DepartmentRequest(Record):
    """Something one department asks of another: accepted or refused with a reason, due on a day, replied to."""

    subject = models.CharField(_("subject"), max_length=160)
    detail = models.TextField(_("what is asked"))
    from_department = models.ForeignKey(
        Department, models.PROTECT, related_name="requests_made", verbose_name=_("asking department")
    )
    requester = models.ForeignKey(Employee, models.PROTECT, related_name="requests_made", verbose_name=_("requester"))
    to_department = models.ForeignKey(
        Department, models.PROTECT, related_name="requests_received", verbose_name=_("department asked")
    )
    due_on = models.DateField(_("due"))
    handler = models.ForeignKey(
        Employee, models.PROTECT, null=True, blank=True, related_name="requests_handled", verbose_name=_("handler")
    )
    answered_at = models.DateTimeField(_("accepted or refused"), null=True, editable=False)
    refusal = models.TextField(_("reason of the refusal"), blank=True, editable=False)
    reply = models.TextField(_("reply"), blank=True)
    replied_at = models.DateTimeField(_("replied"), null=True, editable=False)

    numbering = Numbering("DR-{date:%Y}-{seq:04}")
    scope = Scope(owner=("requester", "handler"), department=("from_department", "to_department"))
    search_fields = ("subject", "number", "detail")
    timeline_fields = ("handler", "due_on")
    lifecycle = LIFECYCLE

    class Meta:
        verbose_name = _("cross-department request")
        verbose_name_plural = _("cross-department requests")
        indexes = [models.Index(fields=["to_department", "state"], name="department_request_waiting")]

    def __str__(self) -> str:
        return f"{self.number} {self.subject}"

    def clean(self) -> None:
        """Refuse a request of a department to itself, and a requester from elsewhere."""
        if self.from_department_id == self.to_department_id:
            raise ValidationError({"to_department": _("A department needs no request to itself.")})
        if self.pk is None and self.requester_id and self.requester.department_id != self.from_department_id:
            raise ValidationError({"requester": _("The requester belongs to the asking department.")})

    @property
    def overdue(self) -> bool:
        """Say whether the day has passed without a reply."""
        return self.state in OPEN and self.due_on < moment.today()
