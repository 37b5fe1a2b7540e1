"""The OpenAPI document."""

from __future__ import annotations

import json

import pytest
from django.core.management import call_command

pytestmark = pytest.mark.django_db


@pytest.fixture
def document(library, tmp_path, monkeypatch) -> dict:
    """Draw the document of the product and the library together; any warning is an error."""
    out = tmp_path / "schema.json"
    # The generator finds the API by the urls of the settings, which the library has replaced.
    call_command(
        "spectacular",
        "--fail-on-warn",
        "--validate",
        format="openapi-json",
        file=str(out),
        urlconf="tests.kernel.api.urls",
    )
    return json.loads(out.read_text())


def operation(document: dict, method: str, address: str) -> dict:
    """Return one operation on papers."""
    return document["paths"][f"/api/v1/library/papers/{address}"][method]


def shape(document: dict, name: str) -> dict:
    """Return a named shape."""
    return document["components"]["schemas"][name]


def test_operations_have_names_of_their_own(document):
    names = [each["operationId"] for path in document["paths"].values() for each in path.values()]
    assert len(names) == len(set(names))
    assert operation(document, "post", "{id}/moves/{name}/")["operationId"] == "library_papers_moves_create"


def test_a_list_is_described_with_its_filters_and_places(document):
    found = {each["name"]: each["schema"] for each in operation(document, "get", "")["parameters"]}
    assert found["page_size"] == {"type": "integer", "minimum": 1, "maximum": 200}
    assert found["order"]["enum"] == [
        "-id",
        "-number",
        "-pages",
        "-state",
        "-title",
        "id",
        "number",
        "pages",
        "state",
        "title",
    ]
    assert found["state"]["items"]["enum"] == ["draft", "open", "published", "review", "withdrawn"]
    assert {"q", "after", "before", "shelf", "expires_at_from", "expires_at_to", "archived", "id"} <= set(found)
    answer = operation(document, "get", "")["responses"]["200"]["content"]["application/json"]["schema"]
    assert answer == {"$ref": "#/components/schemas/PaperList"}
    assert set(shape(document, "PaperList")["properties"]) == {
        "results",
        "next",
        "previous",
        "total",
        "total_is_capped",
    }


def test_choices_and_limits_hold_for_changes_too(document):
    for name in ("Paper", "PatchedPaper"):
        fields = shape(document, name)["properties"]
        assert fields["title"]["maxLength"] == 120
        assert fields["pages"]["minimum"] == 0
        assert fields["state"]["enum"] == ["draft", "review", "published", "withdrawn"]
        assert fields["state"]["readOnly"]
        assert fields["shelf_label"] == {"type": "string", "readOnly": True, "nullable": True}
        assert "readOnly" not in fields["version"]
    assert shape(document, "Paper")["description"] == "A text with an author that is reviewed, published and withdrawn."
    assert "required" not in shape(document, "PatchedPaper")


def test_steps_are_described_with_their_names_and_inputs(document):
    step = operation(document, "post", "{id}/moves/{name}/")
    names = next(each for each in step["parameters"] if each["name"] == "name")["schema"]["enum"]
    assert names == ["publish", "return", "submit", "withdraw"]
    assert set(shape(document, "PaperStep")["properties"]) == {"pages", "shelf", "published_at", "reason"}


def test_every_refusal_is_described(document):
    for method, address, codes in (
        ("get", "", {"400", "401", "404"}), ("post", "", {"400", "401", "404", "409", "422"}),
        ("patch", "{id}/", {"400", "401", "404", "409"}), ("post", "{id}/moves/{name}/", {"400", "401", "404", "409"}),
    ):  # fmt: skip
        answers = operation(document, method, address)["responses"]
        assert codes <= set(answers)
        for code in codes:
            assert answers[code]["content"]["application/json"]["schema"] == {
                "$ref": "#/components/schemas/ErrorsShape"
            }


def test_record_types_without_a_lifecycle_have_no_steps(document):
    assert "/api/v1/library/shelves/{id}/" in document["paths"]
    assert "/api/v1/library/shelves/{id}/moves/" not in document["paths"]


def test_the_document_is_served(browser):
    answer = browser.get("/api/v1/schema/")
    assert (answer.status_code, answer.json()["info"]["title"]) == (200, "OpsCharter API")
