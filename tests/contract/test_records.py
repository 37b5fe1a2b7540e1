"""Every record type is written by one path only, and every write leaves its trace."""

from __future__ import annotations

import io

import pytest
from django.db import models
from django.http import QueryDict
from django.utils.translation import override

from opscharter.kernel.access.actor import system_actor
from opscharter.kernel.audit.models import AuditEntry
from opscharter.kernel.errors import Refused, WritePathError
from opscharter.kernel.exchange.export import columns_of, csv_lines
from opscharter.kernel.exchange.importing import import_rows
from opscharter.kernel.records.record import record_types
from opscharter.kernel.resources.lists import ListQuery
from opscharter.kernel.resources.paging import COUNT_LIMIT
from opscharter.kernel.resources.site import site

pytestmark = pytest.mark.django_db


def test_every_record_type_of_the_product_is_listed_by_a_chapter():
    ours = {model._meta.label_lower for model in record_types() if model.__module__.startswith("opscharter.")}
    assert ours == {resource.key for resource in site.resources}


def test_plain_writes_are_refused(resource, row):
    rows = resource.model._default_manager
    with pytest.raises(WritePathError):
        row.save()
    with pytest.raises(WritePathError):
        row.delete()
    with pytest.raises(WritePathError):
        rows.filter(pk=row.pk).update(version=1)
    with pytest.raises(WritePathError):
        rows.filter(pk=row.pk).delete()
    with pytest.raises(WritePathError):
        rows.bulk_create([resource.model()])
    with pytest.raises(WritePathError):
        rows.create()


def test_an_edit_is_audited_with_before_and_after(resource, row):
    field = _text_field(resource)
    if field is None:
        return
    before = getattr(row, field)
    setattr(row, field, f"{before}.x"[-60:])
    after = getattr(row, field)
    row.save_as(system_actor())
    entry = AuditEntry.objects.filter(record_type=resource.key, record_id=row.pk, action="edit").latest("id")
    assert entry.changes[field] == [before, after]
    assert entry.record_version == row.version


def _text_field(resource):
    for name in resource.form_fields:
        field = resource.model._meta.get_field(name)
        plain = isinstance(field, models.CharField) and not field.choices and not isinstance(field, models.EmailField)
        if plain and type(field) is models.CharField and field.max_length >= 60:
            return name
    return None


def test_archiving_needs_a_reason_and_takes_the_record_out_of_lists(resource, row, admin):
    with pytest.raises(Refused):
        row.archive_as(system_actor(), reason=" ")
    if row.archiving():  # what people are bound by stays, and says why
        with pytest.raises(Refused):
            row.archive_as(system_actor(), reason="double")
    else:
        row.archive_as(system_actor(), reason="double")
    total = admin.get(f"/api/v1/{resource.chapter}/{resource.slug}/").json()["total"]
    assert total == min(resource.model._default_manager.filter(archived_at__isnull=True).count(), COUNT_LIMIT)
    listed = ListQuery(resource, system_actor(), QueryDict()).rows
    assert listed.filter(pk=row.pk).exists() == (row.archived_at is None)


def test_what_is_exported_can_be_imported_and_changes_nothing(resource, row):
    query = QueryDict(mutable=True)
    query.setlist("id", [str(pk) for pk in resource.model._default_manager.current().values_list("pk", flat=True)[:20]])
    text = "".join(csv_lines(ListQuery(resource, system_actor(), query, action="export")))
    result = import_rows(resource, system_actor(), io.BytesIO(text.encode()), "rows.csv", dry_run=False)
    assert (result.created, result.changed, result.refused) == (0, 0, 0), result.problems
    assert result.unchanged == result.rows > 0


def test_an_import_names_the_line_the_column_and_the_reason(resource, row):
    relation = next(
        (n for n in columns_of(resource, system_actor()) if resource.model._meta.get_field(n).many_to_one), None
    )
    if relation is None:
        return
    file = io.BytesIO(f"{relation}\nno such thing\n".encode())
    result = import_rows(resource, system_actor(), file, "rows.csv", dry_run=True)
    assert result.refused == 1
    assert (result.problems[0].line, result.problems[0].column) == (2, relation)
    assert "no such thing" in result.problems[0].message


@pytest.mark.parametrize("language", ["zh-hant", "zh-hans"])
def test_every_field_state_and_step_has_a_chinese_name(resource, language):
    with override(language):
        said = {str(resource.label), str(resource.label_plural)}
        for field in [*resource.model._meta.concrete_fields, *resource.model._meta.many_to_many]:
            if field.editable and not field.primary_key:
                said.add(str(field.verbose_name))
            said |= {str(label) for _value, label in field.flatchoices or ()}
        lifecycle = resource.model.lifecycle
        said |= {str(move.label) for move in lifecycle.moves} if lifecycle else set()
    plain = {text for text in said if text and not any("\u4e00" <= character <= "\u9fff" for character in text)}
    assert not plain - {"API"}, plain
