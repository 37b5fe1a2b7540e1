"""How the regulation's records appear beside the readable page."""

from opscharter.charter.api import ResultsView, ResultView
from opscharter.charter.models import Clause
from opscharter.charter.pages.clause import ClauseRecordPage
from opscharter.kernel.approvals.models import ApprovalPolicy
from opscharter.kernel.calendars.models import BusinessCalendar, CalendarDay
from opscharter.kernel.resources.declaration import Column, Resource
from opscharter.kernel.resources.foretelling import clocks_moved

clauses = Resource(
    Clause, "clauses", icon="section-sign",
    columns=[
        "number", Column("heading", Clause._meta.get_field("headings").verbose_name, lambda clause: clause.heading),
        "owner_role", "supervisor_role", "expectation",
    ],
    filters=["edition", "expectation"], order="position", pages={"<int:pk>/": ClauseRecordPage},
    form=["edition", "number", "headings", "texts", "owner_role", "supervisor_role", "expectation",
          "frameworks", "duties"],
    api={"results/": ResultsView, "results/<int:pk>/": ResultView},
)  # fmt: skip
calendars = Resource(
    BusinessCalendar, "calendars", icon="calendar-time", columns=["name", "time_zone", "holidays"], order="name",
    foretell=clocks_moved(),
)  # fmt: skip
calendar_days = Resource(
    CalendarDay, "calendar-days", icon="calendar-x", columns=["calendar", "day", "reason"], filters=["calendar", "day"],
    order="-day", foretell=clocks_moved(),
)  # fmt: skip
policies = Resource(
    ApprovalPolicy, "approval-policies", icon="writing-sign", columns=["name", "record_type", "action", "rank"],
    order="record_type",
)  # fmt: skip
