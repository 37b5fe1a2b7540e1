"""The database's own full-text index over search documents: FTS5 on SQLite, a tsvector with GIN on PostgreSQL.

Both are kept in step by the database itself, so no writer can forget it.
"""

from __future__ import annotations

from typing import Any

SQLITE = [
    "CREATE VIRTUAL TABLE IF NOT EXISTS kernel_searchindex USING fts5("
    "words, content='kernel_searchdocument', content_rowid='id', tokenize=\"unicode61 remove_diacritics 0\")",
    "CREATE TRIGGER IF NOT EXISTS search_inserted AFTER INSERT ON kernel_searchdocument BEGIN "
    "INSERT INTO kernel_searchindex(rowid, words) VALUES (new.id, new.words); END",
    "CREATE TRIGGER IF NOT EXISTS search_deleted AFTER DELETE ON kernel_searchdocument BEGIN "
    "INSERT INTO kernel_searchindex(kernel_searchindex, rowid, words) VALUES ('delete', old.id, old.words); END",
    "CREATE TRIGGER IF NOT EXISTS search_updated AFTER UPDATE OF words ON kernel_searchdocument BEGIN "
    "INSERT INTO kernel_searchindex(kernel_searchindex, rowid, words) VALUES ('delete', old.id, old.words); "
    "INSERT INTO kernel_searchindex(rowid, words) VALUES (new.id, new.words); END",
]
POSTGRESQL = [
    "ALTER TABLE kernel_searchdocument ADD COLUMN IF NOT EXISTS vector tsvector "
    "GENERATED ALWAYS AS (array_to_tsvector(string_to_array(nullif(words, ''), ' '))) STORED",
    "CREATE INDEX IF NOT EXISTS search_document_vector ON kernel_searchdocument USING gin (vector)",
]


def create(connection: Any) -> None:
    """Create the index of the database in use; nothing happens when it exists."""
    statements = POSTGRESQL if connection.vendor == "postgresql" else SQLITE
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
