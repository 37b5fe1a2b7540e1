"""The list page of a resource: tabs, filters, search, columns, keyset paging, bulk steps and exports."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from opscharter.kernel.resources.declaration import Column, Resource
from opscharter.kernel.resources.filters import BadFilter, Filter
from opscharter.kernel.resources.links import list_url
from opscharter.kernel.resources.lists import ListQuery
from opscharter.kernel.resources.models import SavedView
from opscharter.kernel.resources.paging import COUNT_LIMIT, BadCursor, PageOfRows
from opscharter.kernel.web.base import ResourcePage
from opscharter.kernel.web.cells import Row, rows_for

Text = str | Promise
PLACE = ("after", "before")


@dataclass
class Tab:
    """One saved view as a tab above the list."""

    label: Text
    url: str
    current: bool = False
    personal: bool = False
    delete_url: str = ""


@dataclass
class FilterField:
    """A filter as the panel draws it, with what is chosen now."""

    name: str
    label: Text
    kind: str
    choices: list[tuple[str, Text, bool]] = field(default_factory=list)
    value: str = ""
    value_to: str = ""
    options_url: str = ""


@dataclass
class Head:
    """A column's head; `url` orders the list by it."""

    name: str
    label: Text
    kind: str
    url: str = ""
    direction: str = ""


@dataclass
class ListContext:
    """Everything the list template draws."""

    resource: Resource
    title: Text
    columns: list[Head]
    rows: list[Row]
    views: list[Tab]
    filters: list[FilterField]
    chips: list[dict[str, Any]]
    query: str
    total: str
    hidden: list[tuple[str, str]]
    previous_url: str = ""
    next_url: str = ""
    all_columns: list[tuple[str, Text, bool]] = field(default_factory=list)
    bulk_moves: list[tuple[str, Text]] = field(default_factory=list)
    exports: list[tuple[str, str]] = field(default_factory=list)
    create_url: str = ""
    import_url: str = ""
    base_url: str = ""
    kept_query: str = ""


