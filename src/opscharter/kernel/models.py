"""Every table of the kernel, gathered for Django; the rooms below say what each is."""

from opscharter.kernel.audit.models import AuditBlock, AuditEntry
from opscharter.kernel.controls.models import ControlException, ControlSetting, GuardDecision
from opscharter.kernel.records.numbering import NumberSequence
from opscharter.kernel.resources.models import SavedView
from opscharter.kernel.timeline.models import TimelineEntry
from opscharter.kernel.users.models import User

__all__ = [
    "AuditBlock",
    "AuditEntry",
    "ControlException",
    "ControlSetting",
    "GuardDecision",
    "NumberSequence",
    "SavedView",
    "TimelineEntry",
    "User",
]
