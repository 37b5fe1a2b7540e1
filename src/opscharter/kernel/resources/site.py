"""The site: the chapters in menu order, as `config/site.py` lists them, and the way from a record to its pages."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise

from opscharter.kernel.access.actor import Actor
from opscharter.kernel.records.record import Record
from opscharter.kernel.resources.declaration import Panel, Resource
from opscharter.kernel.resources.tasks import Task

Text = str | Promise
NUMERALS = "〇一二三四五六七八九十"


@dataclass(frozen=True)
class Page:
    """A page of a chapter that is not a record's: its menu label, url name, and who sees it in the menu."""

    label: Text
    url: str
    icon: str = "file"
    visible: Callable[[Actor], bool] = lambda actor: actor.user is not None


GrantLine = tuple[str, str, str]
"""A line of what a role may do: record type, actions, reach. `service.*` is a whole chapter, `*` everything."""


@dataclass(frozen=True)
class Policy:
    """An approval policy that every installation begins with; see ApprovalPolicy for `steps` and `conditions`."""

    name: Text
    record_type: str
    action: str
    steps: Sequence[dict[str, Any]]
    conditions: Sequence[Sequence[Any]] = ()
    rank: int = 100
    deadline_hours: int | None = None
    escalate_to: str = ""
    four_eyes: bool = True


@dataclass(frozen=True, kw_only=True)
class Part:
    """A table of contents: a practice within a chapter (changes, knowledge, …), or, as `Chapter`, a whole one.

    `grants` are what the default roles may do with the records listed here, by the role's code; `policies` the
    approvals they begin with; `tasks` say what waits for a person.
    """

    label: Text
    icon: str = "folder"
    pages: Sequence[Page] = ()
    resources: Sequence[Resource] = ()
    schedules: Sequence[Any] = ()
    urls: Sequence[Any] = ()
    """Ordinary Django url patterns of the chapter's own pages, mounted at the site's root."""
    grants: Mapping[str, Sequence[GrantLine]] = field(default_factory=dict)
    policies: Sequence[Policy] = ()
    tasks: Sequence[Callable[[Actor], Sequence[Task]]] = ()
    setup: Sequence[Callable[[Actor], object]] = ()
    """Functions that put the part's default data into an installation; each is safe to repeat."""
    panels: Mapping[str, Sequence[Panel]] = field(default_factory=dict)
    """Cards that the part adds to the pages of others' records, by record type."""


@dataclass(frozen=True, kw_only=True)
class Chapter(Part):
    """A chapter's table of contents. `number` is the regulation's; masters say `under` which chapter they appear."""

    code: str
    number: int = 0
    under: str = ""
    parts: Sequence[Part] = ()

    @property
    def numeral(self) -> str:
        """Return the chapter's Chinese numeral as the rail shows it."""
        return NUMERALS[self.number] if self.number else ""

    @property
    def contents(self) -> list[Part]:
        """Return the chapter's own lines, then its parts."""
        return [self, *self.parts]

    def every(self, what: str) -> list[Any]:
        """Return one kind of line (`pages`, `schedules`, …) of the chapter and all its parts."""
        return [line for part in self.contents for line in getattr(part, what)]


@dataclass
class MenuItem:
    """One line of the menu under a chapter."""

    label: Text
    url: str
    icon: str = "file"
    current: bool = False
    part: Text = ""
    """The heading over the line, when it is the first of its part."""


@dataclass
class MenuChapter:
    """One chapter in the rail; `standing` is its dot."""

    code: str
    numeral: str
    label: Text
    url: str
    current: bool = False
    standing: str = ""
    items: list[MenuItem] = field(default_factory=list)


class Site:
    """All chapters of the installation, with their resources reachable by record type."""

    def __init__(self) -> None:
        self.chapters: list[Chapter] = []
        self._by_key: dict[str, Resource] = {}

    def install(self, chapters: Sequence[Chapter]) -> None:
        """Take the chapters in menu order; called once by config/site.py."""
        self.chapters = []
        self._by_key = {}
        for chapter in chapters:
            self.chapters.append(chapter)
            for resource in chapter.every("resources"):
                object.__setattr__(resource, "chapter", chapter.code)
                if resource.key in self._by_key:
                    raise ValueError(f"{resource.key} is listed twice")
                self._by_key[resource.key] = resource

    @property
    def resources(self) -> list[Resource]:
        """Return every resource, in menu order."""
        return list(self._by_key.values())

    @property
    def parts(self) -> list[Part]:
        """Return every chapter and every part of one, in menu order."""
        return [part for chapter in self.chapters for part in chapter.contents]

    def panels_of(self, resource: Resource) -> list[Panel]:
        """Return the cards on a record's page: the resource's own, then those that other parts add."""
        return [*resource.panels, *(panel for part in self.parts for panel in part.panels.get(resource.key, ()))]

    def resource(self, record_or_key: type[Record] | Record | str) -> Resource:
        """Return the resource of a record, record type or label; KeyError when no chapter lists it."""
        key = record_or_key if isinstance(record_or_key, str) else record_or_key._meta.label_lower
        return self._by_key[key]

    def find(self, record_or_key: type[Record] | Record | str) -> Resource | None:
        """Return the resource, or None when no chapter lists the record type."""
        try:
            return self.resource(record_or_key)
        except KeyError:
            return None


site = Site()
