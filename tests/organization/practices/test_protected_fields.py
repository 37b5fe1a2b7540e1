"""Sensitive fields are shown and taken nowhere without the leave for them: list, filter, order, page, form."""

from __future__ import annotations

import pytest
from django.test import Client

from opscharter.kernel.resources.site import site
from opscharter.organization.models import Employee

pytestmark = pytest.mark.django_db


@pytest.fixture
def phones(company, monkeypatch):
    """Make the phone numbers of employees sensitive; only the administrator holds the leave to see them."""
    monkeypatch.setattr(Employee, "protected_fields", ("phone", "joined_on"))
    person = Employee.objects.get(name="wu")
    person.phone = "13900000001"
    person.save_as(company.actor("admin"))
    return person


def pages(company, name, person):
    client = Client()
    client.force_login(company.people[name].user, backend="django.contrib.auth.backends.ModelBackend")
    base = f"/organization/employees/{person.pk}"
    urls = (f"{base}/", f"{base}/edit/", f"{base}/history/", "/organization/employees/",
            f"/api/v1{base}/", "/organization/employees/export/", "/find/?q=13900000001")  # fmt: skip
    texts = {}
    for url in urls:
        answer = client.get(url)
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        texts[url] = body.decode().replace('value="13900000001"', "" if "find" in url else "13900000001")
    return client, texts


def test_list_page_form_history_api_export_and_search_hide_them(company, phones):
    _client, texts = pages(company, "hr", phones)
    for url, text in texts.items():
        if "find" not in url:
            assert "13900000001" not in text, url
    assert "2020-01-01" not in texts["/organization/employees/"]


def test_who_has_the_leave_sees_them(company, phones):
    _client, texts = pages(company, "admin", phones)
    assert "13900000001" in texts[f"/organization/employees/{phones.pk}/"]
    assert "13900000001" in texts[f"/organization/employees/{phones.pk}/edit/"]


def test_a_list_is_neither_filtered_nor_ordered_by_them(company, phones):
    client, _texts = pages(company, "hr", phones)
    assert client.get("/organization/employees/", {"order": "joined_on"}).status_code == 400
    page = client.get("/organization/employees/", {"joined_on_from": "2030-01-01", "joined_on": "2030-01-01"})
    assert page.context["page"].rows, "an unknown filter narrows nothing"
    assert "joined_on" in site.resource("organization.employee").filters
