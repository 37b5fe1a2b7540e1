"""The figures, one file a section; each has `measure(run)`, which returns lines of the table."""

SECTIONS = {
    "pages": "pages",
    "api": "api",
    "search": "search",
    "create": "create",
    "move": "move",
    "checks": "checks",
    "report": "report",
    "storm": "storm",
    "mail": "mail",
    "history": "history",
    "memory": "memory",
}
"""Name of a section → its file, in the order in which they are run; what writes comes after what reads."""
