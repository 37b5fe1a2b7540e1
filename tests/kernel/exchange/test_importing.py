"""Imports."""

from __future__ import annotations

import datetime as dt
import io

import pytest
from django.http import QueryDict
from openpyxl import Workbook

from opscharter.kernel import moment
from opscharter.kernel.audit.models import AuditEntry
from opscharter.kernel.controls.models import GuardDecision
from opscharter.kernel.errors import NotPermitted
from opscharter.kernel.exchange.encodings import UnreadableFile
from opscharter.kernel.exchange.export import csv_lines, write_xlsx
from opscharter.kernel.exchange.importing import ImportResult, import_rows
from opscharter.kernel.records.numbering import NumberSequence
from opscharter.kernel.resources.lists import ListQuery
from tests.kernel.api.site import papers, shelves, topics
from tests.kernel.library import make_paper, make_shelf
from tests.kernel.testapp.models import Paper, Shelf, Topic

pytestmark = pytest.mark.django_db


def take(actor, text: str, resource=papers, *, dry_run: bool = False, encoding: str = "utf-8", **more) -> ImportResult:
    """Import a CSV file."""
    return import_rows(resource, actor, io.BytesIO(text.encode(encoding)), "rows.csv", dry_run=dry_run, **more)


def figures(result: ImportResult) -> tuple[int, int, int, int]:
    """Return what came of the rows: created, changed, unchanged, refused."""
    return result.created, result.changed, result.unchanged, result.refused


def problems(result: ImportResult) -> list[tuple[int, str]]:
    """Return where something is wrong."""
    return [(problem.line, problem.column) for problem in result.problems]


def difficult(system) -> None:
    """Store papers with everything that files like to change."""
    shelf, topic = make_shelf(system, "=North; West"), Topic(name="Time").save_as(system)
    archived = make_shelf(system, "Gone")
    at = dt.datetime(2026, 10, 1, 4, 30, 15, 123456, tzinfo=dt.UTC)
    texts = [
        "=1+1",
        "'=1+1",
        "''quoted",
        " spaces ",
        "line\r\nbreak",
        "tab\tand \x0b bell",
        '"quotes", commas',
        "時間；—",
        "0012",
    ]
    for n, text in enumerate(texts):
        paper = make_paper(
            system,
            f"{n} {text.strip()}"[:100].replace("\r\n", " "),
            body=text,
            shelf=shelf,
            cost="10.50",
            expires_at=at,
        )
        paper.save_as(system, links={"topics": [topic]})
    make_paper(system, "On an archived shelf", shelf=archived, words=[{"a": [1, None]}, "字"], pages=None, unit=3)
    archived.archive_as(system, reason="gone")


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
@pytest.mark.parametrize("resource", [papers, shelves, topics], ids=lambda resource: resource.slug)
def test_what_was_exported_comes_back_without_a_change(library, librarian, system, kind, resource):
    difficult(system)
    wanted, out = ListQuery(resource, librarian, QueryDict(), action="export"), io.BytesIO()
    if kind == "xlsx":
        write_xlsx(wanted, out)
    else:
        out.write("".join(csv_lines(wanted)).encode())
    out.seek(0)
    result = import_rows(resource, librarian, out, f"rows.{kind}", dry_run=False)
    assert result.problems == []
    count = resource.model.objects.current().count()
    assert count > 0
    assert figures(result) == (0, 0, count, 0)


def test_rows_with_a_known_key_change_that_record_and_others_create_one(librarian, system):
    known, other = make_paper(system, "Tides"), make_paper(system, "Winds", pages=4)
    result = take(
        librarian, f"number,title,pages\n{known.number},Tides and time,\n,Clouds,3\n{other.number},Winds,4\n\n"
    )
    assert (result.rows, figures(result)) == (3, (1, 1, 1, 0))
    known.refresh_from_db()
    assert (known.title, known.pages, known.version) == ("Tides and time", None, 2)
    created = Paper.objects.get(title="Clouds")
    assert (created.pages, created.number != "") == (3, True)
    entry = AuditEntry.objects.get(record_id=created.pk, record_type="testapp.paper", action="create")
    assert (entry.via, entry.note, entry.user_id) == ("import", "import", librarian.user_id)


