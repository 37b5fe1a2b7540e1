"""The API held to its own OpenAPI document: every operation answers what the document says, and never breaks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.core import signals
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import response_schema_conformance, status_code_conformance

from opscharter.kernel.api.tokens import issue
from tests.contract.conftest import actor_named

pytestmark = pytest.mark.django_db
CHECKS = [not_a_server_error, status_code_conformance, response_schema_conformance]
EXAMPLES = settings(
    max_examples=3, deadline=None, derandomize=True, database=None, phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)  # fmt: skip


@pytest.fixture(scope="module")
def application() -> Iterator[Any]:
    """Return the product as a server calls it; a request's end must not close the tests' own connection."""
    for signal in (signals.request_started, signals.request_finished):
        signal.disconnect(close_old_connections)
    yield get_wsgi_application()
    for signal in (signals.request_started, signals.request_finished):
        signal.connect(close_old_connections)


@pytest.fixture(scope="module")
def key(_company: None, django_db_blocker: Any) -> dict[str, str]:
    """Return the header of an administrator's key."""
    with django_db_blocker.unblock():
        return {"Authorization": f"Bearer {issue(actor_named('admin'), 'contract', days=1)[1]}"}


@pytest.fixture(scope="module")
def document(application: Any, key: dict[str, str], django_db_blocker: Any) -> Any:
    """Return the API's document as it is served."""
    with django_db_blocker.unblock():
        return schemathesis.openapi.from_wsgi("/api/v1/schema/", application, headers=key)


def test_every_operation_keeps_its_word_whatever_it_is_sent(resource, row, document, key):
    base = f"/api/v1/{resource.chapter}/{resource.slug}/"
    operations = [each.ok() for each in document.get_all_operations() if each.ok().path.startswith(base)]
    assert {each.method for each in operations} >= {"get", "post", "patch"}
    for operation in operations:

        @EXAMPLES
        @given(case=operation.as_strategy())
        def keeps_its_word(case: Any) -> None:
            if "id" in case.path_parameters and case.method != "DELETE":
                case.path_parameters["id"] = row.pk  # a row that exists goes deeper than one that does not
            answer = case.call(headers=key)
            case.validate_response(answer, checks=CHECKS)

        keeps_its_word()
