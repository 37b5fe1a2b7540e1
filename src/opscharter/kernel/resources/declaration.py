"""How a record type appears: the few lines from which pages, API, import, export and contract tests are derived."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.core.exceptions import FieldDoesNotExist, ImproperlyConfigured
from django.db import models
from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from opscharter.kernel.access.actor import Actor
from opscharter.kernel.records.merging import BOOKKEEPING
from opscharter.kernel.records.record import Record

Text = str | Promise


@dataclass(frozen=True)
class Section:
    """A titled group of fields in the form of a record; `follows` names the field on which its fields depend."""

    title: Text
    fields: tuple[str, ...]
    follows: str = ""

    def __init__(self, title: Text, fields: list[str] | tuple[str, ...], follows: str = "") -> None:
        object.__setattr__(self, "title", title)
        object.__setattr__(self, "fields", tuple(fields))
        object.__setattr__(self, "follows", follows)


@dataclass(frozen=True)
class Column:
    """A list column that is more than a stored field: `value(record)` may use only what the list has loaded.

    `needs` names the stored fields (or relations) that `value` reads, so that the list loads them in its one query.
    `kind` says how it is drawn: text, number, date, due, state, pill, priority.
    """

    name: str
    label: Text
    value: Callable[[Any], Any]
    needs: tuple[str, ...] = ()
    kind: str = "text"


@dataclass(frozen=True)
class View:
    """A built-in list view: a tab with its own condition, which may depend on who looks."""

    name: str
    label: Text
    where: Callable[[Actor], Q]


@dataclass(frozen=True)
class Panel:
    """A card on the record's page drawn by a template; `context(record, actor)` gives what the template needs.

    Return None from `context` to leave the card out. `place` is "main" (over the story), "below" (under it), "first"
    (over the facts) or "side". Customers see a panel only when it says `for_customers`. A panel at the side that helps,
    but is not needed to go on, says `later`: the page asks for it when it stands, so that nobody waits for it.
    """

    title: Text
    template: str
    context: Callable[[Any, Actor], Mapping[str, Any] | None]
    place: str = "side"
    for_customers: bool = False
    later: bool = False

    def __post_init__(self) -> None:
        if self.later and self.place != "side":
            raise ImproperlyConfigured(
                f"{self.template}: only cards at the side may come later, others would push the page"
            )


@dataclass(frozen=True)
class Consequence:
    """What saving one record does to another: its deadline before and after."""

    label: str
    url: str
    what: Text
    before: dt.datetime | None
    after: dt.datetime | None


@dataclass(frozen=True)
class Foretold:
    """All that saving would do to others: what the actor may see of it, and how much more there is."""

    lines: list[Consequence]
    hidden: int = 0


@dataclass(frozen=True)
class Stage:
    """One stage on the line of a record's life: reached when the record has been in one of `states`."""

    label: Text
    states: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Resource:
    """One record type as people meet it. Everything left out is derived from the model."""

    model: type[Record]
    slug: str
    icon: str = "file"
    columns: tuple[str | Column, ...] = ()
    filters: tuple[str, ...] = ()
    form: tuple[str | Section, ...] = ()
    create: tuple[str, ...] = ()
    """The fields asked for when a record is made by hand; without them the whole form."""
    facts: tuple[str, ...] = ()
    lead: str = ""
    """A long text shown under the title of the record's page."""
    order: str = "-id"
    views: tuple[View, ...] = ()
    panels: tuple[Panel, ...] = ()
    suggestions: str = ""
    """Address of a fragment that shows, while a record is being made, what is like it; asked with the form's texts."""
    beside: Mapping[str, Panel] = field(default_factory=dict)
    """What one should see while taking a step, by the step's name: drawn over its inputs."""
    stages: tuple[Stage, ...] = ()
    related: tuple[str, ...] = ()
    """Fields whose values lists load together with the row, beyond those the columns need."""
    choices: Mapping[str, Callable[[Actor], Q]] = field(default_factory=dict)
    """Narrows what a relation field offers in forms: {"assignee": lambda actor: Q(active=True)}."""
    badges: Callable[[Any], list[tuple[Text, str]]] | None = None
    """Pills beside the number on the record's page: [(text, tone)], tones r(ed) a(mber) g(reen) b(lue) n(eutral)."""
    customer_facts: tuple[str, ...] = ()
    """The only fields a customer's contact sees of a record, on pages, in exports and through the API."""
    customer_sends: tuple[str, ...] = ()
    """What a customer's contact may also send through the API, and reads back there."""
    form_class: type[Any] | None = None
    serializer_class: type[Any] | None = None
    viewset_class: type[Any] | None = None
    """A viewset with calls beyond the derived ones (see `calls` there): a `LifecycleViewSet` or a `RecordViewSet`."""
    pages: Mapping[str, type[Any]] = field(default_factory=dict)
    """Page classes that replace derived ones, by the end of the address: {"<int:pk>/": ClausePage}."""
    presence: bool = False
    """Whether those of the house who have a record open see each other there."""
    foretell: Callable[[Any, Actor, Mapping[str, Any]], Foretold] | None = None
    """Says what saving would do to other records; where it does anything, people see that first and say yes or no."""
    sheets: Mapping[str, Text] = field(default_factory=dict)
    """What else a list can be had as, under Export: the end of an address, which gets the list's query, and a name."""
    api: Mapping[str, type[Any]] = field(default_factory=dict)
    """Views that the API has beside the derived ones, by the end of the address: {"<int:pk>/account/": AccountView}."""
    in_menu: bool = True
    chapter: str = ""
    """The code of the chapter that lists the resource; the site fills it in."""

    def __init__(self, model: type[Record], slug: str, **options: Any) -> None:
        object.__setattr__(self, "model", model)
        object.__setattr__(self, "slug", slug)
        for name, spec in self.__dataclass_fields__.items():
            if name in ("model", "slug"):
                continue
            default = spec.default_factory() if callable(spec.default_factory) else spec.default
            value = options.pop(name, default)
            object.__setattr__(self, name, tuple(value) if isinstance(value, list) else value)
        if options:
            raise TypeError(f"a resource has no option {sorted(options)}")

    @property
    def key(self) -> str:
        """Return the record type's label, such as `service.incident`; also what grants speak of."""
        return self.model._meta.label_lower

    @property
    def label(self) -> Text:
        """Return the record type's name for people."""
        return self.model._meta.verbose_name or ""

    @property
    def label_plural(self) -> Text:
        """Return the record type's plural name for people."""
        return self.model._meta.verbose_name_plural or ""

    @cached_property
    def form_sections(self) -> list[Section]:
        """Return the form's sections; without a declaration one section of every editable field."""
        if not self.form:
            return [Section("", [field.name for field in editable_fields(self.model)])]
        sections: list[Section] = []
        loose: list[str] = []
        for part in self.form:
            if isinstance(part, Section):
                sections.append(part)
            else:
                loose.append(part)
        return [Section("", loose), *sections] if loose else sections

    @cached_property
    def form_fields(self) -> list[str]:
        """Return the names of all fields that people may fill in."""
        return [name for section in self.form_sections for name in section.fields]

    @cached_property
    def list_columns(self) -> list[Column]:
        """Return the columns of the list, each with its label, value and kind."""
        names = self.columns or default_columns(self.model)
        return [part if isinstance(part, Column) else column_for(self.model, part) for part in names]

    @cached_property
    def fact_fields(self) -> list[str]:
        """Return the fields shown as facts on the record's page."""
        return list(self.facts) or self.form_fields

    def hidden_from(self, actor: Actor) -> frozenset[str]:
        """Return the sensitive fields that the actor may not see, by name and by stored name."""
        if not self.model.protected_fields or actor.may(self.key, "view-protected"):
            return frozenset()
        fields = [self.model._meta.get_field(name) for name in self.model.protected_fields]
        return frozenset(name for field in fields for name in (field.name, getattr(field, "attname", field.name)))

    def columns_for(self, actor: Actor) -> list[Column]:
        """Return the columns of the list that the actor may see: none that shows a hidden field."""
        hidden = self.hidden_from(actor)
        return [
            column
            for column in self.list_columns
            if not hidden & {column.name, *(need.partition("__")[0] for need in column.needs)}
        ]

    def select_related(self) -> list[str]:
        """Return the relations that a list page must load with its rows."""
        wanted: list[str] = []
        for name in [*self.related, *(need for column in self.list_columns for need in column.needs)]:
            path = relation_path(self.model, name)
            if path and path not in wanted:
                wanted.append(path)
        return wanted

    def only(self, order: str) -> list[str]:
        """Return the only fields that a list page must load; none stands for all of them."""
        if not self.model.name_fields:
            return []
        needs = [need for column in self.list_columns for need in column.needs]
        wanted = {
            "pk",
            order,
            *self.model.name_fields,
            *(need for need in needs if not relation_path(self.model, need)),
        }
        for path in self.select_related():
            wanted |= {f"{path}__{name}" for name in _name_fields(find_field(self.model, path).related_model)}
            wanted.add(path)
        for need in [*needs, *self.related]:
            if relation_path(self.model, need) != need:
                wanted.add(need)
        return sorted(wanted)


