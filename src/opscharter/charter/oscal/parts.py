"""The small pieces every OSCAL document is made of."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable
from typing import Any

NAMESPACE = "https://opscharter.example/ns/oscal"
VERSION = "1.1.2"
_ROOT = uuid.uuid5(uuid.NAMESPACE_URL, NAMESPACE)


def identifier(*what: object) -> str:
    """Return the same UUID for the same thing every time: an export repeats without a difference."""
    return str(uuid.uuid5(_ROOT, "/".join(str(each) for each in what)))


def prop(name: str, value: object, kind: str = "") -> dict[str, str]:
    """Return a property; `kind` tells several of one name apart (the language of a title)."""
    made = {"name": name, "ns": NAMESPACE, "value": " ".join(str(value).split()) or "-"}
    return {**made, "class": kind} if kind else made


def props(thing: dict[str, Any], name: str) -> list[tuple[str, str]]:
    """Return (kind, value) of our own properties of a name."""
    return [
        (each.get("class", ""), each["value"])
        for each in thing.get("props", ())
        if each["name"] == name and each.get("ns") == NAMESPACE
    ]


def one(thing: dict[str, Any], name: str) -> str:
    """Return the value of our own single property of a name, or an empty text."""
    return next((value for _kind, value in props(thing, name)), "")


def with_props(thing: dict[str, Any], made: Iterable[dict[str, str]]) -> dict[str, Any]:
    """Return the thing with properties; OSCAL allows no empty list."""
    listed = list(made)
    return {**thing, "props": listed} if listed else thing


def metadata(title: str, version: str, at: dt.datetime, *more: dict[str, str]) -> dict[str, Any]:
    """Return a document's metadata."""
    made = {"title": title, "last-modified": at.isoformat(), "version": version, "oscal-version": VERSION}
    return with_props(made, more)
