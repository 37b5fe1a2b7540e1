"""Browsers by the names people know, from what they say of themselves."""

from __future__ import annotations

PROGRAMS = (
    ("Edg", "Edge"), ("OPR/", "Opera"), ("MicroMessenger", "WeChat"), ("Firefox/", "Firefox"), ("FxiOS/", "Firefox"),
    ("Chrome/", "Chrome"), ("CriOS/", "Chrome"), ("Safari/", "Safari"),
)  # fmt: skip
"""The first that is found counts: nearly all say that they are Safari, and many that they are Chrome."""
SYSTEMS = (
    ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"), ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"), ("Linux", "Linux"),
)  # fmt: skip


def browser_name(said: str) -> str:
    """Return such as "Chrome · Windows"; what is not known stays as it was said, shortened."""
    names = [next((name for sign, name in known if sign in said), "") for known in (PROGRAMS, SYSTEMS)]
    return " · ".join(filter(None, names)) or said[:60]
