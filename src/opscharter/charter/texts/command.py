"""`opscharter import regulation FILE --language …`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from opscharter.charter.models.edition import LANGUAGES
from opscharter.charter.texts.markdown_files import import_draft
from opscharter.kernel.access.actor import system_actor
from opscharter.kernel.errors import Refused


class RegulationImporter:
    """A company's own regulation from Markdown, brought in as a draft."""

    help = "a company's own regulation from Markdown, as a draft"

    def add_arguments(self, parser: Any) -> None:
        """Ask for the language of the file."""
        parser.add_argument("--language", choices=LANGUAGES, required=True)

    def run(self, file: str, options: Mapping[str, Any], out: Any) -> int:
        """Import or try; returns 1 when the file is refused, having said where and why."""
        try:
            content = Path(file).read_bytes()
            actor = system_actor("import")
            found = import_draft(content, options["language"], actor, dry_run=bool(options.get("dry_run")))
        except OSError as error:
            out.write(f"{file}: {error.strerror}")
            return 1
        except Refused as refused:
            out.write(f"{file}: {refused}; nothing was changed.")
            return 1
        counts = f"{len(found.new)} added, {len(found.changed)} changed, {len(found.gone)} removed"
        out.write(f"{found.title}: {found.chapters} chapters, {found.clauses} clauses; {counts}")
        if found.unbound:
            out.write(f"Controls to bind in the draft: {', '.join(found.unbound)}")
        out.write("Dry run: nothing was written." if found.draft is None else f"Draft {found.draft.label} is ready.")
        return 0
