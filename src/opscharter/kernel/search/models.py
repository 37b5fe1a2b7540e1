"""The full-text index as tables: one document a record; the words themselves lie in the database's own index."""

from typing import Any

from django.db import models


class Matches(models.Lookup[str]):
    """The words match a query in the database's own language, by its full-text index.

    Said of the row itself, not of a list of ids, so that PostgreSQL can weigh how many rows will match.
    """

    lookup_name = "matches"

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        """Return the condition for SQLite's full-text table."""
        table = compiler.quote_name_unless_alias(self.lhs.alias)
        found = "SELECT rowid FROM kernel_searchindex WHERE kernel_searchindex MATCH %s"
        return f"{table}.id IN ({found})", [self.rhs]

    def as_postgresql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        """Return the condition on the generated column."""
        return f"{compiler.quote_name_unless_alias(self.lhs.alias)}.vector @@ %s::tsquery", [self.rhs]


class SearchDocument(models.Model):
    """What the search knows of one record: how it is called, and its words (see `tokens`)."""

    record_type = models.CharField(max_length=60)
    record_id = models.BigIntegerField()
    number = models.CharField(max_length=60, blank=True)
    title = models.CharField(max_length=300, blank=True)
    words = models.TextField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["record_type", "record_id"], name="search_document_once")]
        indexes = [models.Index(fields=["number"], name="search_document_number")]

    def __str__(self) -> str:
        return f"{self.number} {self.title}".strip()


SearchDocument._meta.get_field("words").register_lookup(Matches)  # type: ignore[union-attr]
