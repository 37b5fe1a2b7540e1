"""The neighbourhood of assets drawn as a graph: what they need to the left, what fails with them to the right."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from opscharter.assets.graph import lineage
from opscharter.assets.models import Asset, AssetRelation
from opscharter.kernel.access.actor import Actor
from opscharter.kernel.resources.links import record_url

WIDTH, HEIGHT = 168, 34
"""Of one asset as drawn."""
GAP_X, GAP_Y = 62, 12
DEEP = 10
"""The tallest column; what comes after is counted, not drawn."""
ROOM = 22
"""Half-width characters that fit into one asset as drawn."""


@dataclass
class Node:
    """One asset with its place; `side` is -1 for what is needed, 1 for what fails with it, 0 for what it is about."""

    asset: Any
    side: int
    x: int = 0
    y: int = 0

    @property
    def url(self) -> str:
        """Return the asset's page."""
        return record_url(self.asset)

    @property
    def label(self) -> str:
        """Return the name, cut to what fits."""
        return _cut(self.asset.name)

    @property
    def text_y(self) -> int:
        """Return the base line of the name."""
        return self.y + HEIGHT // 2 + 4

    @property
    def text_x(self) -> int:
        """Return where the name begins."""
        return self.x + 10


@dataclass(frozen=True)
class Edge:
    """One asset needing another; drawn from what is needed to what needs it."""

    path: str
    sentence: str


@dataclass
class Drawing:
    """The graph, its size, what was left out, and all of it in words."""

    nodes: list[Node] = field(default_factory=list)
    edges: list[Edge] = field(default_factory=list)
    width: int = 0
    height: int = 0
    left_out: int = 0
    hidden: int = 0

    @property
    def sizes(self) -> tuple[int, int]:
        """Return width and height of one asset as drawn."""
        return WIDTH, HEIGHT


def draw(ids: Iterable[int], actor: Actor) -> Drawing | None:
    """Return the drawing of everything that hangs together with these assets; None when nothing does."""
    roots = set(ids)
    around = lineage(roots)
    if len(around) <= 1:
        return None
    seen = {asset.pk: asset for asset in Asset.objects.visible_to(actor).filter(pk__in=around).order_by("name", "pk")}
    rows = AssetRelation.objects.current().filter(source_id__in=around, target_id__in=around)
    relations = list(rows.order_by("pk"))
    levels = _levels(roots, [(each.source_id, each.target_id) for each in relations])
    drawing = Drawing(hidden=len(around) - len(seen))
    places: dict[int, Node] = {}
    columns = defaultdict(list)
    for pk, asset in seen.items():
        columns[levels.get(pk, 0)].append(asset)
    first = min(columns, default=0)
    tallest = min(DEEP, max(map(len, columns.values()), default=1))
    drawing.height = tallest * (HEIGHT + GAP_Y) - GAP_Y
    for level in sorted(columns):
        column = sorted(columns[level], key=lambda asset: (asset.criticality, asset.name))
        drawing.left_out += len(column[DEEP:])
        used = len(column[:DEEP]) * (HEIGHT + GAP_Y) - GAP_Y
        for place, asset in enumerate(column[:DEEP]):
            node = Node(asset, (level > 0) - (level < 0))
            node.x = (level - first) * (WIDTH + GAP_X)
            node.y = (drawing.height - used) // 2 + place * (HEIGHT + GAP_Y)
            places[asset.pk] = node
        drawing.width = (level - first) * (WIDTH + GAP_X) + WIDTH
    drawing.nodes = list(places.values())
    drawing.edges = [
        Edge(_curve(places[each.target_id], places[each.source_id]), _sentence(each, seen))
        for each in relations
        if each.source_id in places and each.target_id in places
    ]
    return drawing


def _levels(roots: set[int], pairs: list[tuple[int, int]]) -> dict[int, int]:
    """Return how far each asset is from what it is about: needed ones below zero, dependants above."""
    up, down = defaultdict(list), defaultdict(list)
    for source, target in pairs:
        up[target].append(source)
        down[source].append(target)
    levels = dict.fromkeys(roots, 0)
    for ways, step in ((up, 1), (down, -1)):
        edge, level = set(roots), 0
        while edge:
            level += step
            edge = {near for pk in edge for near in ways[pk]} - set(levels)
            levels.update(dict.fromkeys(edge, level))
    return levels


def _curve(begin: Node, end: Node) -> str:
    """Return the path from the right side of one node to the left side of another, or round it in one column."""
    y1, y2 = begin.y + HEIGHT // 2, end.y + HEIGHT // 2
    if begin.x == end.x:
        x = begin.x + WIDTH
        return f"M{x} {y1} C{x + 30} {y1} {x + 30} {y2} {x} {y2}"
    x1, x2 = (begin.x + WIDTH, end.x) if begin.x < end.x else (begin.x, end.x + WIDTH)
    middle = (x1 + x2) // 2
    return f"M{x1} {y1} C{middle} {y1} {middle} {y2} {x2} {y2}"


def _sentence(relation: AssetRelation, seen: dict[int, Any]) -> str:
    return f"{seen[relation.source_id]} {relation.get_kind_display()} {seen[relation.target_id]}"


def _cut(name: str) -> str:
    """Cut a name to what fits; a wide character takes the room of two."""
    used = 0
    for place, letter in enumerate(name):
        used += 2 if unicodedata.east_asian_width(letter) in "WF" else 1
        if used > ROOM:
            return f"{name[: place - 1]}…"
    return name
