"""Reading, taking away and watching over the audit trail."""

from __future__ import annotations

import csv
import io
import json

import pytest
from django.db import connection
from django.test import Client

from opscharter.kernel.access import actor as access
from opscharter.kernel.access.actor import system_actor
from opscharter.kernel.audit import rules
from opscharter.kernel.audit.checking import verify_now
from opscharter.kernel.audit.models import AuditEntry
from opscharter.kernel.audit.sealing import verify
from opscharter.kernel.audit.trail import write_entry

pytestmark = pytest.mark.django_db


@pytest.fixture
def reader(make_actor, monkeypatch):
    """Return the browser of somebody who may read and export the trail."""
    actor = make_actor(("kernel.auditentry", "view", "all"), ("kernel.auditentry", "export", "all"))
    monkeypatch.setattr(access, "_provider", [lambda user: actor])
    browser = Client(headers={"accept-language": "en"})
    browser.force_login(actor.user, backend="django.contrib.auth.backends.ModelBackend")
    return browser


@pytest.fixture
def trail(db):
    """Return a trail of 250 entries, one of them a refusal."""
    for number in range(249):
        write_entry(system_actor(), "edit", changes={"title": ["a", f"b{number}"]}, note=f"note {number}")
    write_entry(system_actor(), "refused:resolve", note="no cause")
    return list(AuditEntry.objects.order_by("pk").values_list("pk", flat=True))


def test_the_trail_is_found_by_who_what_when_and_words(reader, trail):
    assert "refused:resolve" in reader.get("/audit/", {"action": "refused:"}).content.decode()
    assert "note 7" in reader.get("/audit/", {"q": "note 7"}).content.decode()
    assert "Nothing matches" in reader.get("/audit/", {"to": "2001-01-01"}).content.decode()
    assert "Nothing matches" in reader.get("/audit/", {"who": "nobody here"}).content.decode()


def test_pages_go_on_where_the_last_one_ended(reader, trail):
    seen, url = [], "/audit/?action=edit"
    while url:
        page = reader.get(url).context["page"]
        seen += [line.entry.pk for line in page.lines]
        url = f"/audit/{page.older}" if page.older else ""
    assert seen == sorted(trail[:249], reverse=True)


def test_a_date_that_is_none_is_named(reader, trail):
    answer = reader.get("/audit/", {"from": "yesterday"})
    assert answer.status_code == 400
    assert "yesterday" in answer.content.decode()
    assert reader.get("/audit/export/", {"from": "2026-13-01"}).status_code == 400


def test_what_is_taken_away_is_complete_and_on_record(reader, trail):
    text = b"".join(reader.get("/audit/export/").streaming_content).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert {int(row["id"]) for row in rows} >= set(trail)
    assert json.loads(rows[-1]["changes"]) == {"title": ["a", "b0"]}
    assert AuditEntry.objects.order_by("-pk").first().action == "export"


def test_the_anchor_taken_off_the_system_finds_a_cut_end(reader, trail):
    head = json.loads(reader.post("/audit/anchor/").content)
    assert verify(head["hash"]).intact
    assert verify("0" * 64).anchor_missing
    assert reader.get("/audit/anchor/").status_code == 405


def test_whoever_is_not_granted_the_trail_does_not_find_it(make_actor, monkeypatch, trail):
    actor = make_actor()
    monkeypatch.setattr(access, "_provider", [lambda user: actor])
    browser = Client()
    browser.force_login(actor.user, backend="django.contrib.auth.backends.ModelBackend")
    assert {browser.get(url).status_code for url in ("/audit/", "/audit/export/")} == {404}
    assert browser.post("/audit/anchor/").status_code == 404


def test_the_nightly_verification_names_what_was_altered_and_shows_it(reader, trail):
    assert verify_now().intact
    assert "as it was written" in reader.get("/audit/").content.decode()
    rules.drop(connection)
    AuditEntry.objects.filter(pk=trail[100]).update(note="nothing happened")
    rules.create(connection)
    found = verify_now()
    assert (found.intact, found.findings["altered"]) == (False, [trail[100]])
    assert str(trail[100]) in reader.get("/audit/").content.decode()
