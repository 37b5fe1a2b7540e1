"""Every record type has its pages, and they hold what the declaration promises."""

from __future__ import annotations

import pytest
from django.utils.translation import override

from opscharter.kernel.attributes.models import Attributed
from opscharter.kernel.resources.filters import filters_of
from opscharter.kernel.resources.links import list_url, record_url

pytestmark = pytest.mark.django_db
LANGUAGES = ("zh-hant", "zh-hans", "en")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_list_shows_its_records_in_every_language(resource, row, admin, language):
    answer = admin.get(list_url(resource), headers={"accept-language": language})
    assert answer.status_code == 200
    assert record_url(row).rsplit("/", 2)[0] in answer.content.decode()
    with override(language):
        assert str(resource.label_plural).lower() in answer.content.decode().lower()


def test_the_list_answers_every_filter(resource, row, admin):
    for each in filters_of(resource):
        if each.kind == "date":
            asked = {f"{each.name}_from": "2020-01-01", f"{each.name}_to": "2030-12-31"}
        elif each.kind == "relation":
            asked = {each.name: "none"}
        else:
            asked = {each.name: each.choices()[0][0]}
        answer = admin.get(list_url(resource, **asked))
        assert answer.status_code == 200, each.name


def test_a_filter_that_cannot_be_read_is_named_and_nothing_breaks(resource, row, admin):
    for each in filters_of(resource):
        wrong = {each.keys[0]: "no-such-thing"}
        answer = admin.get(list_url(resource, **wrong))
        assert answer.status_code == 400, each.name
        assert each.keys[0] in answer.content.decode()


def test_every_view_every_order_and_every_column_choice_answers(resource, row, admin):
    for view in resource.views:
        assert admin.get(list_url(resource, view=view.name)).status_code == 200
    for column in resource.list_columns:
        assert admin.get(list_url(resource, columns=column.name)).status_code == 200
        assert admin.get(list_url(resource, order=f"-{column.name}")).status_code in (200, 400)


def test_the_list_searches_by_words(resource, row, admin):
    if not resource.model.search_fields:
        return
    answer = admin.get(list_url(resource, q="zzzznothing"))
    assert answer.status_code == 200
    assert f'data-url="{record_url(row)}"' not in answer.content.decode()


def test_the_record_has_its_page_its_form_and_its_history(resource, row, admin):
    for step in ("", "cards", "edit", "history"):
        answer = admin.get(record_url(row, step))
        if answer.status_code == 302:  # a page of its own takes over
            answer = admin.get(answer.url)
        assert answer.status_code == 200, step


def test_the_form_offers_every_declared_field(resource, admin):
    page = admin.get(f"{list_url(resource)}new/").content.decode()
    defined = {"attributes"} if issubclass(resource.model, Attributed) else set()  # drawn one by one
    for name in set(resource.create or resource.form_fields) - defined:
        assert f'name="{name}"' in page, name


def test_an_empty_form_is_refused_and_nothing_is_created(resource, row, admin):
    before = resource.model._default_manager.count()
    answer = admin.post(f"{list_url(resource)}new/", {})
    assert answer.status_code in (409, 422), answer.status_code
    assert resource.model._default_manager.count() == before


def test_saving_the_form_unchanged_changes_nothing(resource, row, admin):
    form = admin.get(record_url(row, "edit")).context["page"].form
    data = {bound.html_name: bound.value() for bound in form if bound.value() not in (None, False)}
    answer = admin.post(record_url(row, "edit"), data)
    assert answer.status_code == 302, answer.context["page"].form.errors if answer.context else answer
    version = row.version
    row.refresh_from_db()
    assert row.version == version


def test_every_step_has_its_dialog(resource, row, admin):
    lifecycle = resource.model.lifecycle
    for move in lifecycle.moves if lifecycle else ():
        answer = admin.get(record_url(row, f"moves/{move.name}"))
        assert answer.status_code == (404 if move.automatic else 200), move.name


def test_the_relation_options_are_offered_as_one_types(resource, admin):
    for name in resource.form_fields:
        if resource.model._meta.get_field(name).is_relation:
            answer = admin.get(f"{list_url(resource)}options/", {"field": name, "q": ""})
            assert answer.status_code == 200
            assert "results" in answer.json()
