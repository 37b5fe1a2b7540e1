"""Known errors as an answer to what is like them."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from opscharter.kernel.access.actor import Actor
from opscharter.kernel.resources.links import record_url
from opscharter.kernel.search.similar import similar
from opscharter.service.problems.lifecycle import ProblemState
from opscharter.service.problems.models import Problem
from opscharter.service.tickets.hooks import Suggestion

KIND: str | Promise = _("Known error")


def suggest(actor: Actor, text: str) -> list[Suggestion]:
    """Return the known errors most like a text, within what the reader may see."""
    if not actor.may("service.problem", "view"):
        return []
    rows = Problem.objects.visible_to(actor).current().filter(state=ProblemState.KNOWN_ERROR)
    return [
        Suggestion(KIND, str(problem), record_url(problem), problem.workaround, score, problem)
        for problem, score in similar(rows, text, limit=2)
    ]
