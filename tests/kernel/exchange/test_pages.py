"""The import page: choosing, trying, doing."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile

from opscharter.kernel import moment
from tests.kernel.testapp.models import Paper

pytestmark = pytest.mark.django_db
IMPORT = "/library/papers/import/"


@pytest.fixture(autouse=True)
def _own_folder(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def send(browser, content: str, name: str = "papers.csv"):
    """Choose a file on the page."""
    return browser.post(IMPORT, {"file": SimpleUploadedFile(name, content.encode())})


def test_a_file_is_tried_first_and_imported_when_one_says_so(browser):
    page = browser.get(IMPORT)
    assert "number, title, body" in page.content.decode()
    tried = send(browser, "title\nTides\nLOUD\n")
    result = tried.context["page"].result
    assert (result.dry_run, result.created, result.refused, Paper.objects.count()) == (True, 1, 1, 0)
    assert "A title does not shout." in tried.content.decode()
    done = browser.post(IMPORT, {"token": tried.context["page"].token})
    assert (done.context["page"].result.dry_run, done.context["page"].result.created) == (False, 1)
    assert Paper.objects.get().title == "Tides"
    again = browser.post(IMPORT, {"token": tried.context["page"].token})
    assert (again.status_code, Paper.objects.count()) == (422, 1)


def test_when_every_row_goes_in_one_is_led_back_to_the_list(browser):
    token = send(browser, "title\nTides\n").context["page"].token
    assert browser.post(IMPORT, {"token": token}).headers["Location"] == "/library/papers/"


def test_a_file_waits_for_an_hour(browser, librarian):
    token = send(browser, "title\nTides\n").context["page"].token
    folder = f"imports/{librarian.user_id}/testapp.paper"
    assert default_storage.listdir(folder)[1] == [token]
    with moment.at(moment.now() + dt.timedelta(minutes=61)):
        assert browser.post(IMPORT, {"token": token}).status_code == 422
    assert default_storage.listdir(folder)[1] == []
    assert not Paper.objects.exists()


def test_nobody_imports_what_another_has_sent(browser, sign_in, make_actor):
    token = send(browser, "title\nTides\n").context["page"].token
    other = sign_in(make_actor(("testapp.*", "*", "all")))
    assert other.post(IMPORT, {"token": token}).status_code == 422
    for bad in (f"../testapp.paper/{token}", "../../secret_key", "x.csv"):
        assert browser.post(IMPORT, {"token": bad}).status_code == 422
    assert not Paper.objects.exists()


@pytest.mark.parametrize(
    ("content", "name"), [("", "papers.csv"), ("colour\nred\n", "papers.csv"), ("title\n", "papers.xlsx")]
)
def test_a_file_that_cannot_be_read_says_why(browser, content, name):
    answer = send(browser, content, name)
    assert answer.status_code == 422
    assert answer.context["page"].error or not content
    assert not answer.context["page"].token


def test_without_the_grant_there_is_no_such_page(sign_in, make_actor):
    client = sign_in(make_actor(("testapp.paper", "view", "all"), ("testapp.paper", "create", "all")))
    assert client.get(IMPORT).status_code == 404
    assert send(client, "title\nTides\n").status_code == 404
