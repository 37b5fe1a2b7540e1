"""Values in files, and back."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import models
from hypothesis import given
from hypothesis import strategies as st

from opscharter.kernel.exchange.cells import CellReader, as_meant, cell_of, for_sheet, harmless, same, written
from tests.kernel.api.site import papers
from tests.kernel.library import make_paper, make_shelf
from tests.kernel.testapp.models import Paper, Topic


@given(st.text())
def test_a_text_made_harmless_is_meant_again(text):
    assert as_meant(harmless(text)) == text


@given(st.sampled_from("=+-@\t\r"), st.text())
def test_no_text_leaves_as_a_formula(first, rest):
    assert written(first + rest).startswith("'")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""), (True, "1"), (False, "0"), (-3, "-3"), (Decimal("-1.50"), "-1.50"), (dt.date(2026, 10, 1), "2026-10-01"),
        (dt.datetime(2026, 10, 1, 4, 30, tzinfo=dt.UTC), "2026-10-01T12:30:00+08:00"), (["時", 1], '["時", 1]'),
        ("=cmd", "'=cmd"), ("'=cmd", "''=cmd"), ("it's", "it's"),
    ],
)  # fmt: skip
def test_values_are_written_the_same_everywhere(value, text):
    assert written(value) == text


@pytest.mark.parametrize(
    ("field", "text", "value"),
    [
        (models.IntegerField(), "12", 12), (models.DecimalField(), "9.90", 9.9), (models.IntegerField(), "", ""),
        (models.DecimalField(), "1234567890123456", "1234567890123456"), (models.CharField(), "12", "12"),
        (models.TextField(), "a\x0bb", "ab"), (models.TextField(), "x" * 40_000, "x" * 32_767),
        (models.IntegerField(choices=[(1, "one")]), "1", "1"),
    ],
)  # fmt: skip
def test_a_spreadsheet_gets_numbers_as_numbers_and_nothing_it_cannot_hold(field, text, value):
    found = for_sheet(field, text)
    assert (found, type(found)) == (value, type(value))


def test_a_cell_that_a_file_has_changed_by_itself_is_still_the_same():
    assert same("one\ntwo", "one\r\ntwo")
    assert same("ab", "a\x0bb")
    assert same("x" * 32_767, "x" * 40_000)
    assert not same("x" * 32_766, "x" * 40_000)
    assert not same("one ", "one")


@pytest.fixture
def reader(librarian) -> CellReader:
    """Return a reader of the librarian's cells."""
    return CellReader(papers, librarian)


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("pages", "12", 12), ("pages", "", None), ("cost", "9.90", Decimal("9.90")), ("words", '["a"]', ["a"]), ("words", "", []),
        ("body", "", ""), ("body", "'=1+1", "=1+1"),
        ("expires_at", "2026-10-01T12:30:00+08:00", dt.datetime(2026, 10, 1, 4, 30, tzinfo=dt.UTC)),
        ("expires_at", "2026-10-01", dt.datetime(2026, 9, 30, 16, 0, tzinfo=dt.UTC)),
    ],
)  # fmt: skip
def test_cells_are_read_by_their_field(reader, name, text, value):
    assert reader.read(name, text) == value


@pytest.mark.parametrize(("name", "text"), [("pages", "many"), ("cost", "x"), ("words", "{"), ("expires_at", "soon")])
def test_a_cell_that_means_nothing_is_refused(reader, name, text):
    with pytest.raises(ValidationError):
        reader.read(name, text)


def test_a_relation_is_named_by_number_title_or_id(reader, system):
    shelf = make_shelf(system)
    for text in ("North", f"#{shelf.pk}"):
        assert reader.read("shelf", text) == shelf
    topic = Topic(name="Time").save_as(system)
    assert reader.read("topics", f"#{topic.pk}; {topic.pk}") == [topic, topic]
    for text in ("South", "#99", "²", "9" * 40):
        with pytest.raises(ValidationError, match=r"known|不|未"):
            reader.read("shelf", text)


def test_a_relation_out_of_scope_is_as_unknown_as_one_that_does_not_exist(make_actor, system):
    make_shelf(system)
    with pytest.raises(ValidationError):
        CellReader(papers, make_actor(("testapp.paper", "*", "all"))).read("shelf", "North")


def test_a_relation_travels_by_what_names_it(system):
    paper = make_paper(system, shelf=make_shelf(system, "=North"))
    topics = [Topic(name=name).save_as(system) for name in "ab"]
    paper.save_as(system, links={"topics": topics})
    assert cell_of(paper, "shelf") == "'=North"
    assert cell_of(paper, "topics") == f"{topics[0].pk}; {topics[1].pk}"
    assert cell_of(Paper(), "topics") == ""
