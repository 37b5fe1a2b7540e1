"""Every table of the kernel, gathered for Django; the rooms below say what each is."""

from opscharter.kernel.access.revision import AccessRevision
from opscharter.kernel.api.models import ApiToken, IdempotencyKey
from opscharter.kernel.approvals.models import ApprovalPolicy, ApprovalRequest, ApprovalSeat, Vote
from opscharter.kernel.audit.models import AuditBlock, AuditEntry, AuditVerification
from opscharter.kernel.calendars.models import BusinessCalendar, CalendarDay
from opscharter.kernel.clocks.models import Clock, ClockInterval
from opscharter.kernel.controls.models import ControlException, ControlSetting, GuardDecision
from opscharter.kernel.files.models import Attachment
from opscharter.kernel.indicators.models import IndicatorFigure
from opscharter.kernel.jobs.models import ScheduleState
from opscharter.kernel.live.models import LiveChannel, Presence
from opscharter.kernel.notices.models import Channel, Delivery, Notice
from opscharter.kernel.records.numbering import NumberSequence
from opscharter.kernel.resources.models import SavedView
from opscharter.kernel.search.models import SearchDocument
from opscharter.kernel.timeline.models import TimelineEntry
from opscharter.kernel.users.models import User

__all__ = [
    "AccessRevision", "ApiToken", "ApprovalPolicy", "ApprovalRequest", "ApprovalSeat", "Attachment",
    "AuditBlock", "AuditEntry", "AuditVerification", "BusinessCalendar", "CalendarDay", "Channel", "Clock",
    "ClockInterval", "ControlException", "ControlSetting", "Delivery", "GuardDecision", "IdempotencyKey",
    "IndicatorFigure", "LiveChannel", "Notice", "NumberSequence", "Presence", "SavedView", "ScheduleState",
    "SearchDocument",
    "TimelineEntry", "User", "Vote",
]  # fmt: skip
