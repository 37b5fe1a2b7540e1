"""What people search they find, on every database, within their row scope, whatever they type."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from opscharter.kernel.access.actor import Actor
from opscharter.kernel.errors import Refused
from opscharter.kernel.records.bulk import create_many, update_many
from opscharter.kernel.search import documents
from opscharter.kernel.search import find as finding
from opscharter.kernel.search.find import find, matching_ids
from opscharter.kernel.search.marks import is_mark, mark_all
from opscharter.kernel.search.models import SearchDocument
from tests.conftest import MakeActor
from tests.kernel.library import make_paper, make_shelf
from tests.kernel.testapp.models import Paper, Shelf

TITLE = "支付網關逾時：VPN connection lost in 機房三"


def titles(actor: Actor, text: str, **how: Any) -> list[str]:
    """Return the titles of what is found."""
    return [hit.title for hit in find(actor, text, **how)]


@pytest.mark.parametrize(
    "text",
    [
        "網關", "逾時", "付網關逾", "逾", "機房 支付", "vpn", "ＶＰＮ", "conn", "CONNECTION 機房", "lost, vpn!", "三",
        "  支付  ", "vpn支付",
    ],
)  # fmt: skip
def test_a_record_is_found_by_parts_of_its_title(system: Actor, text: str) -> None:
    make_paper(system, TITLE)
    make_paper(system, "On clocks")
    assert titles(system, text) == [TITLE]
    assert list(Paper.objects.filter(matching_ids(Paper, text)).values_list("title", flat=True)) == [TITLE]


@pytest.mark.parametrize("text", ["網逾", "onnection", "vpn clocks", "關網", "支付寶", "", "   ", "。", '""', "-", "*"])
def test_what_is_not_there_is_not_found(system: Actor, text: str) -> None:
    make_paper(system, TITLE)
    make_paper(system, "On clocks")
    assert find(system, text) == []
    assert not Paper.objects.filter(matching_ids(Paper, text)).exists()


@pytest.mark.parametrize(
    "text",
    [
        '"vpn', "vpn*", "vpn OR clocks", "NOT vpn", "vpn NEAR(lost, 2)", "words:vpn", "{words}: vpn", "^vpn", "vpn:*",
        "!vpn", "vpn & lost", "vpn | clocks", "vpn <-> lost", "(vpn", "'vpn'", "vpn'; --", "vpn\\", "%vpn%", "v\x00pn",
        "\x00", "vpn" * 500, "支" * 5000, "a " * 5000, "😀vpn", "\ud7ff", "𠮷", "ﬃ", "İ", "%s %(a)s", "{}", "$1",
    ],
)  # fmt: skip
def test_no_text_is_taken_for_a_query_language(system: Actor, text: str) -> None:
    paper = make_paper(system, TITLE)
    assert [hit.record_id for hit in find(system, text)] in ([], [paper.pk])
    assert Paper.objects.filter(matching_ids(Paper, text)).count() in (0, 1)
    assert titles(system, "逾時") == [TITLE]


def test_characters_beyond_the_basic_plane_are_found(system: Actor) -> None:
    make_paper(system, "𠮷野家的機房")
    assert titles(system, "𠮷野") == titles(system, "𠮷") == ["𠮷野家的機房"]


def test_an_exact_number_comes_first_in_any_case_and_width(system: Actor) -> None:
    wanted = make_paper(system, "The wanted one")
    make_paper(system, f"Answers {wanted.number}")
    for text in (wanted.number, wanted.number.lower(), f" {wanted.number.replace('-', '－')} "):
        assert titles(system, text) == ["The wanted one", f"Answers {wanted.number}"]
    assert {hit.number for hit in find(system, wanted.number.split("-")[1])} > {wanted.number}


def test_the_newest_come_first_and_no_more_than_asked(system: Actor) -> None:
    for number in range(5):
        make_paper(system, f"Tides {number}")
    assert titles(system, "tides", limit=3) == ["Tides 4", "Tides 3", "Tides 2"]


def test_a_hit_tells_its_type_for_people(system: Actor) -> None:
    shelf = make_shelf(system, "Tall")
    (hit,) = find(system, "tall")
    assert (hit.record_type, hit.record_id, hit.number, hit.label) == ("testapp.shelf", shelf.pk, "", "shelf")


def test_the_index_follows_edits_and_steps(system: Actor) -> None:
    paper = make_paper(system, "On clocks", shelf=None)
    paper.title = "On tides"
    paper.save_as(system)
    assert (titles(system, "clocks"), titles(system, "tides")) == ([], ["On tides"])
    paper.move("submit", system)
    paper.move("publish", system, shelf=make_shelf(system, "Harbour"))
    assert "On tides" in titles(system, "harbour")


def test_the_index_follows_bulk_writes(system: Actor) -> None:
    shelf = make_shelf(system, "Harbour")
    create_many([Paper(title=f"Buoy {number}", shelf=shelf) for number in range(3)], system)
    assert titles(system, "buoy harbour") == ["Buoy 2", "Buoy 1", "Buoy 0"]
    papers = list(Paper.objects.order_by("pk"))
    papers[0].title = "Lighthouse"
    update_many(papers, system, ["title"])
    assert (titles(system, "buoy"), titles(system, "lighthouse")) == (["Buoy 2", "Buoy 1"], ["Lighthouse"])


def test_bulk_indexing_reads_a_relation_once(system: Actor, django_assert_num_queries: Any) -> None:
    create_many([Shelf(name=f"Shelf {number}") for number in range(30)], system)
    create_many([Paper(title=f"Buoy {shelf.pk}", shelf=shelf) for shelf in Shelf.objects.all()], system)
    papers = list(Paper.objects.all())
    with django_assert_num_queries(2):
        documents.index_many(papers)


def test_an_archived_record_is_not_found_and_stays_so(system: Actor) -> None:
    paper = make_paper(system, TITLE)
    paper.archive_as(system, reason="Told twice")
    assert find(system, "逾時") == []
    documents.index(Paper.objects.get(pk=paper.pk))
    assert find(system, paper.number) == []


def test_a_refused_record_leaves_nothing_in_the_index(system: Actor) -> None:
    with pytest.raises(Refused), transaction.atomic():
        Paper(title="Too late", author=7).save_as(system)
    assert find(system, "late") == []
    assert not SearchDocument.objects.exists()


def test_protected_fields_are_not_indexed(system: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Paper, "protected_fields", ("title",))
    make_paper(system, "Salaries", shelf=make_shelf(system, "Harbour"))
    assert find(system, "salaries") == []
    assert "Salaries" not in titles(system, "harbour")


def test_only_rows_within_the_scope_are_found(system: Actor, make_actor: MakeActor) -> None:
    make_paper(system, "Tides mine", author=7, customer=11)
    make_paper(system, "Tides of theirs", author=8, customer=12)
    make_shelf(system, "Tides")
    own = make_actor(("testapp.paper", "view", "own"), person=7)
    customer = make_actor(("testapp.paper", "view", "customer"), customers=[12])
    editor = make_actor(("testapp.paper", "edit", "all"))
    assert titles(own, "tides") == ["Tides mine"]
    assert titles(customer, "tides") == ["Tides of theirs"]
    assert titles(editor, "tides") == []
    assert titles(own, Paper.objects.get(author=8).number) == []
    assert len(find(system, "tides")) == 3


def test_one_who_sees_little_of_very_much_still_finds_it(
    system: Actor, make_actor: MakeActor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(finding, "FIRST", 5)
    monkeypatch.setattr(finding, "MOST", 5)
    make_paper(system, "Tides mine", author=7)
    make_paper(system, "Currents mine", author=7)
    create_many([Paper(title=f"Tides {number}", author=8) for number in range(99)], system)
    own = make_actor(("testapp.paper", "view", "own"), person=7)
    assert titles(own, "tides") == ["Tides mine"]
    assert titles(make_actor(("testapp.paper", "view", "own"), person=9), "tides") == []


def test_a_list_is_searched_within_reach(system: Actor, make_actor: MakeActor, monkeypatch: pytest.MonkeyPatch) -> None:
    create_many([Paper(title=f"Tides {number}", author=7 + number % 2) for number in range(8)], system)
    own = make_actor(("testapp.paper", "view", "own"), person=7)
    for few in (100, 2):  # by the ids of the hits, or by a condition where there are too many
        monkeypatch.setattr(finding, "FEW", few)
        found = Paper.objects.filter(matching_ids(Paper, "tides", own))
        assert sorted(found.values_list("title", flat=True)) == ["Tides 0", "Tides 2", "Tides 4", "Tides 6"]
    assert not Paper.objects.filter(matching_ids(Paper, "tides", make_actor())).exists()
    assert Paper.objects.filter(matching_ids(Paper, "tides", system)).count() == 8


def test_whose_a_record_is_changes_whom_the_index_offers_it(
    system: Actor, make_actor: MakeActor, monkeypatch: pytest.MonkeyPatch
) -> None:
    paper = make_paper(system, "Tides", author=8)
    monkeypatch.setattr(finding, "FIRST", 1)
    make_paper(system, "Tides of others", author=9)
    own = make_actor(("testapp.paper", "view", "own"), person=7)
    assert titles(own, "tides") == []
    paper.author = 7
    paper.save_as(system)
    assert titles(own, "tides") == ["Tides"]


def test_documents_from_before_are_marked_like_new_ones(system: Actor) -> None:
    make_paper(system, "Tides", author=7, customer=11)
    make_paper(system, "Currents")
    make_shelf(system, "Tall")
    make_shelf(system, "—")  # nothing that could be found by a word
    new = dict(SearchDocument.objects.values_list("pk", "words"))
    for document in SearchDocument.objects.all():
        words = " ".join(word for word in document.words.split(" ") if not is_mark(word))
        SearchDocument.objects.filter(pk=document.pk).update(words=words)
    assert mark_all(connection) == len(new)
    assert dict(SearchDocument.objects.values_list("pk", "words")) == new
    assert mark_all(connection) == 0


def test_no_text_can_ask_for_a_mark(system: Actor) -> None:
    make_paper(system, "Tides", author=7)
    words = SearchDocument.objects.get().words.split(" ")
    marks = [word for word in words if is_mark(word)]
    assert len(marks) >= 2
    for mark in marks:
        assert find(system, mark) == []
        assert find(system, mark[1:]) == []


def test_the_work_for_what_nobody_may_see_is_bounded(
    system: Actor, make_actor: MakeActor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(finding, "FIRST", 5)
    create_many([Paper(title=f"Tides {number}", author=8) for number in range(50)], system)
    with CaptureQueriesContext(connection) as queries:
        assert find(make_actor(("testapp.paper", "view", "own"), person=7), "tides") == []
    assert len(queries) < 7


def test_the_words_in_the_database_agree_with_the_documents(system: Actor) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("a generated column cannot disagree")
    paper = make_paper(system, TITLE)
    paper.title = "On tides"
    paper.save_as(system)
    make_shelf(system).archive_as(system, reason="Burnt")
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO kernel_searchindex(kernel_searchindex, rank) VALUES ('integrity-check', 1)")
        cursor.execute("DROP TRIGGER search_updated")
        SearchDocument.objects.update(words="gone astray")
        with pytest.raises(DatabaseError), transaction.atomic():
            cursor.execute("INSERT INTO kernel_searchindex(kernel_searchindex, rank) VALUES ('integrity-check', 1)")
