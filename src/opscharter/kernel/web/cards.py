"""The cards on a record's page that its own resource and other chapters add: drawn with the page, or right after it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from opscharter.kernel.resources.declaration import Panel, Resource, Text
from opscharter.kernel.resources.site import site
from opscharter.kernel.web.base import ResourcePage

Card = tuple[Text, str]
"""A card's title and what it shows, as HTML."""


def panels_for(resource: Resource, external: bool) -> list[Panel]:
    """Return the panels that somebody may see: customers' contacts only those that are for them."""
    return [panel for panel in site.panels_of(resource) if panel.for_customers or not external]


def drawn(panels: list[Panel], record: Any, request: HttpRequest) -> list[Card]:
    """Return the panels as cards; one that has nothing to say is left out."""
    actor = request.actor  # type: ignore[attr-defined]
    told = ((panel, panel.context(record, actor)) for panel in panels)
    return [
        (panel.title, render_to_string(panel.template, {**context, "record": record, "actor": actor}, request))
        for panel, context in told
        if context is not None
    ]


class CardsPage(ResourcePage):
    """The cards that only surround a record: the page itself asks for them when it stands (htmx)."""

    reads_replica = True

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show them, without a page around."""
        record = self.record(pk, related=True)
        panels = [panel for panel in panels_for(self.resource, self.actor.external) if panel.later]
        return self.render("opscharter/parts/cards.html", None, cards=drawn(panels, record, request))
