"""One list of records as asked for: scope, view, filters, search and drill-down. Pages, API and exports all read it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cached_property
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from opscharter.kernel.access.actor import Actor
from opscharter.kernel.controls.decisions import settings_at
from opscharter.kernel.controls.registry import CHECKS
from opscharter.kernel.indicators.figures import rows as indicator_rows
from opscharter.kernel.indicators.periods import Period
from opscharter.kernel.resources.declaration import Resource, View
from opscharter.kernel.resources.filters import BadFilter, Chip, Filter, Parameters, filters_of, id_of, read_id
from opscharter.kernel.resources.paging import Order, PageOfRows, capped_count, take_page
from opscharter.kernel.search.find import matching_ids

PAGE_SIZE = 50


def sortable_fields(resource: Resource) -> set[str]:
    """Return the names of fields a list can be ordered by: its stored columns, its own order, and the id."""
    stored = {field.name for field in resource.model._meta.concrete_fields if not field.is_relation}
    columns = {column.name for column in resource.list_columns if column.name in stored}
    return columns | {resource.order.lstrip("-"), "id"}


class ListQuery:
    """What one list shows to one actor for one query string."""

    def __init__(self, resource: Resource, actor: Actor, given: Parameters, action: str = "view") -> None:
        self.resource, self.actor, self.given, self.action = resource, actor, given, action
        self._all_on_one_page: int | None = None

    def one(self, key: str) -> str:
        """Return a single parameter, or an empty text."""
        return next(iter(self.given.getlist(key)), "").strip()

    @cached_property
    def filters(self) -> list[Filter]:
        """Return the list's filters."""
        hidden = self.resource.hidden_from(self.actor)
        return [each for each in filters_of(self.resource) if each.name not in hidden]

    @cached_property
    def view(self) -> View | None:
        """Return the built-in view asked for."""
        wanted = self.one("view")
        return next((view for view in self.resource.views if view.name == wanted), None)

    @cached_property
    def order(self) -> Order:
        """Return the order asked for, or the resource's own; only stored fields of the list may order it."""
        wanted = self.one("order") or self.resource.order
        name = wanted.lstrip("-")
        if name not in self.sortable:
            raise BadFilter("order", _("This list cannot be ordered by “%(name)s”.") % {"name": name})
        return Order(name, wanted.startswith("-"), self.resource.model._meta.get_field(name))

    @cached_property
    def sortable(self) -> set[str]:
        """Return the names of fields that the list can be ordered by."""
        return sortable_fields(self.resource) - self.resource.hidden_from(self.actor)

    @cached_property
    def rows(self) -> Any:
        """Return every row the actor may see under all conditions, unordered."""
        bounds = self.resource.model.scope.rows(self.actor, self.resource.key, self.action)
        return self._asked_for if bounds is None else self._asked_for.filter(bounds)

    @cached_property
    def _asked_for(self) -> Any:
        """Return the rows under all conditions but the actor's reach, which `rows` or `_parts` add."""
        rows = self.resource.model._default_manager.filter(archived_at__isnull=not self.one("archived"))
        for condition in self._conditions():
            rows = rows.filter(condition)
        return rows

    @cached_property
    def _parts(self) -> list[Q] | None:
        """Return the actor's reach as conditions that are looked up one by one; None when it has no bounds.

        A search has gone through the reach already, and leaves little: that is looked up in one go.
        """
        scope = self.resource.model.scope
        if self.one("q"):
            bounds = scope.rows(self.actor, self.resource.key, self.action)
            return None if bounds is None else [bounds]
        return scope.parts(self.actor, self.resource.key, self.action)

    def _conditions(self) -> Iterable[Q]:
        if self.view is not None:
            yield self.view.where(self.actor)
        for each in self.filters:
            condition = each.read(self.given, self.actor)
            if condition is not None:
                yield condition
        if ids := [read_id("id", value) for value in self.given.getlist("id") if value]:
            yield Q(pk__in=ids)
        if text := self.one("q"):
            yield matching_ids(self.resource.model, text, self.actor, self.action)
        if check := self.one("check"):
            yield self._of_check(check)
        if indicator := self.one("indicator"):
            yield self._of_indicator(indicator)

    def _of_check(self, check_id: str) -> Q:
        """Return the records a check speaks of, or only its exceptions."""
        if check_id not in CHECKS:
            raise BadFilter("check", _("There is no check “%(id)s”.") % {"id": check_id})
        check = CHECKS[check_id]
        measures = check.measures(settings_at([check])[check_id].parameters)
        condition = Q(pk__in=[])
        for measure in measures:
            if measure.records.model is self.resource.model:
                found = measure.records.order_by()
                if self.one("outcome") != "population":
                    found = found.filter(measure.exception)
                if month := self.one("month"):
                    period = self._period(month)
                    found = found.filter(**{f"{measure.when}__gte": period.start, f"{measure.when}__lt": period.end})
                condition |= Q(pk__in=found.values("pk"))
        return condition

    def _of_indicator(self, code: str) -> Q:
        """Return the very records behind a figure."""
        dimension, member = self.one("dimension"), self.one("member")
        try:
            found = indicator_rows(
                code,
                self._period(self.one("period")),
                part=self.one("part") or "population",
                dimension=dimension or None,
                id=id_of(member),
                model=self.resource.model,
            )
        except (KeyError, ValueError) as error:
            raise BadFilter("indicator", _("There is no indicator “%(id)s”.") % {"id": code}) from error
        if found.model is not self.resource.model:
            return Q(pk__in=[])
        return Q(pk__in=found.order_by().values("pk"))

    @staticmethod
    def _period(text: str) -> Period:
        try:
            return Period.parse(text)
        except ValueError as error:
            raise BadFilter("period", _("“%(value)s” is not a period like 2026-10.") % {"value": text}) from error

    def chips(self) -> list[Chip]:
        """Return every condition at work as a chip that can be taken away."""
        chips = [chip for each in self.filters for chip in each.chips(self.given, self.actor)]
        if check := self.one("check"):
            label = _("exceptions of") if self.one("outcome") != "population" else _("measured by")
            chips.append(Chip(label, check, ("check", "outcome", "month")))
        if code := self.one("indicator"):
            value = f"{code} · {self.one('period')}"
            chips.append(Chip(_("figure"), value, ("indicator", "period", "part", "dimension", "member")))
        if self.one("archived"):
            chips.append(Chip(_("archived"), _("yes"), ("archived",)))
        return chips

    def page(self, size: int = PAGE_SIZE, loaded: Callable[[Any], Any] | None = None) -> PageOfRows:
        """Read one page of rows; `loaded` adds what is read with each (default: everything the columns need)."""
        after, before = self.one("after"), self.one("before")
        page = take_page(self._asked_for, self.order, size, after, before, self._parts, loaded or self._with_columns)
        if not (after or before or page.after):
            self._all_on_one_page = len(page.rows)
        return page

    def _with_columns(self, rows: Any) -> Any:
        if related := self.resource.select_related():
            rows = rows.select_related(*related)
        if only := self.resource.only(self.order.name):
            rows = rows.only(*only)
        return rows

    def total(self) -> tuple[int, bool]:
        """Return how many rows there are, and whether there are more than were counted; a short list knows already."""
        if self._all_on_one_page is not None:
            return self._all_on_one_page, False
        return capped_count(self._asked_for, self._parts)
