"""Changes, the steps of their plans, their calendar, their templates, the board, and what nobody authorised."""

from opscharter.service.changes.models.alteration import AssetAlteration
from opscharter.service.changes.models.board import BoardMeeting
from opscharter.service.changes.models.calendar import ChangeFreeze, ChangeWindow
from opscharter.service.changes.models.change import Change
from opscharter.service.changes.models.task import ChangeTask
from opscharter.service.changes.models.template import ChangeTemplate
from opscharter.service.changes.models.unauthorised import UnauthorisedChange

__all__ = [
    "AssetAlteration",
    "BoardMeeting",
    "Change",
    "ChangeFreeze",
    "ChangeTask",
    "ChangeTemplate",
    "ChangeWindow",
    "UnauthorisedChange",
]
