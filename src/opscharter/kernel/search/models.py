"""The full-text index as tables: one document a record; the words themselves lie in the database's own index."""

from django.db import models


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
