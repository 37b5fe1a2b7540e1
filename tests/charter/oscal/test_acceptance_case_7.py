"""Acceptance case 7: what is exported validates by the official schema, and comes back with 0 differences."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import Q
from django.test import Client

from opscharter.charter.evaluation import run
from opscharter.charter.frameworks.models import Framework
from opscharter.charter.models import Clause, Edition
from opscharter.charter.oscal.exchange import KINDS, document, take
from opscharter.charter.oscal.schema import BadDocument, parse
from opscharter.charter.standing import in_force
from opscharter.charter.waivers.models import Waiver
from opscharter.kernel import moment
from opscharter.kernel.access.actor import system_actor
from opscharter.kernel.users.models import User
from opscharter.organization.seed import install_roles

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("regulation")]
PROFILE = Path(__file__).parents[4] / "shared/data/oscal/NIST_SP-800-53_rev5_MODERATE-baseline_profile.json"


@pytest.fixture
def _life(declare, departments):
    """Let one check fail, one err and one pass, and an exception be asked for."""
    declare("a-fails", Q(code="D1"))
    declare("b-passes", Q(code="none"))
    declare("c-errs", None)
    run(system_actor())
    until = moment.now() + dt.timedelta(days=9)
    Waiver(control="incident.fully-tested", reason="No\npower", expires_at=until).save_as(system_actor())


@pytest.mark.usefixtures("_life")
@pytest.mark.parametrize("kind", KINDS)
def test_case_7_an_export_validates_and_its_import_gives_0_differences(kind):
    before = (Edition.objects.count(), Clause.objects.count())
    text = document(kind, system_actor())
    model, said = parse(text)
    assert model == KINDS[kind]
    assert said["metadata"]["oscal-version"] == "1.1.2"
    taken = take(text, system_actor())
    assert (taken.differences, taken.draft) == ([], None)
    assert (Edition.objects.count(), Clause.objects.count()) == before


def test_the_catalog_holds_every_clause_in_three_languages():
    catalog = json.loads(document("catalog", system_actor()))["catalog"]
    controls = [
        c for chapter in catalog["groups"] for section in chapter.get("groups", ()) for c in section["controls"]
    ]
    assert len(controls) == in_force().clauses.count()
    assert all(len(control["parts"]) == 3 for control in controls)


def test_a_catalog_that_differs_becomes_a_draft_and_what_is_in_force_stays():
    edition = in_force()
    made = json.loads(document("catalog", system_actor()))
    made["catalog"]["groups"][1]["groups"][0]["controls"][0]["parts"][0]["prose"] = "Another purpose."
    taken = take(json.dumps(made).encode(), system_actor())
    assert len(taken.differences) == 1
    assert taken.draft.state == "DRAFT"
    assert taken.draft.clauses.count() == edition.clauses.count()
    assert in_force() == edition


@pytest.mark.parametrize(
    ("spoil", "place"),
    [
        (lambda catalog: catalog.pop("uuid"), "$.catalog"),
        (lambda catalog: catalog["metadata"].update({"last-modified": "yesterday"}), "$.catalog.metadata"),
        (lambda catalog: catalog["groups"][1].update({"id": "not a token"}), "$.catalog.groups[1]"),
        (lambda catalog: catalog["groups"][1]["groups"][0]["controls"][0]["props"][0].update({"value": "1.1"}),
         "$.catalog.groups[1].groups[0].controls[0]"),
    ],
)  # fmt: skip
def test_a_malformed_catalog_is_refused_with_place_and_reason_and_changes_nothing(spoil, place):
    before = (Edition.objects.count(), Clause.objects.count())
    made = json.loads(document("catalog", system_actor()))
    spoil(made["catalog"])
    with pytest.raises(BadDocument) as refused:
        take(json.dumps(made).encode(), system_actor())
    problem = refused.value.problems[0]
    assert problem.place.startswith(place)
    assert problem.reason
    assert (Edition.objects.count(), Clause.objects.count()) == before


@pytest.mark.parametrize("text", [b"", b"{", b"[]", b'{"catalogue": {}}', b"\xff\xfe", b"[" * 100_000])
def test_what_is_no_oscal_is_refused(text):
    with pytest.raises(BadDocument):
        take(text, system_actor())


def test_the_page_sends_a_document_and_refuses_a_bad_one_with_its_place():
    install_roles(system_actor())
    browser = Client()
    browser.force_login(User.objects.create_superuser("root"), backend="django.contrib.auth.backends.ModelBackend")
    assert browser.get("/regulation/oscal/").status_code == 200
    sent = browser.get("/regulation/oscal/catalog/")
    assert parse(sent.content)[0] == "catalog"
    answer = browser.post("/regulation/oscal/", {"file": SimpleUploadedFile("bad.json", b'{"catalog": {}}')})
    assert answer.status_code == 422
    assert "$.catalog" in answer.content.decode()


@pytest.mark.skipif(not PROFILE.is_file(), reason="the shared data are not here")
def test_the_profile_of_800_53_moderate_selects_287_controls_of_which_110_enhance_others_in_18_families():
    ids = take(PROFILE.read_bytes(), system_actor()).ids
    assert len(ids) == 287
    assert sum("." in each for each in ids) == 110
    assert len({each.partition("-")[0] for each in ids}) == 18
    kept = Framework.objects.get().requirements
    assert kept.count() == 287
    take(PROFILE.read_bytes(), system_actor())
    assert kept.count() == 287
