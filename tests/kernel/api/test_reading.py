"""Reading through the API."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.kernel.library import make_paper, make_shelf
from tests.kernel.testapp.models import Paper, Topic

pytestmark = pytest.mark.django_db
PAPERS = "/api/v1/library/papers/"


def test_a_record_shows_its_fields_with_ids_and_names_of_what_it_points_to(browser, system):
    shelf, topic = make_shelf(system), Topic(name="Time").save_as(system)
    paper = make_paper(system, shelf=shelf, cost="12.50")
    paper.save_as(system, links={"topics": [topic]})
    shown = browser.get(f"{PAPERS}{paper.pk}/")
    assert shown.status_code == 200
    assert shown.headers["ETag"] == f'"{Paper.objects.get().version}"'
    body = shown.json()
    assert body["url"] == f"/library/papers/{paper.pk}/"
    assert (body["shelf"], body["shelf_label"], body["topics"]) == (shelf.pk, "North", [topic.pk])
    assert (body["number"], body["state"], body["cost"], body["label"]) == (paper.number, "draft", "12.50", "On clocks")
    assert (body["author"], body["expires_at"]) == (7, None)


def test_an_empty_relation_has_no_name(browser, system):
    body = browser.get(f"{PAPERS}{make_paper(system).pk}/").json()
    assert (body["shelf"], body["shelf_label"]) == (None, None)


def test_a_list_is_walked_forth_and_back_by_the_addresses_it_gives(browser, system):
    made = [make_paper(system, f"Paper {n}").pk for n in range(5)]
    page, walked = browser.get(PAPERS, {"page_size": 2, "state": "open"}).json(), []
    assert (page["previous"], page["total"], page["total_is_capped"]) == (None, 5, False)
    while True:
        walked += [row["id"] for row in page["results"]]
        if page["next"] is None:
            break
        page = browser.get(page["next"]).json()
    assert walked == made[::-1]
    assert [row["id"] for row in browser.get(page["previous"]).json()["results"]] == walked[2:4]


def test_a_list_takes_the_filters_search_and_order_of_the_page(browser, system):
    shelf = make_shelf(system)
    first = make_paper(system, "Tides", shelf=shelf, expires_at=dt.datetime(2026, 5, 1, 12, tzinfo=dt.UTC))
    second = make_paper(system, "Winds", pages=9)
    ids = lambda **query: [row["id"] for row in browser.get(PAPERS, query).json()["results"]]  # noqa: E731
    assert ids(shelf=shelf.pk) == [first.pk]
    assert ids(shelf="none") == [second.pk]
    assert ids(shelf=[shelf.pk, "none"], order="title") == [first.pk, second.pk]
    assert ids(expires_at_from="2026-05-01", expires_at_to="2026-05-01") == [first.pk]
    assert ids(expires_at_from="2026-05-02") == []
    assert ids(q="winds") == [second.pk]
    assert ids(order="-pages") == [second.pk, first.pk]
    assert ids(id=first.pk) == [first.pk]
    second.archive_as(system, reason="old")
    assert ids() == [first.pk]
    assert ids(archived="1") == [second.pk]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("state", "lost"), ("shelf", "²"), ("shelf", "9" * 30), ("expires_at_from", "0001-01-01"), ("expires_at_to", "9999-12-31"),
        ("expires_at_from", "tomorrow"), ("order", "body"), ("order", "shelf"), ("id", "x"), ("page_size", "201"),
        ("page_size", "٣"), ("after", "!!"), ("check", "no.such"), ("indicator", "no.such"),
    ],
)  # fmt: skip
def test_a_query_that_cannot_be_meant_is_refused_and_named(browser, name, value):
    answer = browser.get(PAPERS, {name: value, **({"period": "2026-10"} if name == "indicator" else {})})
    assert answer.status_code == 400
    (error,) = answer.json()["errors"]
    assert error["field"] == name
    assert error["message"]
    assert error["code"]


def test_a_list_costs_the_same_whatever_its_length(browser, system):
    topic = Topic(name="Time").save_as(system)

    def cost() -> int:
        browser.get(PAPERS)
        with CaptureQueriesContext(connection) as captured:
            browser.get(PAPERS)
        return len(captured)

    make_paper(system, shelf=make_shelf(system)).save_as(system, links={"topics": [topic]})
    one = cost()
    for n in range(5):
        make_paper(system, f"{n}", shelf=make_shelf(system, f"{n}")).save_as(system, links={"topics": [topic]})
    assert cost() == one


def test_rows_out_of_scope_do_not_exist(sign_in, make_actor, system):
    mine, other = make_paper(system, "Mine", author=1), make_paper(system, "Other", author=2)
    client = sign_in(make_actor(("testapp.paper", "view", "own"), ("testapp.paper", "comment", "own"), person=1))
    listed = client.get(PAPERS).json()
    assert ([row["id"] for row in listed["results"]], listed["total"]) == ([mine.pk], 1)
    for tail in ("", "timeline/", "history/", "moves/"):
        assert client.get(f"{PAPERS}{mine.pk}/{tail}").status_code == 200
        assert client.get(f"{PAPERS}{other.pk}/{tail}").status_code == 404
    said = {"text": "Psst"}
    assert client.post(f"{PAPERS}{other.pk}/comments/", said, content_type="application/json").status_code == 404
    assert client.get(f"{PAPERS}{'9' * 40}/").status_code == 404


def test_what_is_not_granted_does_not_exist(sign_in, make_actor, system):
    paper = make_paper(system, author=1)
    client = sign_in(make_actor(("testapp.paper", "view", "all"), person=1))
    sent = {"content_type": "application/json"}
    assert client.post(PAPERS, {"title": "New"}, **sent).status_code == 404
    assert client.patch(f"{PAPERS}{paper.pk}/", {"title": "New"}, **sent).status_code == 404
    assert client.post(f"{PAPERS}{paper.pk}/moves/submit/", {}, **sent).status_code == 404
    assert client.post(f"{PAPERS}{paper.pk}/archive/", {"reason": "old"}, **sent).status_code == 404
    assert client.get("/api/v1/library/shelves/").status_code == 404
    assert client.get(f"{PAPERS}{paper.pk}/moves/").json() == []


def test_protected_fields_are_neither_read_nor_written_without_the_grant(sign_in, make_actor, system, monkeypatch):
    monkeypatch.setattr(Paper, "protected_fields", ("cost", "shelf"))
    paper = make_paper(system, cost=3, shelf=make_shelf(system))
    paper.cost = Decimal("4.00")
    paper.save_as(system)
    grants = [("testapp.paper", name, "all") for name in ("view", "edit")]
    outside, inside = (
        sign_in(make_actor(*grants)),
        sign_in(make_actor(*grants, ("testapp.paper", "view-protected", "all"))),
    )
    address = f"{PAPERS}{paper.pk}/"
    assert not {"cost", "shelf", "shelf_label"} & set(outside.get(address).json())
    assert outside.patch(address, {"cost": "1"}, content_type="application/json").status_code == 400
    assert inside.get(address).json()["cost"] == "4.00"
    changes = lambda client: [entry["changes"] for entry in client.get(f"{address}history/").json()]  # noqa: E731
    assert [set(change) for change in changes(outside) if "cost" in change] == []
    assert changes(inside)[0]["cost"] == ["3.00", "4.00"]


def test_a_customers_contact_reads_only_what_is_meant_for_customers(sign_in, make_actor, system):
    paper = make_paper(system, customer=5)
    hidden = make_paper(system, customer=6)
    paper.comment_as(system, "For us", visibility="internal")
    paper.comment_as(system, "For you", visibility="customer")
    contact = make_actor(
        ("testapp.paper", "view", "customer"), ("testapp.paper", "comment", "customer"), customers=[5], external=True
    )
    client = sign_in(contact)
    shown = client.get(f"{PAPERS}{paper.pk}/").json()
    assert set(shown) == {
        "id", "version", "created_at", "updated_at", "url", "label", "number", "state", "title", "shelf", "shelf_label",
    }  # fmt: skip
    assert [entry["text"] for entry in client.get(f"{PAPERS}{paper.pk}/timeline/").json()] == ["For you"]
    assert client.get(f"{PAPERS}{paper.pk}/history/").status_code == 404
    assert client.get(f"{PAPERS}{hidden.pk}/").status_code == 404
    said = client.post(f"{PAPERS}{paper.pk}/comments/", {"text": "Thanks"}, content_type="application/json")
    assert said.status_code == 201
    assert client.get(f"{PAPERS}{paper.pk}/timeline/").json()[0]["visibility"] == "customer"


def test_visitors_are_asked_for_a_key(library, client):
    for address in (PAPERS, "/api/v1/library/papers/1/moves/", "/api/v1/no/such/thing/"):
        answer = client.get(address)
        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"] == "Bearer"
        assert answer.json()["errors"][0]["code"] == "not_authenticated"


def test_an_address_the_api_does_not_know_answers_in_its_own_way(browser):
    answer = browser.get("/api/v1/library/pamphlets/")
    assert answer.status_code == 404
    assert answer.json()["errors"][0]["code"] == "not-found"


def test_history_and_timeline_tell_what_was_done(browser, librarian, system):
    paper = make_paper(system)
    sent = {"content_type": "application/json"}
    browser.patch(f"{PAPERS}{paper.pk}/", {"title": "On dials"}, **sent)
    newest, oldest = browser.get(f"{PAPERS}{paper.pk}/history/").json()
    assert (newest["action"], newest["via"], newest["changes"]) == ("edit", "api", {"title": ["On clocks", "On dials"]})
    assert newest["who"] == str(librarian.user)
    assert oldest["action"] == "create"
    told = browser.get(f"{PAPERS}{paper.pk}/timeline/").json()
    assert [entry["kind"] for entry in told] == ["created"]
