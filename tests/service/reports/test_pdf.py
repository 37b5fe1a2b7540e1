"""The PDF of a report says in each language what was frozen: figures, clauses, names, headings, charts."""

from __future__ import annotations

import io
from decimal import Decimal

import pytest
from django.core.files.storage import default_storage
from django.utils.translation import override
from pypdf import PdfReader
from pypdf.generic import ContentStream

from opscharter.kernel import moment
from opscharter.kernel.access.actor import system_actor
from opscharter.kernel.files.models import Attachment
from opscharter.service.reports.delivery import send_report
from opscharter.service.reports.document import pdf_of
from opscharter.service.reports.sections import SectionKind
from opscharter.service.reports.services import suggest
from tests.service.reports.conftest import day, deliver

pytestmark = pytest.mark.django_db
BAR = 13
"""The width of a bar of the chart of months, in points; nothing else on the page is as wide."""
TALLEST, FOOT = 62, 0.6


@pytest.fixture(autouse=True)
def _own_folder(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def read(pdf: bytes) -> PdfReader:
    return PdfReader(io.BytesIO(pdf))


def text_of(pdf: PdfReader) -> str:
    """Return what a reader reads, with each space of the typesetter as one."""
    return " ".join(" ".join(page.extract_text() for page in pdf.pages).split())


def without_spaces(text: str) -> str:
    """Return a text without its spaces: typesetters put them between Chinese and Latin."""
    return "".join(text.split())


def boxes(pdf: PdfReader) -> list[tuple[float, float]]:
    """Return width and height of every filled rectangle, in the order of drawing."""
    found = []
    for page in pdf.pages:
        operations = ContentStream(page.get_contents(), pdf).operations
        for number, (_given, operator) in enumerate(operations[:-5]):
            path = operations[number + 1 : number + 7]
            if operator == b"scn" and [each[1] for each in path] == [b"m", b"l", b"l", b"l", b"h", b"f"]:
                found.append((float(path[1][0][0]), float(path[2][0][1])))
    return found


@pytest.fixture
def busy(tickets):
    """Return two months of tickets: some late, some with causes, an outage."""
    tickets(3, day(5, month=9), day(8, month=9))
    tickets(6, day(10), day(12), cause="Disk full")
    tickets(2, day(11), day(20), cause="Expired certificate", resolution_met=False)
    tickets(1, day(12, 8), day(12, 11), impact=1, urgency=1, priority=1, cause="Disk full")


@pytest.fixture(params=["zh-hant", "zh-hans", "en"])
def language(request, agreement):
    """Return each language in turn, agreed with the customer."""
    agreement.language = request.param
    agreement.save_as(system_actor())
    return request.param


def test_it_holds_the_frozen_figures_the_clauses_the_customers_name_and_the_headings(
    busy, language, report, house, customer
):
    made = report(note_suggestions="", summary="雲 Cloud summary.")
    with moment.at(day(3, 10, 11)):
        suggest(made, house.actor(house.author), title="Test the restore", text="It was never tried.")
        made.refresh_from_db()
    deliver(made, house)
    send_report.func(made.pk)
    kept = Attachment.objects.get(record_id=made.pk, record_type="service.servicereport")
    with default_storage.open(kept.path) as stored:
        pdf = read(stored.read())
    told = text_of(pdf)
    with override(language):
        wanted = [str(SectionKind(code).label) for code in made.definition.sections]
        wanted += [made.span.label, made.contract.name, made.customer.name, made.number, house.author.name]
    assert [words for words in wanted if without_spaces(words) not in without_spaces(told)] == []
    for part, count in made.content["flow"].items():
        assert count == 0 or f" {count} " in told, part
    for figure in made.content["shares"]:
        value = figure["value"]
        assert value is None or f"{Decimal(value).normalize():f}" in told, figure["code"]
    assert "77.78 %" in told, "7 of 9 in time"
    assert made.content["services"][0]["share"] in told
    for words in ("§3.3.2", "§3.1.2", "§3.3.3", "§3.5.1", "Disk full", "Test the restore", made.content_hash):
        assert words in told
    for row in made.content["tickets"]:
        assert row["number"] in told
    assert "Draft" not in told
    assert str(customer.name) in str(pdf.metadata.title)


def test_what_was_delivered_does_not_follow_the_records_any_more(busy, report, house, tickets):
    made = deliver(report(), house)
    before = text_of(read(pdf_of(made)))
    tickets(5, day(25), day(26), cause="Written up too late")
    made.refresh_from_db()
    assert text_of(read(pdf_of(made))) == before
    assert "Written up too late" not in before


def test_a_draft_says_so_on_every_page(busy, report, agreement):
    agreement.language = "en"
    agreement.save_as(system_actor())
    pdf = read(pdf_of(report()))
    assert len(pdf.pages) > 1
    assert all("Draft" in page.extract_text() for page in pdf.pages)


def test_the_bars_of_the_chart_are_as_tall_as_the_months_were_busy(busy, language, report):
    made = report()
    months = made.content["months"]
    most = max(max(row["opened"], row["solved"]) for row in months)
    drawn = [height for width, height in boxes(read(pdf_of(made))) if width == BAR]
    numbers = [number for row in months for number in (row["opened"], row["solved"])]
    assert drawn == [pytest.approx(TALLEST * number / most + FOOT, abs=0.01) for number in numbers]
    assert sorted(set(numbers)) == [0, 3, 9]


def test_the_most_frequent_cause_has_the_longest_bar(busy, report):
    made = report()
    assert [row["count"] for row in made.content["causes"]] == [7, 2]
    widths = [width for width, height in boxes(read(pdf_of(made))) if height == 8]
    assert len(widths) == 2
    assert widths[1] / widths[0] == pytest.approx(2 / 7, abs=0.01)


@pytest.mark.parametrize(("count", "least", "most"), [(3, 1, 2), (60, 2, 4), (400, 7, 11)])
def test_it_has_as_many_pages_as_its_tickets_need(tickets, report, count, least, most):
    tickets(count, day(10), day(12))
    pdf = read(pdf_of(report()))
    assert least <= len(pdf.pages) <= most
    for number, page in enumerate(pdf.pages, start=1):
        assert f"{number} / {len(pdf.pages)}" in page.extract_text()
