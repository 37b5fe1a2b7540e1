"""The knowledge base: the part's table of contents."""

from django.utils.translation import gettext_lazy as _

from opscharter.kernel.resources.site import Part
from opscharter.service.knowledge import checks, resources
from opscharter.service.knowledge.grants import GRANTS
from opscharter.service.knowledge.pages import URLS
from opscharter.service.knowledge.services import suggest
from opscharter.service.knowledge.tasks import articles_to_look_over
from opscharter.service.tickets import hooks

CONTROLS = (checks,)
"""Imported so that their checks are registered."""

hooks.suggesters.append(suggest)

PART = Part(
    label=_("Knowledge"),
    icon="book",
    resources=[resources.articles],
    grants=GRANTS,
    tasks=[articles_to_look_over],
    urls=URLS,
    panels={"service.incident": [resources.ON_INCIDENT]},
)
