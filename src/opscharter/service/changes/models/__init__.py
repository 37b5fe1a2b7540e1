"""Changes and the steps of their plans."""

from opscharter.service.changes.models.change import Change
from opscharter.service.changes.models.task import ChangeTask

__all__ = ["Change", "ChangeTask"]
