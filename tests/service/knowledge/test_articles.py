"""Articles: written, reviewed by somebody else, read by whom they are for, judged, used."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.exceptions import ValidationError

from opscharter.kernel.access.actor import system_actor
from opscharter.kernel.controls.registry import CHECKS
from opscharter.kernel.errors import Refused
from opscharter.kernel.timeline.entries import entries_of
from opscharter.service.knowledge import services
from opscharter.service.knowledge.models import Article
from tests.service.conftest import bring_to_work, resolve

pytestmark = pytest.mark.django_db
UNTIL = dt.date(2027, 1, 1)


def published(audience="internal", **fields):
    given = {"title": "Gateway down", "symptom": "Payments fail.", "body": "Restart the pool.", **fields}
    article = Article(**given).save_as(system_actor())
    article.move("submit", system_actor())
    return article.move("publish", system_actor(), audience=audience, expires_on=UNTIL)


def test_an_article_without_question_and_answer_goes_to_no_review(db):
    with pytest.raises(Refused) as refused:
        Article(title="Empty").save_as(system_actor()).move("submit", system_actor())
    assert [(r.control, r.clause) for r in refused.value.reasons] == [("knowledge.complete", "3.3.2")] * 2


def test_the_author_does_not_approve_their_own_article(engineer, make_actor):
    author = make_actor(("service.article", "*", "all"), person=engineer.pk)
    article = Article(title="Pool", symptom="slow", body="restart").save_as(author)
    assert article.author == engineer
    article.move("submit", author)
    with pytest.raises(Refused):
        article.move("publish", author, audience="internal", expires_on=UNTIL)
    other = make_actor(("service.article", "*", "all"))
    assert article.move("publish", other, audience="internal", expires_on=UNTIL).state == "PUBLISHED"


def test_a_contact_sees_only_what_is_published_for_customers(make_actor):
    house, theirs = published(), published("customers", title="Sign in")
    draft = Article(title="Draft", audience="customers").save_as(system_actor())
    contact = make_actor(("service.article", "view", "customer"), customers=[1], external=True)
    assert list(Article.objects.visible_to(contact)) == [theirs]
    colleague = make_actor(("service.article", "view", "all"))
    assert set(Article.objects.visible_to(colleague)) == {house, theirs, draft}
    theirs.move("retire", system_actor(), reason="old")
    assert not Article.objects.visible_to(contact).exists()


def test_a_published_text_is_changed_by_its_next_edition_which_replaces_it(db):
    article = published()
    article.body = "Otherwise"
    with pytest.raises(ValidationError):
        article.save_as(system_actor())
    article.refresh_from_db()
    article.move("revise", system_actor())
    draft = Article.objects.get(replaces=article)
    assert (draft.edition, draft.body, draft.state) == (2, "Restart the pool.", "DRAFT")
    draft.move("submit", system_actor())
    draft.move("publish", system_actor(), audience="internal", expires_on=UNTIL)
    article.refresh_from_db()
    assert article.state == "RETIRED"


def test_an_article_comes_of_a_resolved_incident_and_is_used_once_on_a_ticket(incident):
    ticket = bring_to_work(incident())
    with pytest.raises(ValidationError):
        services.write_from(ticket, system_actor())
    resolve(ticket)
    article = services.write_from(ticket, system_actor())
    assert article.born_of == ticket
    assert "power supply" in article.body
    other = incident()
    services.use(article, other, system_actor())
    services.use(article, other, system_actor())
    assert article.uses.count() == 1
    assert entries_of(other).filter(verb="article-used").count() == 1


def test_a_readers_second_opinion_replaces_the_first(make_actor):
    article, reader = published(), make_actor()
    services.judge(article, reader, helpful=False, note="no pictures")
    services.judge(article, reader, helpful=True)
    assert list(article.feedback.values_list("helpful", "note")) == [(True, "")]


def test_an_article_like_the_text_is_suggested_to_those_who_may_read_it(make_actor):
    published(title="支付網關大面積超時", symptom="付款超時", body="擴大連接池")
    published("customers", title="VPN 無法連接", symptom="VPN 認證失敗", body="更新證書")
    house = make_actor(("service.article", "view", "all"))
    contact = make_actor(("service.article", "view", "customer"), customers=[1], external=True)
    assert [each.answer for each in services.suggest(house, "網關超時嚴重")] == ["擴大連接池"]
    assert services.suggest(contact, "網關超時嚴重") == []
    assert [each.answer for each in services.suggest(contact, "vpn 連接不上")] == ["更新證書"]


def test_an_article_that_helps_fewer_than_it_disappoints_is_an_exception(make_actor):
    good, bad = published(), published(title="Otherwise")
    for number, article in enumerate([good, good, bad, bad, bad]):
        services.judge(article, make_actor(), helpful=number in (0, 1, 2))
    measure = CHECKS["knowledge.helpful"].measures({})[0]
    assert set(measure.records) == {good, bad}
    assert list(measure.records.filter(measure.exception)) == [bad]


def test_an_article_that_names_a_customer_is_not_published_for_customers(customer):
    with pytest.raises(Refused) as refused:
        published("customers", body="As at East Securities: restart.")
    assert [reason.control for reason in refused.value.reasons] == ["knowledge.names-no-customer"]
    assert published(body="As at East Securities: restart.").state == "PUBLISHED"
