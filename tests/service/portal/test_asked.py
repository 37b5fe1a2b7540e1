"""What a contact was asked about closed tickets stands on the first page of the portal, and only on theirs."""

from __future__ import annotations

import re

import pytest

from opscharter.kernel.access.actor import system_actor
from opscharter.service.satisfaction.models import Survey, SurveyRule
from tests.service.conftest import bring_to_work, resolve

pytestmark = pytest.mark.django_db
PORTAL = "/portal/"


@pytest.fixture
def closed(incident, contact):
    """Return a contact with a closed incident that they are asked about."""
    SurveyRule(share=100, rest_days=30, open_days=14).save_as(system_actor())
    asked = contact("wang")
    asked.person.email = "wang@east.example"
    asked.person.save_as(system_actor())
    ticket = bring_to_work(incident(contact=asked.person, impact=3, urgency=3))
    resolve(ticket).move("confirm", system_actor())
    return asked


def link_on(page: str) -> str:
    found = re.search(r'href="(/satisfaction/[^"]+)"', page)
    return found[1] if found else ""


def test_the_question_is_on_the_page_of_who_was_asked_and_of_nobody_else(closed, contact, other_customer):
    link = link_on(closed.browser.get(PORTAL).content.decode())
    assert closed.browser.get(link).status_code == 200
    for other in (contact("colleague"), contact("stranger", at=other_customer)):
        assert not link_on(other.browser.get(PORTAL).content.decode())


def test_the_answer_stands_there_instead_of_the_question(closed, contact):
    link = link_on(closed.browser.get(PORTAL).content.decode())
    closed.browser.post(link, {"score": "2", "text": "It took three days."})
    page = closed.browser.get(PORTAL).content.decode()
    assert not link_on(page)
    assert "2 / 5" in page
    assert "It took three days." in page
    assert "It took three days." not in contact("colleague").browser.get(PORTAL).content.decode()


def test_what_can_be_answered_no_more_is_not_offered(closed):
    Survey.objects.get().move("expire", system_actor())
    assert not link_on(closed.browser.get(PORTAL).content.decode())