class ListPage(ResourcePage):
    """The records of one type that the actor may see."""

    reads_replica = True

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show the list; only the table is sent when the page itself asks again (htmx)."""
        self.need("view")
        given = request.GET
        wanted = ListQuery(self.resource, self.actor, given)
        try:
            found, total = wanted.page(), wanted.total()
        except BadFilter as error:
            messages.error(
                request, _("Filter “%(name)s”: %(message)s") % {"name": error.name, "message": error.message}
            )
            return self._without(given, error.name)
        except BadCursor as error:
            messages.error(request, str(error))
            return self._without(given, *PLACE)
        page = self._context(wanted, found, total)
        template = (
            "opscharter/list.html#table" if request.headers.get("HX-Target") == "list" else "opscharter/list.html"
        )
        return self.render(template, page)

    def _without(self, given: QueryDict, *names: str) -> HttpResponse:
        query = given.copy()
        for name in names:
            query.pop(name, None)
        wanted = ListQuery(self.resource, self.actor, query)
        return self.render("opscharter/list.html", self._context(wanted, wanted.page(), wanted.total()), status=400)

    def _context(self, wanted: ListQuery, found: PageOfRows, total: tuple[int, bool]) -> ListContext:
        resource, given = self.resource, self.request.GET
        chosen = self._columns(wanted)
        count, more = total
        page = ListContext(
            resource=resource,
            title=resource.label_plural,
            columns=[self._head(wanted, column) for column in chosen],
            rows=rows_for(found.rows, resource, chosen),
            views=self._tabs(wanted),
            filters=[self._filter(each, wanted) for each in wanted.filters],
            chips=[
                {"label": chip.label, "value": chip.value, "remove_url": self._url(given, **dict.fromkeys(chip.keys))}
                for chip in wanted.chips()
            ],
            query=wanted.one("q"),
            total=f"{COUNT_LIMIT:,}+" if more else f"{count:,}",
            hidden=[(key, value) for key in given for value in given.getlist(key) if key not in (*PLACE, "q")],
            base_url=list_url(resource),
        )
        page.previous_url = self._url(given, before=found.before) if found.before else ""
        page.next_url = self._url(given, after=found.after) if found.after else ""
        page.kept_query = self._query(given)
        names = {column.name for column in chosen}
        page.all_columns = [
            (column.name, column.label, column.name in names) for column in resource.columns_for(self.actor)
        ]
        self._offers(page, given)
        return page

    def _offers(self, page: ListContext, given: QueryDict) -> None:
        """Offer what the actor may do with the list as a whole."""
        lifecycle = self.resource.model.lifecycle
        if lifecycle is not None:
            page.bulk_moves = [
                (move.name, move.label) for move in lifecycle.moves if not move.automatic and self.may(move.name)
            ]
        if self.may("comment") and not self.actor.external:
            page.bulk_moves.append(("comment", _("Write on each")))
        if self.may("archive"):
            page.bulk_moves.append(("archive", _("Archive")))
        base, query = list_url(self.resource), self._query(given)
        if self.may("export"):
            page.exports = [
                (kind.upper(), f"{base}export/?{query}&format={kind}".replace("?&", "?")) for kind in ("csv", "xlsx")
            ]
        page.exports += [(str(label), f"{base}{end}?{query}") for end, label in self.resource.sheets.items()]
        page.create_url = f"{base}new/" if self.may("create") else ""
        page.import_url = f"{base}import/" if self.may("import") else ""

    def _columns(self, wanted: ListQuery) -> list[Column]:
        names = [name for part in wanted.given.getlist("columns") for name in part.split(",") if name]
        columns = self.resource.columns_for(self.actor)
        return [column for column in columns if column.name in names] or columns

    def _head(self, wanted: ListQuery, column: Column) -> Head:
        head = Head(column.name, column.label, column.kind)
        if column.name in wanted.sortable:
            current = wanted.order.name == column.name
            head.direction = ("descending" if wanted.order.descending else "ascending") if current else ""
            target = column.name if current and wanted.order.descending else f"-{column.name}"
            head.url = self._url(self.request.GET, order=target)
        return head

    def _tabs(self, wanted: ListQuery) -> list[Tab]:
        base = list_url(self.resource)
        asked = self._query(self.request.GET, without=("after", "before"))
        tabs = [Tab(_("All"), base, current=not asked)]
        tabs += [
            Tab(view.label, f"{base}?view={view.name}", wanted.one("view") == view.name) for view in self.resource.views
        ]
        mine = Q(user_id=self.actor.user_id) | Q(shared=True)
        for kept in SavedView.objects.filter(mine, resource=self.resource.key).order_by("name"):
            own = kept.user_id == self.actor.user_id
            tabs.append(
                Tab(
                    kept.name,
                    f"{base}?{kept.query}",
                    kept.query == asked,
                    own,
                    f"{base}views/{kept.pk}/delete/" if own else "",
                )
            )
        return tabs

    def _filter(self, each: Filter, wanted: ListQuery) -> FilterField:
        values = [value for value in wanted.given.getlist(each.keys[0]) if value]
        drawn = FilterField(each.name, each.label, each.kind, value=values[0] if values else "")
        if each.kind == "date":
            drawn.value_to = wanted.one(each.keys[1])
        elif each.kind == "relation":
            drawn.options_url = f"{list_url(self.resource)}options/?field={each.name}"
            shown = each.related_names(values, self.actor) if values else {}
            drawn.choices = [(value, shown.get(value, value), True) for value in values]
        else:
            drawn.choices = [(value, label, value in values) for value, label in each.choices()]
        return drawn

    @staticmethod
    def _query(given: QueryDict, without: tuple[str, ...] = PLACE) -> str:
        pairs = [(key, value) for key in given for value in given.getlist(key) if key not in without and value]
        return urlencode(pairs)

    def _url(self, given: QueryDict, **changed: str | None) -> str:
        """Return the list's address with some parameters changed or taken away; the place in the list starts anew."""
        query = given.copy()
        for key in PLACE:
            query.pop(key, None)
        for key, value in changed.items():
            query.pop(key, None)
            if value:
                query[key] = value
        encoded = self._query(query, without=())
        base = list_url(self.resource)
        return f"{base}?{encoded}" if encoded else base
