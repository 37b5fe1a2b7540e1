"""The menu for one actor: the regulation's table of contents, with what each chapter offers them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from opscharter.kernel.access.actor import Actor
from opscharter.kernel.resources.links import list_url
from opscharter.kernel.resources.site import Chapter, MenuChapter, MenuItem, site

_standings: list[Callable[[], Mapping[int, str]]] = [dict]


def install_standings(provider: Callable[[], Mapping[int, str]]) -> None:
    """Name the function that gives the dot of every chapter by its number (the charter's)."""
    _standings[:] = [provider]


def menu(actor: Actor, address: str) -> list[MenuChapter]:
    """Return the chapters in order, each with its dot and what it offers the actor."""
    chapters = []
    standings = {} if actor.external else _standings[0]()
    for chapter in site.chapters:
        if chapter.under or not chapter.number:
            continue
        items = _items(chapter, actor)
        for other in site.chapters:
            if other.under == chapter.code:
                items += _items(other, actor)
        current = _mark(items, address)
        url = items[0].url if items else f"/regulation/?chapter={chapter.number}"
        standing = standings.get(chapter.number, "")
        chapters.append(MenuChapter(chapter.code, chapter.numeral, chapter.label, url, current, standing, items))
    return chapters


def _items(chapter: Chapter, actor: Actor) -> list[MenuItem]:
    items: list[MenuItem] = []
    for part in chapter.contents:
        found = [MenuItem(page.label, page.url, page.icon) for page in part.pages if page.visible(actor)]
        found += [
            MenuItem(resource.label_plural, list_url(resource), resource.icon)
            for resource in part.resources
            if resource.in_menu and actor.may(resource.key, "view")
        ]
        if found and part is not chapter:
            found[0].part = part.label
        items += found
    return items


def _mark(items: list[MenuItem], address: str) -> bool:
    """Mark the line whose address is the longest beginning of where one is."""
    fitting = [item for item in items if address.startswith(item.url)]
    if not fitting:
        return False
    max(fitting, key=lambda item: len(item.url)).current = True
    return True