def _name_fields(model: Any) -> list[str]:
    """Return the fields that name a record, or all stored ones where the model does not say."""
    return list(getattr(model, "name_fields", ())) or [field.name for field in model._meta.concrete_fields]


def editable_fields(model: type[models.Model]) -> list[Any]:
    """Return the stored and many-to-many fields of a record type that people may fill in."""
    fields = [*model._meta.concrete_fields, *model._meta.many_to_many]
    return [f for f in fields if f.editable and f.name not in BOOKKEEPING and not f.primary_key]


def default_columns(model: type[Record]) -> list[str]:
    """Return the columns of a list whose resource names none: number, first fields, state."""
    names = ["number"] if model.numbering else []
    names += [f.name for f in editable_fields(model) if not f.many_to_many and not isinstance(f, models.TextField)][:5]
    return names + (["state"] if model.lifecycle else [])


def find_field(model: type[models.Model], path: str) -> Any:
    """Return the field at the end of a `__` path; ImproperlyConfigured when there is none."""
    current: Any = model
    found: Any = None
    for part in path.split("__"):
        try:
            found = current._meta.get_field(part)
        except FieldDoesNotExist as error:
            raise ImproperlyConfigured(f"{model.__name__} has no field {path}") from error
        current = found.related_model
    return found


def relation_path(model: type[models.Model], path: str) -> str:
    """Return the part of a path that select_related can follow, or an empty text."""
    parts: list[str] = []
    current: Any = model
    for part in path.split("__"):
        found = current._meta.get_field(part)
        if not (found.many_to_one or found.one_to_one):
            break
        parts.append(part)
        current = found.related_model
    return "__".join(parts)


