"""Answers to the form of a catalogue item: typed, validated in one place, the same for portal, API and desk."""

from __future__ import annotations

import base64

import pytest
from django.core.exceptions import ValidationError
from django.utils.translation import override

from opscharter.assets.models import Asset
from opscharter.customers.models import Service
from opscharter.kernel.access.actor import system_actor
from opscharter.kernel.files.models import Attachment
from opscharter.service.portal.models import CatalogueField
from opscharter.service.portal.resources import answers_of
from opscharter.service.tickets.models import ServiceRequest

pytestmark = pytest.mark.django_db
GOOD = {"name": " Qian ", "seats": "3", "start": "2026-01-31", "system": "Debian", "rights": ["B", "A"], "laptop": True,
        "bag": "red"}  # fmt: skip


@pytest.fixture
def asked(item, customer):
    """Return a maker of requests for the item."""

    def make(answers, **more):
        about = {"title": "x", "description": "x", "customer": customer, "service": item, "urgency": 2, **more}
        return ServiceRequest(**about, attributes=answers).save_as(system_actor())

    return make


def problems(make, answers, **more):
    with pytest.raises(ValidationError) as error:
        make(answers, **more)
    return error.value.message_dict["attributes"]


def test_every_kind_is_stored_in_its_type(asked, host):
    made = asked({**GOOD, "host": str(host.pk)})
    made.refresh_from_db()
    assert made.attributes == {
        "name": "Qian", "seats": "3", "start": "2026-01-31", "system": "Debian", "rights": ["A", "B"], "laptop": True,
        "bag": "red", "host": host.pk,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("code", "value", "words"),
    [
        ("name", "", "must be filled in"), ("seats", "three", "Give a number"), ("seats", 0, "Not less than 1"),
        ("seats", 21, "Not more than 20"), ("start", "31.1.2026", "Give a date"), ("system", "mac", "Choose one of"),
        ("rights", ["C"], "Choose one of"), ("laptop", "perhaps", "yes or no"), ("host", 999_999, "no such asset"),
        ("host", "x", "no such asset"), ("form", 5, "not a file"), ("form", "theirs.pdf", "not a file"),
        ("form", {"name": "x"}, "base64"), ("no_such", "x", "not a detail"),
    ],
)  # fmt: skip
def test_an_answer_that_does_not_fit_is_named(asked, code, value, words):
    (problem,) = problems(asked, {**GOOD, code: value})
    assert words in problem
    assert code in problem


def test_a_condition_decides_whether_a_question_is_asked_and_then_required(asked):
    assert "Asked which" in problems(asked, {**GOOD, "system": "Other"})[0]
    assert asked({**GOOD, "system": "Other", "which": "BeOS"}).attributes["which"] == "BeOS"
    assert "bag" not in asked({**GOOD, "laptop": False}).attributes, "what is not asked is not kept"


def test_an_asset_of_another_customer_or_kind_does_not_exist(asked, customer, other_customer):
    foreign = Asset(name="west-vm-01", kind="server", customer=other_customer).save_as(system_actor())
    printer = Asset(name="east-printer", kind="endpoint", customer=customer).save_as(system_actor())
    for asset in (foreign, printer):
        assert problems(asked, {**GOOD, "host": asset.pk}) == ["Asked host: There is no such asset."]


def test_answers_are_told_in_the_readers_language(asked, host):
    made = asked({**GOOD, "system": "Other", "which": "BeOS", "host": host.pk})
    for language, label, rights, laptop, system in (
        ("en", "Asked name", "A、B", "yes", "Other"), ("zh-hant", "問name", "甲、乙", "是", "其他"),
        ("zh-hans", "Asked name", "甲、乙", "是", "其它"),
    ):  # fmt: skip
        with override(language):
            told = {each.label: each.value for each in answers_of(made, system_actor())}
        assert told[label] == "Qian"
        assert {rights, laptop, system, "east-vm-01"} <= set(told.values()), language


def test_who_asks_by_telephone_need_not_answer_but_what_is_answered_must_fit(asked):
    plain = asked({}, channel="phone")
    assert (plain.attributes, plain.answered_for_id) == ({}, None)
    assert "Asked name" in problems(asked, {"seats": 2}, channel="phone")[0]
    assert len(problems(asked, {}, channel="portal")) == 2


def test_answers_outlive_another_service_and_a_question_that_is_taken_out(asked):
    made = asked(GOOD)
    made.service = Service(code="OTH", name="Other").save_as(system_actor())
    made.save_as(system_actor())
    CatalogueField.objects.get(code="rights").archive_as(system_actor(), reason="no longer asked")
    made.refresh_from_db()
    made.title = "y"
    made.save_as(system_actor())
    assert len(answers_of(made, system_actor())) == len(GOOD)


def test_a_kept_file_stays_and_another_replaces_it(asked):
    def paper(words):
        return {"name": "form.txt", "base64": base64.b64encode(words).decode()}

    made = asked({**GOOD, "form": paper(b"one")})
    made.attributes = {**made.attributes, "name": "Duo"}
    made.save_as(system_actor())
    assert made.attributes["form"] == "form.txt"
    made.attributes = {**made.attributes, "form": paper(b"two, signed")}
    made.save_as(system_actor())
    kept = Attachment.objects.filter(record_type="service.servicerequest", record_id=made.pk)
    assert sorted(kept.values_list("name", "size")) == [("form.txt", 3), ("form.txt", 11)]


def api(browser, **given):
    return browser.post("/api/v1/service/requests/", given, content_type="application/json")


def test_the_api_takes_the_same_answers_and_refuses_the_same(item, contact, host):
    asker = contact("wang")
    about = {"title": "Seats", "description": "For new people.", "service": item.pk, "urgency": 2}
    refused = api(asker.browser, **about, attributes={**GOOD, "seats": 99})
    assert refused.status_code == 400
    assert "Asked seats: Not more than 20." in refused.content.decode()
    paper = {"name": "form.txt", "base64": base64.b64encode(b"signed").decode()}
    made = api(asker.browser, **about, attributes={**GOOD, "host": host.pk, "form": paper})
    assert made.status_code == 201, made.content
    assert (made.json()["attributes"]["seats"], made.json()["attributes"]["form"]) == ("3", "form.txt")
    kept = Attachment.objects.get(record_type="service.servicerequest", record_id=made.json()["id"])
    assert (kept.name, kept.size, kept.visibility) == ("form.txt", 6, "customer")


def test_a_program_is_no_answer(item, contact):
    about = {"title": "Seats", "description": "For new people.", "service": item.pk, "urgency": 2}
    program = {"name": "run.exe", "base64": base64.b64encode(b"MZ").decode()}
    assert api(contact("wang").browser, **about, attributes={**GOOD, "form": program}).status_code == 400
    assert not ServiceRequest.objects.exists()