def test_rows_are_matched_by_id_too(librarian, system):
    paper, shelf = make_paper(system), make_shelf(system)
    assert figures(take(librarian, f"id,title\n#{paper.pk},On dials\n")) == (0, 1, 0, 0)
    assert figures(take(librarian, f"id,name\n{shelf.pk},South\n", shelves)) == (0, 1, 0, 0)
    assert (Paper.objects.get().title, Shelf.objects.get().name) == ("On dials", "South")


def test_columns_that_are_absent_leave_their_fields_alone(librarian, system):
    paper = make_paper(system, cost=3)
    take(librarian, f"number,pages\n{paper.number},9\n")
    paper.refresh_from_db()
    assert (paper.pages, paper.cost, paper.title) == (9, 3, "On clocks")


def test_columns_may_be_headed_by_labels(librarian):
    assert figures(take(librarian, 'Title,KEY WORDS\nTides,"[1]"\n')) == (1, 0, 0, 0)
    assert Paper.objects.get().words == [1]


def test_relations_are_named_as_people_name_them(librarian, system):
    shelf, topic = make_shelf(system), Topic(name="Time").save_as(system)
    take(librarian, f"title,shelf,topics\nTides,North,#{topic.pk}\n")
    paper = Paper.objects.get()
    assert (paper.shelf, list(paper.topics.all())) == (shelf, [topic])
    take(librarian, f"number,shelf,topics\n{paper.number},,\n")
    paper.refresh_from_db()
    assert (paper.shelf, list(paper.topics.all())) == (None, [])


def test_a_refused_row_is_named_with_its_line_column_and_reason_and_the_others_go_in(librarian, system):
    make_shelf(system)
    result = take(
        librarian,
        "title,pages,shelf\nGood,1,North\nBad,many,South\nUntitled,1,\nLOUD,1,\n,1,\nLong,1,,x\nAlso good,2,\n",
    )
    assert (result.rows, figures(result)) == (7, (2, 0, 0, 5))
    assert problems(result) == [(3, "pages"), (3, "shelf"), (4, ""), (5, "title"), (6, "title"), (7, "")]
    assert "§9.1.3" in result.problems[2].message
    assert all(problem.message for problem in result.problems)
    assert set(Paper.objects.values_list("title", flat=True)) == {"Good", "Also good"}
    assert GuardDecision.objects.filter(guard="testapp.titled", outcome="refused", via="import").count() == 1


def test_a_trial_gives_the_same_figures_and_changes_nothing(librarian, system):
    paper = make_paper(system)
    before = (AuditEntry.objects.count(), GuardDecision.objects.count(), NumberSequence.objects.get().last)
    text = f"number,title\n{paper.number},On dials\n,New\n,Untitled\n,LOUD\n"
    trial = take(librarian, text, dry_run=True)
    assert (AuditEntry.objects.count(), GuardDecision.objects.count(), NumberSequence.objects.get().last) == before
    assert Paper.objects.get().title == "On clocks"
    real = take(librarian, text)
    assert (trial.dry_run, real.dry_run) == (True, False)
    assert figures(trial) == figures(real) == (1, 1, 0, 2)
    assert trial.problems == real.problems


def test_a_later_row_may_name_what_an_earlier_one_creates(librarian):
    take(librarian, "name\nNorth\n", shelves, dry_run=True)
    assert not Shelf.objects.exists()
    twice = take(librarian, "name\nNorth\nNorth\n", shelves, dry_run=True)
    assert figures(twice) == (1, 0, 1, 0)


def test_an_unknown_number_is_not_a_new_record(librarian):
    result = take(librarian, "number,title\nPAP-1,Tides\n")
    assert (figures(result), problems(result)) == ((0, 0, 0, 1), [(2, "number")])


def test_rows_out_of_scope_are_as_unknown_as_those_that_do_not_exist(make_actor, system):
    other = make_paper(system, "Other", author=2)
    clerk = make_actor(*(("testapp.paper", name, "own") for name in ("view", "edit", "import")), person=1)
    result = take(clerk, f"number,title\n{other.number},Mine\n")
    assert problems(result) == [(2, "number")]
    seer = make_actor(("testapp.paper", "view", "all"), ("testapp.paper", "import", "all"))
    assert figures(take(seer, f"number,title\n{other.number},Mine\n,New\n")) == (0, 0, 0, 2)
    assert Paper.objects.get().title == "Other"


