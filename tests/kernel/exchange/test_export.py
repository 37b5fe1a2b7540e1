"""Exports."""

from __future__ import annotations

import csv
import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from opscharter.kernel.audit.models import AuditEntry
from opscharter.kernel.exchange import export
from tests.kernel.library import make_paper, make_shelf
from tests.kernel.testapp.models import Paper, Topic

pytestmark = pytest.mark.django_db
EXPORT = "/library/papers/export/"
HEAD = [
    "number", "title", "body", "pages", "cost", "words", "author", "unit", "customer", "shelf", "topics", "expires_at",
    "state", "created_at", "updated_at",
]  # fmt: skip


def rows(answer) -> list[dict[str, str]]:
    """Return the rows of a CSV file by the names in its head."""
    content = answer.getvalue()
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def test_a_csv_file_holds_every_field_under_its_name(browser, system):
    topic = Topic(name="Time").save_as(system)
    paper = make_paper(system, "=Sum(A1)", body="first\nsecond", cost="1.50", shelf=make_shelf(system))
    paper.save_as(system, links={"topics": [topic]})
    answer = browser.get(EXPORT)
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert 'filename="papers-' in answer.headers["Content-Disposition"]
    (row,) = rows(answer)
    assert list(row) == HEAD
    assert (row["title"], row["body"], row["cost"], row["shelf"], row["topics"], row["state"]) == (
        "'=Sum(A1)", "first\nsecond", "1.50", "North", str(topic.pk), "draft",
    )  # fmt: skip


def test_a_spreadsheet_holds_the_same_and_names_its_columns(browser, system):
    make_paper(system, "@cmd", body="bell \x07", cost="1.50", pages=12)
    answer = browser.get(EXPORT, {"format": "xlsx"})
    book = load_workbook(io.BytesIO(answer.getvalue()))
    head, row = book["data"].iter_rows(values_only=True)
    found = dict(zip(head, row))
    assert list(head) == HEAD
    assert (found["title"], found["body"], found["cost"], found["pages"]) == ("'@cmd", "bell ", 1.5, 12)
    assert ("words", "key words") in list(book["columns"].iter_rows(values_only=True))
    assert not any(cell.data_type == "f" for line in book["data"] for cell in line)


def test_a_file_holds_what_the_list_holds_in_its_order(browser, system):
    for title in ("Winds", "Tides", "Clouds"):
        make_paper(system, title, pages=len(title))
    make_paper(system, "Old").archive_as(system, reason="old")
    assert [row["title"] for row in rows(browser.get(EXPORT, {"order": "title"}))] == ["Clouds", "Tides", "Winds"]
    assert [row["title"] for row in rows(browser.get(EXPORT, {"q": "tides"}))] == ["Tides"]
    picked = Paper.objects.get(title="Winds").pk
    assert [row["title"] for row in rows(browser.get(EXPORT, {"id": picked}))] == ["Winds"]


def test_only_rows_that_may_be_exported_leave(sign_in, make_actor, system):
    make_paper(system, "Mine", author=1)
    make_paper(system, "Other", author=2)
    client = sign_in(make_actor(("testapp.paper", "view", "all"), ("testapp.paper", "export", "own"), person=1))
    assert [row["title"] for row in rows(client.get(EXPORT))] == ["Mine"]
    assert sign_in(make_actor(("testapp.paper", "view", "all"))).get(EXPORT).status_code == 404


def test_protected_fields_stay_and_customers_get_only_theirs(sign_in, make_actor, system, monkeypatch):
    monkeypatch.setattr(Paper, "protected_fields", ("cost",))
    make_paper(system, customer=5)
    clerk = make_actor(("testapp.paper", "export", "all"))
    contact = make_actor(("testapp.paper", "export", "customer"), customers=[5], external=True)
    assert "cost" not in rows(sign_in(clerk).get(EXPORT))[0]
    assert list(rows(sign_in(contact).get(EXPORT))[0]) == [
        "number",
        "title",
        "shelf",
        "state",
        "created_at",
        "updated_at",
    ]


def test_an_export_is_audited_before_its_first_row_leaves(browser, librarian, system):
    for title in "abc":
        make_paper(system, title)
    browser.get(EXPORT, {"q": "a"})  # The answer is never read: the reader has gone away.
    entry = AuditEntry.objects.get(action="export")
    assert entry.user_id == librarian.user_id
    assert {name: pair[1] for name, pair in entry.changes.items()} == {
        "type": "testapp.paper", "rows": 1, "format": "csv", "query": "q=a",
    }  # fmt: skip


def test_a_bad_filter_is_told_on_the_list_and_nothing_is_exported(browser):
    for query in ({"state": "lost"}, {"order": "body"}, {"id": "x"}, {"format": "xlsx", "state": "lost"}):
        assert browser.get(EXPORT, query).headers["Location"] == "/library/papers/"
    assert not AuditEntry.objects.filter(action="export").exists()


def test_more_rows_than_a_spreadsheet_holds_are_not_cut_off(browser, system, monkeypatch):
    monkeypatch.setattr(export, "SHEET_ROWS", 1)
    for title in "ab":
        make_paper(system, title)
    assert browser.get(EXPORT, {"format": "xlsx"}).headers["Location"] == "/library/papers/"
    assert len(rows(browser.get(EXPORT))) == 2


def test_rows_are_read_in_batches(browser, system):
    def cost() -> int:
        with CaptureQueriesContext(connection) as captured:
            browser.get(EXPORT).getvalue()
        return len(captured)

    make_paper(system, shelf=make_shelf(system))
    one = cost()
    for n in range(5):
        make_paper(system, f"{n}", shelf=make_shelf(system, f"{n}"))
    assert cost() == one
