"""Importers of other systems' files, by name; `config/site.py` lists them and `opscharter import` finds them."""

from __future__ import annotations

from typing import Any, Protocol


class Importer(Protocol):
    """What an importer of a special file offers to the command."""

    help: str

    def add_arguments(self, parser: Any) -> None:
        """Add the importer's own options."""
        ...

    def run(self, file: str, options: dict[str, Any], out: Any) -> int:
        """Import the file; return the exit code."""
        ...


IMPORTERS: dict[str, Importer] = {}
