"""Details of assets by type: defined in the browser, held to their definitions however they arrive."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from opscharter.assets.models import Asset, AssetAttribute, AssetType
from opscharter.kernel.access.actor import system_actor
from opscharter.kernel.attributes.values import read_all, shown_all
from opscharter.kernel.users.models import User
from opscharter.organization.models import Role, RoleGrant

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_english():
    with override("en"):
        yield


@pytest.fixture
def server(db):
    return AssetType(label="Rack server", label_zh_hant="機架式服務器", kind="server").save_as(system_actor())


def detail(kind_of, code, **more):
    more.setdefault("label", code.capitalize())
    return AssetAttribute(type=kind_of, code=code, **more).save_as(system_actor())


def asset(kind_of, **details):
    return Asset(name="host-1", kind="server", type=kind_of, attributes=details).save_as(system_actor())


def problems_of(kind_of, **details):
    with pytest.raises(ValidationError) as refused:
        asset(kind_of, **details)
    return refused.value.message_dict["attributes"]


def test_every_kind_of_value_is_kept_in_one_form(server):
    detail(server, "os")
    detail(server, "cpus", kind="number")
    detail(server, "bought", kind="date")
    detail(server, "encrypted", kind="yes-no")
    detail(server, "raid", kind="choice", options=["1", "5"])
    detail(server, "uses", kind="choices", options=["web", "mail", "files"])
    kept = asset(
        server, os="  Debian 12 ", cpus="1,024.50", bought="2026-02-03", encrypted="是", raid="5", uses=["files", "web"]
    )
    assert kept.attributes == {
        "os": "Debian 12", "cpus": "1024.5", "bought": "2026-02-03", "encrypted": True, "raid": "5",
        "uses": ["web", "files"],
    }  # fmt: skip


def test_each_wrong_value_is_named_by_its_field(server):
    detail(server, "cpus", kind="number", least=1, most=64)
    detail(server, "bought", kind="date")
    detail(server, "raid", kind="choice", options=["1", "5"])
    detail(server, "os", required=True)
    assert problems_of(server, cpus="many", bought="3/2/2026", raid="7", colour="red") == [
        "“colour” is not a detail of this kind.",
        "Cpus: Give a number.",
        "Bought: Give a date as YYYY-MM-DD.",
        "Raid: Choose one of: 1、5.",
        "Os: This must be filled in.",
    ]
    assert problems_of(server, os="x", cpus="65") == ["Cpus: Not more than 64."]
    assert problems_of(server, os="x", cpus="NaN") == ["Cpus: Give a number."]


def test_a_field_that_depends_on_another_is_asked_only_then(server):
    detail(server, "os", kind="choice", options=["Linux", "Windows"])
    detail(server, "kernel", required=True, asked_when="os=Linux", position=20)
    assert asset(server, os="Windows", kernel="left over").attributes == {"os": "Windows"}
    assert problems_of(server, os="Linux") == ["Kernel: This must be filled in."]


def test_a_type_of_another_kind_is_refused(server):
    with pytest.raises(ValidationError) as refused:
        Asset(name="db", kind="database", type=server).save_as(system_actor())
    assert refused.value.message_dict == {"type": ["This type is a server."]}


def test_definitions_no_value_could_satisfy_are_refused(server):
    for code, more, field in (
        ("Rack Unit", {}, "code"),
        ("raid", {"kind": "choice", "options": ["5"]}, "options"),
        ("cpus", {"kind": "number", "least": 9, "most": 1}, "most"),
        ("kernel", {"asked_when": "nowhere=1"}, "asked_when"),
    ):
        with pytest.raises(ValidationError) as refused:
            detail(server, code, **more)
        assert list(refused.value.message_dict) == [field]


def test_names_and_values_are_shown_in_the_readers_language(server):
    detail(server, "encrypted", kind="yes-no", label="Disk encrypted", label_zh_hant="磁碟已加密")
    kept = asset(server, encrypted=True)
    with override("zh-hant"):
        assert str(server) == "機架式服務器"
        assert shown_all(kept.attribute_definitions(), kept.attributes) == [("磁碟已加密", "是")]
    with override("en"):
        assert shown_all(kept.attribute_definitions(), kept.attributes) == [("Disk encrypted", "yes")]


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(), lambda e: st.lists(e) | st.dictionaries(st.text(), e)
    )
)
def test_whatever_is_sent_is_kept_or_refused_and_what_is_kept_is_kept_again(anything):
    definitions = [AssetAttribute(code=kind, label=kind, kind=kind, options=["a", "b"]) for kind in AssetAttribute.Kind]
    for sent in (anything, dict.fromkeys(AssetAttribute.Kind, anything), {"text": anything, "number": anything}):
        try:
            kept = read_all(definitions, sent)
        except ValidationError:
            continue
        assert read_all(definitions, kept) == kept


def test_the_form_shows_the_fields_of_the_chosen_type_and_keeps_what_was_typed_beside_each_error(server):
    detail(server, "cpus", kind="number")
    detail(server, "os", required=True, position=5)
    role = Role(code="administrator", name="all").save_as(system_actor())
    RoleGrant(role=role, record_type="*", action="*", reach="all").save_as(system_actor())
    browser = Client(headers={"Accept-Language": "en"})
    browser.force_login(User.objects.create_superuser("root"), backend="django.contrib.auth.backends.ModelBackend")
    chosen = browser.get(f"/assets/assets/new/?kind=server&type={server.pk}").content.decode()
    assert chosen.index("attributes.os") < chosen.index("attributes.cpus")
    assert "attributes.os" not in browser.get("/assets/assets/new/").content.decode()
    typed = {"name": "host-9", "kind": "server", "type": server.pk, "criticality": 2, "attributes.cpus": "lots"}
    refused = browser.post("/assets/assets/new/", typed)
    page = refused.content.decode()
    assert refused.status_code == 422
    for seen in ('value="lots"', "Give a number.", "This must be filled in."):
        assert seen in page
    mended = {**typed, "attributes.cpus": "8", "attributes.os": "Debian"}
    assert browser.post("/assets/assets/new/", mended).status_code == 302
    stored = Asset.objects.get(name="host-9")
    assert stored.attributes == {"os": "Debian", "cpus": "8"}
    told = browser.get(f"/assets/assets/{stored.pk}/").content.decode()
    assert "Debian" in told
    assert "Cpus" in told


def test_what_can_be_chosen_and_the_help_are_told_in_the_readers_language(server):
    field = detail(
        server, "colour", kind="choices", options=["Blue | 藍色 | 蓝色", "Red"], help="Of the front.",
        help_zh_hant="正面的顏色。",
    )  # fmt: skip
    kept = asset(server, colour=["Red", "Blue"])
    assert kept.attributes == {"colour": ["Blue", "Red"]}, "the first text is what is kept"
    for language, told, hint in (
        ("en", "Blue、Red", "Of the front."), ("zh-hant", "藍色、Red", "正面的顏色。"), ("zh-hans", "蓝色、Red", "Of the front."),
    ):  # fmt: skip
        with override(language):
            assert shown_all([field], kept.attributes)[0][1] == told
            assert field.hint == hint
    assert problems_of(server, colour=["藍色"])
