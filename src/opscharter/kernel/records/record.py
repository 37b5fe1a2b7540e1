"""The record: the base of everything the company keeps, with one way to change it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, NoReturn, Self

from django.apps import apps
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from opscharter.kernel.access.actor import Actor
from opscharter.kernel.access.scope import Scope
from opscharter.kernel.controls.registry import Guard
from opscharter.kernel.errors import Reason, WritePathError
from opscharter.kernel.records import writing
from opscharter.kernel.records.lifecycle import Lifecycle
from opscharter.kernel.records.manager import RecordManager
from opscharter.kernel.records.numbering import Numbering


def _own_copy(value: Any) -> Any:
    """Return the value, or a copy of what could be changed in place: JSON's lists and objects."""
    if value.__class__ is dict:
        return {name: _own_copy(each) for name, each in value.items()}
    return [_own_copy(each) for each in value] if value.__class__ is list else value


class Record(models.Model):
    """Something the company keeps: versioned, scoped, audited, and changed only by `save_as` and `move`."""

    version = models.PositiveIntegerField(default=0, editable=False)
    created_at = models.DateTimeField(_("created"), editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+"
    )
    updated_at = models.DateTimeField(_("changed"), editable=False)
    updated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+"
    )
    archived_at = models.DateTimeField(_("archived"), null=True, editable=False)

    objects = RecordManager()

    numbering: ClassVar[Numbering | None] = None
    lifecycle: ClassVar[Lifecycle | None] = None
    scope: ClassVar[Scope] = Scope()
    create_guards: ClassVar[tuple[Guard, ...]] = ()
    timeline_fields: ClassVar[tuple[str, ...]] = ()
    """Fields whose changes are told in the timeline, beside the audit trail."""
    search_fields: ClassVar[tuple[str, ...]] = ()
    """Text fields the full-text search reads; the first is the title. Empty: not searchable."""
    name_fields: ClassVar[tuple[str, ...]] = ()
    """The stored fields that `__str__` reads; a list then loads only these and its columns. Empty: everything."""
    protected_fields: ClassVar[tuple[str, ...]] = ()
    """Sensitive fields, shown only to those granted `view-protected`."""

    decides_access: ClassVar[bool] = False
    """Set on records from which it follows what people may do: a change renews every actor."""

    if TYPE_CHECKING:
        number: str
        state: str
        get_state_display: Any

    class Meta:
        abstract = True
        base_manager_name = "objects"
        """Related managers write through the base manager; it must refuse like the other."""

    def save(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Refuse: saving round the write path would skip guards and audit."""
        raise WritePathError(f"{type(self).__name__}.save() goes round the write path; use save_as(actor)")

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Refuse: nothing is hard-deleted; see `archive_as`."""
        raise WritePathError(f"{type(self).__name__}.delete(): records are archived, never deleted")

    @property
    def _loaded(self) -> dict[str, Any]:
        """The stored values, by attribute name, from which a save knows what its own changes are.

        Most records are read to be shown, not changed, so the table is made of the row when it is first asked for.
        """
        known = self.__dict__
        if "_stored" not in known:
            known["_stored"] = dict(zip(*known.pop("_row", ((), ()))))
        stored: dict[str, Any] = known["_stored"]
        return stored

    @_loaded.setter
    def _loaded(self, values: dict[str, Any]) -> None:
        self.__dict__["_stored"] = values

    @classmethod
    def from_db(cls, db: str | None, field_names: Any, values: Any, **options: Any) -> Self:
        """Keep the row as it was read, beside the values that may be changed."""
        instance = super().from_db(db, field_names, values, **options)
        if any(isinstance(value, dict | list) for value in values):
            values = [_own_copy(value) if isinstance(value, dict | list) else value for value in values]
        instance.__dict__["_row"] = (field_names, values)
        return instance

    def refresh_from_db(self, using: str | None = None, fields: Any = None, from_queryset: Any = None) -> None:
        """Read again; what is read is the base of later changes (deferred fields are loaded this way too)."""
        super().refresh_from_db(using, fields, from_queryset)
        self.remember(fields)

    def remember(self, names: Iterable[str] | None = None) -> None:
        """Take the present values, or those of the fields named, as the stored ones."""
        wanted = None if names is None else set(names)
        for field in self._meta.concrete_fields:
            if field.attname in self.__dict__ and (wanted is None or {field.name, field.attname} & wanted):
                self._loaded[field.attname] = _own_copy(self.__dict__[field.attname])

    def save_as(
        self, actor: Actor, *, note: str = "", links: Mapping[str, Sequence[models.Model]] | None = None
    ) -> Self:
        """Create or change this record as the actor: lock, validate, guards, number, save, audit, effects.

        `links` sets many-to-many fields in the same transaction. Raises NotPermitted, Refused, Conflict or
        Django's ValidationError; then nothing was stored.
        """
        return writing.save(self, actor, note=note, links=links or {})

    def move(self, name: str, actor: Actor, *, reason: str = "", **inputs: Any) -> Self:
        """Take a step of the lifecycle as the actor; raises NotPermitted, Refused, Conflict or ValidationError."""
        return writing.move(self, name, actor, reason=reason, inputs=inputs)

    def archive_as(self, actor: Actor, *, reason: str) -> Self:
        """Take the record out of use; it stays readable and is never deleted."""
        return writing.archive(self, actor, reason=reason)

    @classmethod
    def at_version(cls, pk: int, version: int) -> Self:
        """Return the record as it was at an earlier version, ready to be changed and merged."""
        return writing.at_version(cls, pk, version)

    def archiving(self) -> Sequence[Reason]:
        """Return why the record must stay in use; nothing when it may be archived."""
        return ()

    def before_create(self, actor: Actor) -> None:
        """Fill in what follows from who makes the record, before it is validated; page, API and import alike."""

    def on_create(self, actor: Actor) -> None:
        """Do what follows from the record's creation, in the same transaction."""

    def on_change(self, actor: Actor, changes: Mapping[str, list[Any]]) -> None:
        """Do what follows from changed fields and links ({name: [before, after]}), in the same transaction."""

    def on_archive(self, actor: Actor) -> None:
        """Do what follows when the record is taken out of use, in the same transaction."""

    def on_comment(self, actor: Actor, visibility: str) -> None:
        """Do what follows from a comment (visibility `customer` or `internal`), in the same transaction."""

    def on_approval(self, actor: Actor, move: str, state: str) -> None:
        """Do what follows when the approval of a step is decided (`approved`, `rejected`); same transaction."""

    def comment_as(self, actor: Actor, text: str, *, visibility: str = "internal", folded: str = "") -> None:
        """Add a comment to the timeline; raises NotPermitted or ValidationError.

        `folded` belongs to it and is shown on demand only, such as what a mail quotes.
        """
        writing.comment(self, actor, text, visibility=visibility, folded=folded)


def record_types() -> list[type[Record]]:
    """Return every concrete record type of the installed chapters, by label."""
    return sorted((m for m in apps.get_models() if issubclass(m, Record)), key=lambda m: m._meta.label_lower)
