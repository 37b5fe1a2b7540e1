"""How many queries a list and a record's page may cost; the figures are reviewed like code."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from opscharter.kernel.resources.links import list_url, record_url
from opscharter.kernel.resources.site import site

pytestmark = pytest.mark.django_db
BUDGETS = json.loads((Path(__file__).parent / "query_budgets.json").read_text())


def queries(browser, url):
    browser.get(url)  # caches of the process are warm in life, too
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert browser.get(url).status_code in (200, 302)
    return len(captured)


def test_every_record_type_has_a_budget_and_no_other():
    assert set(BUDGETS["records"]) == {resource.key for resource in site.resources}


def test_a_list_keeps_its_budget(resource, row, admin):
    assert queries(admin, list_url(resource)) <= BUDGETS["records"][resource.key]["list"]


def test_a_record_keeps_its_budget(resource, row, admin):
    assert queries(admin, record_url(row)) <= BUDGETS["records"][resource.key]["detail"]


def test_the_cards_that_come_after_a_page_keep_their_budget(resource, row, admin):
    later = any(panel.later for panel in site.panels_of(resource))
    asked_for = f'hx-get="{record_url(row, "cards")}"' in admin.get(record_url(row)).content.decode()
    assert later == asked_for == ("cards" in BUDGETS["records"][resource.key])
    if later:
        assert queries(admin, record_url(row, "cards")) <= BUDGETS["records"][resource.key]["cards"]


@pytest.mark.parametrize("url", sorted(BUDGETS["pages"]))
def test_a_page_keeps_its_budget(admin, url):
    assert queries(admin, url) <= BUDGETS["pages"][url]


def test_a_list_costs_the_same_whatever_its_length(admin):
    one = queries(admin, "/service/incidents/?columns=number,title&state=CLOSED")
    every = queries(admin, "/service/incidents/?state=CLOSED")
    assert every <= one + 1
