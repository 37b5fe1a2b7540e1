"""Change management: the part's table of contents."""

from django.utils.translation import gettext_lazy as _

from opscharter.kernel.resources.site import Part
from opscharter.service.changes import checks, resources
from opscharter.service.changes.grants import GRANTS, POLICIES

CONTROLS = (checks,)
"""Imported so that its checks are registered."""

PART = Part(
    label=_("Changes"),
    icon="arrows-exchange",
    resources=[resources.changes, resources.steps],
    grants=GRANTS,
    policies=POLICIES,
)