def column_for(model: type[models.Model], path: str) -> Column:
    """Return the column of a stored field or of a field of a related record."""
    found = find_field(model, path)

    def value(record: Any) -> Any:
        current = record
        for part in path.split("__"):
            if current is None:
                return None
            current = getattr(current, part)
        return current

    return Column(path, label_of(found), value, (path,), kind_of(found))


BOOKKEEPING_LABELS: dict[str, Text] = {
    "created_by": _("entered by"), "created_at": _("entered"), "updated_by": _("last changed by"),
    "updated_at": _("last changed"),
}  # fmt: skip


def label_of(found: Any) -> Text:
    """Return what a field is called for people; the kernel's own fields have no name in the models."""
    return BOOKKEEPING_LABELS.get(found.name) or found.verbose_name


def kind_of(found: Any) -> str:
    """Return how a field's values are drawn."""
    if found.name == "state":
        return "state"
    if found.name == "priority":
        return "priority"
    if isinstance(found, models.DateTimeField):
        return "due" if found.name.endswith("due_at") else "when"
    if isinstance(found, models.DateField):
        return "date"
    if isinstance(found, models.BooleanField):
        return "boolean"
    if found.choices:
        return "choice"
    if isinstance(found, models.IntegerField | models.DecimalField | models.FloatField):
        return "number"
    return "relation" if found.is_relation else "text"