def test_a_state_is_changed_by_steps_and_not_by_files(librarian, system):
    paper = make_paper(system)
    result = take(librarian, f"number,title,state\n{paper.number},On dials,published\n,New,review\n,Newer,draft\n")
    assert (figures(result), problems(result)) == ((1, 0, 0, 2), [(2, "state"), (3, "state")])
    assert set(Paper.objects.values_list("title", "state")) == {("On clocks", "draft"), ("Newer", "draft")}


def test_protected_columns_are_unknown_to_those_who_may_not_see_them(librarian, make_actor, monkeypatch):
    monkeypatch.setattr(Paper, "protected_fields", ("cost",))
    clerk = make_actor(*(("testapp.paper", name, "all") for name in ("view", "create", "import")))
    with pytest.raises(UnreadableFile, match="cost"):
        take(clerk, "title,cost\nTides,3\n")
    assert figures(take(librarian, "title,cost\nTides,3\n")) == (1, 0, 0, 0)


def test_importing_needs_its_own_grant(make_actor):
    with pytest.raises(NotPermitted):
        take(make_actor(("testapp.paper", "create", "all")), "title\nTides\n")


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("", "empty|空"),
        ("title,colour,hue\nx,y,z\n", "colour, hue"),
        ("title,Title\nx,y\n", "title"),
        ('title\n"' + "x" * 200_000, "131072"),
    ],
)
def test_a_file_that_cannot_be_meant_is_refused_as_a_whole(librarian, text, named):
    with pytest.raises(UnreadableFile, match=named):
        take(librarian, text)
    assert not Paper.objects.exists()


def test_what_only_looks_like_a_spreadsheet_is_refused(librarian):
    with pytest.raises(UnreadableFile, match="XLSX"):
        import_rows(papers, librarian, io.BytesIO(b"title\nTides\n"), "rows.xlsx", dry_run=True)


def test_files_in_chinese_encodings_are_read(librarian):
    take(librarian, "title,body\n服务器无法访问,客户反映网站打不开\n", encoding="gb18030")
    take(librarian, "title,body\n伺服器無法連線,客戶反映網站無法開啟\n", encoding="cp950")
    assert set(Paper.objects.values_list("title", flat=True)) == {"服务器无法访问", "伺服器無法連線"}


def test_what_people_type_into_a_spreadsheet_is_understood(librarian):
    book = Workbook()
    sheet = book.active
    sheet.append(["title", "pages", "cost", "expires_at", None])
    sheet.append([12, 3.0, 9.5, dt.datetime(2026, 10, 1), None])
    sheet.append(["Winds", 4, 10, dt.datetime(2026, 10, 1, 12, 30), None])
    out = io.BytesIO()
    book.save(out)
    out.seek(0)
    result = import_rows(papers, librarian, out, "rows.xlsx", dry_run=False)
    assert (result.problems, result.created) == ([], 2)
    first, second = Paper.objects.order_by("pk")
    assert (first.title, first.pages, str(first.cost)) == ("12", 3, "9.50")
    assert first.expires_at == dt.datetime(2026, 9, 30, 16, tzinfo=dt.UTC)
    assert second.expires_at == dt.datetime(2026, 10, 1, 4, 30, tzinfo=dt.UTC)


def test_progress_is_told_row_by_row(librarian):
    told = []
    take(librarian, "title\na\n\nb\n", dry_run=True, progress=lambda done, rows: told.append((done, rows)))
    assert told == [(1, 3), (2, 3), (3, 3)]


@pytest.mark.django_db(transaction=True)
def test_a_row_is_there_for_others_before_the_file_is_through(make_actor):
    actor = make_actor(("testapp.*", "*", "all"))

    def stop(done: int, rows: int) -> None:
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        take(actor, "title\na\nb\nc\n", progress=stop)
    assert set(Paper.objects.values_list("title", flat=True)) == {"a", "b"}
    with pytest.raises(KeyboardInterrupt):
        take(actor, "title\nd\ne\nf\n", dry_run=True, progress=stop)
    assert Paper.objects.count() == 2


def test_a_file_may_be_long(librarian):
    begun = moment.now()
    result = take(librarian, "name\n" + "".join(f"Shelf {n}\n" for n in range(6_000)), shelves, dry_run=True)
    assert figures(result) == (6_000, 0, 0, 0)
    assert moment.now() - begun < dt.timedelta(minutes=2)
