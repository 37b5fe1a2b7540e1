"""The site: the chapters in menu order, as `config/site.py` lists them, and the way from a record to its pages."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.utils.functional import Promise

from opscharter.kernel.access.actor import Actor
from opscharter.kernel.records.record import Record
from opscharter.kernel.resources.declaration import Resource

Text = str | Promise
NUMERALS = "〇一二三四五六七八九十"


@dataclass(frozen=True)
class Page:
    """A page of a chapter that is not a record's: its menu label, url name, and who sees it in the menu."""

    label: Text
    url: str
    icon: str = "file"
    visible: Callable[[Actor], bool] = lambda actor: actor.user is not None


@dataclass(frozen=True)
class Chapter:
    """A chapter's table of contents. `number` is the regulation's; masters say `under` which chapter they appear."""

    code: str
    label: Text
    number: int = 0
    under: str = ""
    icon: str = "folder"
    pages: Sequence[Page] = ()
    resources: Sequence[Resource] = ()
    schedules: Sequence[Any] = ()
    urls: Sequence[Any] = ()
    """Ordinary Django url patterns of the chapter's own pages, mounted at the site's root."""

    @property
    def numeral(self) -> str:
        """Return the chapter's Chinese numeral as the rail shows it."""
        return NUMERALS[self.number] if self.number else ""


@dataclass
class MenuItem:
    """One line of the menu under a chapter."""

    label: Text
    url: str
    icon: str = "file"
    current: bool = False


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
            resources = tuple(_of_chapter(resource, chapter.code) for resource in chapter.resources)
            self.chapters.append(replace(chapter, resources=resources))
            for resource in resources:
                if resource.key in self._by_key:
                    raise ValueError(f"{resource.key} is listed twice")
                self._by_key[resource.key] = resource

    @property
    def resources(self) -> list[Resource]:
        """Return every resource, in menu order."""
        return list(self._by_key.values())

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


def _of_chapter(resource: Resource, code: str) -> Resource:
    object.__setattr__(resource, "chapter", code)
    return resource


site = Site()
