"""The regulation in force, and what was measured of it."""

from opscharter.charter.models.clause import Clause
from opscharter.charter.models.edition import Edition
from opscharter.charter.models.result import CheckResult

from opscharter.charter.acknowledgements.models import Acknowledgement  # isort: skip
from opscharter.charter.amendments.models import Rehearsal  # isort: skip
from opscharter.charter.attestations.models import Attestation, AttestationPlan  # isort: skip
from opscharter.charter.corrective.models import CorrectiveItem  # isort: skip
from opscharter.charter.frameworks.models import Framework, Requirement  # isort: skip
from opscharter.charter.improvements.models import Improvement  # isort: skip
from opscharter.charter.obligations.models import Obligation  # isort: skip

from opscharter.charter.waivers.models import Waiver  # isort: skip

__all__ = [
    "Acknowledgement", "Attestation", "AttestationPlan", "CheckResult", "Clause", "CorrectiveItem", "Edition",
    "Framework", "Improvement", "Obligation", "Rehearsal", "Requirement", "Waiver",
]  # fmt: skip
