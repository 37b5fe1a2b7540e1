"""The regulation in force, and what was measured of it."""

from opscharter.charter.models.clause import Clause
from opscharter.charter.models.edition import Edition
from opscharter.charter.models.result import CheckResult

__all__ = ["CheckResult", "Clause", "Edition"]
