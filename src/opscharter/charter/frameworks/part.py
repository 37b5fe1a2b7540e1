"""Frameworks: the part's table of contents."""

from django.utils.translation import gettext_lazy as _

from opscharter.charter.frameworks import resources
from opscharter.charter.frameworks.services import install_frameworks
from opscharter.kernel.access.actor import Reach
from opscharter.kernel.resources.site import Part

ALL = Reach.ALL
KEEP = "create edit archive import export history comment"
PART = Part(
    label=_("Frameworks"),
    icon="list-check",
    resources=[resources.frameworks, resources.requirements],
    grants={
        "quality-supervisor": [("charter.framework", KEEP, ALL), ("charter.requirement", KEEP, ALL)],
        "security-officer": [("charter.framework", KEEP, ALL), ("charter.requirement", KEEP, ALL)],
    },
    setup=[install_frameworks],
)
