"""A company's own regulation comes in from Markdown and goes out again; what cannot be read changes nothing."""

from __future__ import annotations

from io import BytesIO, StringIO

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils.translation import override
from pypdf import PdfReader

from opscharter.charter.markdown import parse, render
from opscharter.charter.models import Clause, Edition
from opscharter.charter.standing import in_force
from opscharter.charter.texts.markdown_files import as_text, export, import_draft
from opscharter.charter.texts.pdf import regulation_pdf
from opscharter.kernel.access.actor import Actor, system_actor
from opscharter.kernel.errors import NotPermitted, Refused
from opscharter.organization.seed import install_roles

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("regulation")]


@pytest.fixture(autouse=True)
def _english():
    with override("en"):
        yield


@pytest.mark.parametrize("language", ["zh-hant", "zh-hans", "en"])
def test_what_is_exported_reads_back_the_same(language):
    text = export(in_force(), language)
    assert render(parse(text)) == text
    found = import_draft(text.encode(), language, system_actor(), dry_run=True)
    assert (found.clauses, found.new, found.gone, found.changed, found.draft) == (90, [], [], [], None)


def test_an_own_regulation_becomes_a_draft_that_keeps_what_is_the_same_and_drops_old_translations():
    text = export(in_force(), "zh-hant").replace("三個工作日內應驗證", "兩個工作日內應驗證")
    draft = import_draft(text.encode(), "zh-hant", system_actor(), dry_run=False).draft
    assert (draft.state, draft.label, in_force().label) == ("DRAFT", "2", "1")
    assert set(draft.clauses.get(number="3.4.2").texts) == {"zh-hant", "zh-hans", "en"}
    assert set(draft.clauses.get(number="3.4.3").texts) == {"zh-hant"}
    assert as_text(draft, "zh-hant").title == as_text(in_force(), "zh-hant").title


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "line 1: the title is missing"),
        (b"# T\n\n## 1 A\n\n### 1.1 B\n\n**1.1.1 H.** x\n\n**1.1.1 H.** y\n", "line 9: 1.1.1 is on line 7 already"),
        (b"# T\n\n## 1 A\n\ntext\n", "line 5: text stands outside an article"),
        (b"# T\n\xff\xfe\n", "line 2: this is not UTF-8 text"),
        (b"# T\n\n\x00\n", "line 3: a character that no text holds"),
    ],
)
def test_malformed_input_is_refused_with_line_and_reason_and_changes_nothing(content, said, tmp_path):
    before = (Edition.objects.count(), Clause.objects.count())
    with pytest.raises(Refused, match=said):
        import_draft(content, "en", system_actor(), dry_run=False)
    file, out = tmp_path / "own.md", StringIO()
    file.write_bytes(content)
    with pytest.raises(SystemExit):
        call_command("import", "regulation", str(file), "--language", "en", stdout=out)
    assert said in out.getvalue()
    assert (Edition.objects.count(), Clause.objects.count()) == before


def test_the_command_tries_before_it_brings_in(tmp_path):
    file, out = tmp_path / "own.md", StringIO()
    file.write_text(export(in_force(), "en"), encoding="utf-8")
    call_command("import", "regulation", str(file), "--language", "en", "--dry-run", stdout=out)
    assert "90 clauses; 0 added, 0 changed, 0 removed" in out.getvalue()
    assert Edition.objects.count() == 1
    call_command("import", "regulation", str(file), "--language", "en", stdout=out)
    assert Edition.objects.filter(state="DRAFT").count() == 1
    with pytest.raises(NotPermitted):
        import_draft(b"# T", "en", Actor(), dry_run=True)


def test_the_pdf_holds_every_clause_and_the_hash():
    words = "".join(page.extract_text() for page in PdfReader(BytesIO(regulation_pdf(in_force(), "en"))).pages)
    assert all(number in words for number in ("1.1.1", "3.4.3", "10.1.2"))
    assert "SHA-256" in words


def test_pages_export_search_import_and_show_a_past_day(django_user_model):
    install_roles(system_actor())
    reader = django_user_model.objects.create(username="reader", is_superuser=True)
    browser = Client(headers={"accept-language": "en"})
    browser.force_login(reader, backend="django.contrib.auth.backends.ModelBackend")
    edition = in_force()
    assert browser.get(f"/regulation/editions/{edition.pk}.md").content.startswith(b"# ")
    assert browser.get(f"/regulation/editions/{edition.pk}.pdf").content.startswith(b"%PDF")
    assert "3.4.2" in browser.get("/regulation/search/", {"q": "rollback"}).content.decode()
    refused = browser.post("/regulation/import/", {"language": "en", "file": BytesIO(b"no title")})
    assert refused.status_code == 422
    assert "line 1" in refused.content.decode()
    assert browser.get("/regulation/", {"on": "2020-01-01"}).status_code == 200
    assert browser.get("/regulation/clauses/3.4.3/", {"on": "2020-01-01"}).status_code == 404
    assert browser.get("/regulation/clauses/3.4.3/", {"on": "yesterday"}).status_code == 404
