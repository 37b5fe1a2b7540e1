"""How frameworks and requirements appear."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from opscharter.charter.frameworks.models import Framework, Requirement
from opscharter.charter.frameworks.services import coverage_of
from opscharter.charter.standing import LABELS, tone_of
from opscharter.kernel.access.actor import Actor
from opscharter.kernel.resources.declaration import Panel, Resource
from opscharter.kernel.resources.links import record_url


def coverage_panel(framework: Framework, actor: Actor) -> Mapping[str, Any]:
    """Return the requirements of a framework, the clauses that keep each, and how they stand."""
    kept = coverage_of(framework)
    counted = Counter(each.state for each in kept)
    figures = [(LABELS[state], counted[state], tone_of(state)) for state in LABELS if counted[state]]
    rows = [(each, record_url(each.requirement), LABELS[each.state], tone_of(each.state)) for each in kept]
    return {"figures": figures, "rows": rows}


frameworks = Resource(
    Framework, "frameworks", icon="list-check", columns=["code", "title", "publisher"], order="code",
    panels=[Panel(_("Coverage"), "charter/coverage.html", coverage_panel, place="main")],
)  # fmt: skip
requirements = Resource(
    Requirement, "requirements", icon="list-details", columns=["code", "title", "framework", "clauses"],
    filters=["framework"], form=["framework", "code", "title", "clauses"], order="id",
)  # fmt: skip
