"""Append-only tables: the database itself refuses to alter or delete their rows, whoever asks."""

from __future__ import annotations

from typing import Any

APPEND_ONLY = ["kernel_auditentry", "kernel_auditblock", "kernel_timelineentry", "kernel_guarddecision", "kernel_vote"]
"""Tables; a chapter adds its own beside their model and calls `create` in the migration that brings them."""
TEXT = "rows of this table are only ever appended"


def create(connection: Any) -> None:
    """Forbid UPDATE and DELETE on every append-only table that there is."""
    there = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "CREATE OR REPLACE FUNCTION opscharter_append_only() RETURNS trigger LANGUAGE plpgsql AS "
                f"$$ BEGIN RAISE EXCEPTION '{TEXT}'; END $$"
            )
        for table in there.intersection(APPEND_ONLY):
            for statement in _statements(connection.vendor, table):
                cursor.execute(statement)


def drop(connection: Any) -> None:
    """Lift the ban: for tests that prove what `audit verify` finds when somebody does so."""
    there = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        for table in there.intersection(APPEND_ONLY):
            if connection.vendor == "postgresql":
                cursor.execute(f"DROP TRIGGER IF EXISTS {table}_append_only ON {table}")
            else:
                for verb in ("update", "delete"):
                    cursor.execute(f"DROP TRIGGER IF EXISTS {table}_no_{verb}")


def _statements(vendor: str, table: str) -> list[str]:
    if vendor == "postgresql":
        return [
            f"DROP TRIGGER IF EXISTS {table}_append_only ON {table}",
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION opscharter_append_only()",
        ]
    return [
        f"CREATE TRIGGER IF NOT EXISTS {table}_no_{verb} BEFORE {verb.upper()} ON {table} "
        f"BEGIN SELECT RAISE(ABORT, '{TEXT}'); END"
        for verb in ("update", "delete")
    ]
