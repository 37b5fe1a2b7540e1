"""Files come in checked and go out through the row scope of their record; both are in the audit trail."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import FileResponse, Http404
from django.utils import translation
from hypothesis import example, given
from hypothesis import strategies as st

from opscharter.kernel.access.actor import NOBODY, Actor
from opscharter.kernel.audit.models import AuditEntry
from opscharter.kernel.errors import NotPermitted
from opscharter.kernel.files.attachments import RUNNABLE, attach, attachments_of, download, safe_name
from opscharter.kernel.files.models import Attachment
from tests.conftest import MakeActor
from tests.kernel.library import make_paper
from tests.kernel.testapp.models import Paper

PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 20
PDF = b"%PDF-1.7\n%%EOF"
VIEW, COMMENT = ("testapp.paper", "view"), ("testapp.paper", "comment")


@pytest.fixture(autouse=True)
def _own_folder(settings: Any, tmp_path: Path) -> Iterator[None]:
    settings.MEDIA_ROOT = tmp_path
    with translation.override("en"):
        yield


@pytest.fixture
def paper(system: Actor) -> Paper:
    """Return the paper of person 7 for customer 11."""
    return make_paper(system, author=7, customer=11)


def upload(name: str = "log.txt", content: bytes = "第一行\n".encode()) -> SimpleUploadedFile:
    """Return a file as a browser sends it; what it says of the type is not believed."""
    return SimpleUploadedFile(name, content, content_type="text/html")


def sent(pk: int, actor: Actor) -> tuple[FileResponse, bytes]:
    """Download a file; returns the answer and the content."""
    answer = download(pk, actor)
    return answer, b"".join(answer.streaming_content)  # type: ignore[arg-type]


def zipped() -> bytes:
    """Return a small archive."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("run.exe", b"MZ")
    return buffer.getvalue()


def test_a_file_is_kept_as_it_came_with_its_digest(paper: Paper, system: Actor) -> None:
    content = bytes(range(256)) * 5000
    kept = attach(paper, system, upload("trace.bin", content))
    assert (kept.record_type, kept.record_id, kept.name, kept.size) == ("testapp.paper", paper.pk, "trace.bin", 1280000)
    assert kept.sha256 == hashlib.sha256(content).hexdigest()
    assert default_storage.open(kept.path).read() == content
    assert sent(kept.pk, system)[1] == content


def test_the_stored_name_tells_nothing_and_is_never_reused(paper: Paper, system: Actor) -> None:
    first, second = (attach(paper, system, upload("../../etc/passwd.txt")) for _ in range(2))
    assert first.name == second.name == "passwd.txt"
    assert first.path != second.path
    assert all("passwd" not in kept.path and ".." not in kept.path for kept in (first, second))


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.png", PNG), ("A.PNG", PNG), ("a.pdf", PDF), ("a.jpg", b"\xff\xd8\xff\xe0 jfif"), ("a.gif", b"GIF89a..."),
        ("a.zip", zipped()), ("report.xlsx", zipped()), ("報告.txt", b"MX"), ("Makefile", b"all:"), ("a.csv", b"1,2"),
        ("a.log.1", b"#1 started"), (".env.txt", b"A=1"),
    ],
)  # fmt: skip
def test_ordinary_files_are_taken(paper: Paper, system: Actor, name: str, content: bytes) -> None:
    assert attach(paper, system, upload(name, content)).size == len(content)


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        *((f"tool{suffix}", b"text", "Programs") for suffix in sorted(RUNNABLE)),
        ("TOOL.EXE", b"text", "Programs"),
        ("invoice.pdf.exe", PDF, "Programs"),
        ("tool.exe.", b"text", "Programs"),
        ("tool.exe ", b"text", "Programs"),
        ("invoice\u202efdp.exe", b"text", "Programs"),
        ("photo.png", b"MZ\x90\x00", "Programs"),
        ("notes.txt", b"\x7fELF\x02", "Programs"),
        ("notes.txt", b"#!/bin/sh\n", "Programs"),
        ("photo.png", PDF, "not what its name says"),
        ("photo.JPG", PNG, "not what its name says"),
        ("paper.pdf", b"<html><script>", "not what its name says"),
        ("sheet.xlsx", b"1,2,3", "not what its name says"),
        ("empty.txt", b"", "empty"),
    ],
)
def test_what_is_dangerous_or_not_what_it_says_is_refused(
    paper: Paper, system: Actor, name: str, content: bytes, why: str
) -> None:
    with pytest.raises(ValidationError, match=why):
        attach(paper, system, upload(name, content))
    assert not Attachment.objects.exists()
    assert not AuditEntry.objects.filter(action="attach").exists()


def test_a_file_may_be_as_large_as_allowed_and_no_larger(paper: Paper, system: Actor, settings: Any) -> None:
    settings.MAX_FILE_BYTES = 2 * 1024 * 1024
    attach(paper, system, upload(content=b"x" * settings.MAX_FILE_BYTES))
    with pytest.raises(ValidationError, match="larger than 2 MB"):
        attach(paper, system, upload(content=b"x" * (settings.MAX_FILE_BYTES + 1)))


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("C:\\Users\\ann\\報告 final.txt", "報告 final.txt"),
        ("..", "file"),
        ("/", "file"),
        ("...", "file"),
        ("a\x00b\r\nc.txt", "a_b__c.txt"),
        ('a"b<c>|?*.txt', "a_b_c____.txt"),
        (".htaccess", "htaccess"),
        ("in\u202evoice.txt", "in_voice.txt"),
        ("長" * 300 + ".tar.gz", "長" * 180 + ".gz"),
    ],
)
def test_a_name_is_made_safe(name: str, kept: str) -> None:
    assert safe_name(name) == kept


@given(st.text(max_size=400))
@example("x." + "y" * 400)
def test_any_name_is_made_safe(name: str) -> None:
    safe = safe_name(name)
    assert 1 <= len(safe) <= 200
    assert not set(safe) & set('/\\:*?"<>|\r\n\x00\u202e')
    assert safe not in (".", "..")
    assert not safe.startswith(".")


def test_a_download_is_never_shown_by_the_browser_as_a_page(paper: Paper, system: Actor) -> None:
    kept = attach(paper, system, upload("報告.txt", b"<script>alert(1)</script>"))
    answer, _content = sent(kept.pk, system)
    assert answer["Content-Disposition"].startswith("attachment; filename*=utf-8''%E5%A0%B1")
    assert answer["Content-Type"] == "text/plain"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "sandbox"
    assert int(answer["Content-Length"]) == 25


@pytest.mark.parametrize(
    ("grants", "may"),
    [
        ([(*COMMENT, "own")], True),
        ([("testapp.paper", "edit", "own")], True),
        ([(*COMMENT, "customer")], False),
        ([(*VIEW, "all")], False),
        ([], False),
    ],
)
def test_who_may_comment_or_edit_the_row_may_attach(
    paper: Paper, make_actor: MakeActor, grants: list[tuple[str, str, str]], may: bool
) -> None:
    actor = make_actor(*grants, person=7)
    if may:
        assert attach(paper, actor, upload()).added_by == actor.user
    else:
        with pytest.raises(NotPermitted):
            attach(paper, actor, upload())
        assert not Attachment.objects.exists()


def test_only_who_sees_the_record_gets_its_files(paper: Paper, system: Actor, make_actor: MakeActor) -> None:
    kept = attach(paper, system, upload())
    assert sent(kept.pk, make_actor((*VIEW, "own"), person=7))
    for stranger in (make_actor((*VIEW, "own"), person=8), make_actor((*COMMENT, "all"), person=7), NOBODY):
        with pytest.raises(Http404):
            download(kept.pk, stranger)
    with pytest.raises(Http404):
        download(kept.pk + 1, system)


def test_an_archived_file_is_gone_for_readers(paper: Paper, system: Actor) -> None:
    kept = attach(paper, system, upload())
    Attachment.objects.filter(pk=kept.pk).update(archived_at=kept.added_at)
    assert not attachments_of(paper, system).exists()
    with pytest.raises(Http404):
        download(kept.pk, system)


def test_a_customer_sees_only_files_meant_for_customers(paper: Paper, system: Actor, make_actor: MakeActor) -> None:
    customer = make_actor((*VIEW, "customer"), (*COMMENT, "customer"), customers=[11], external=True)
    internal = attach(paper, system, upload("internal.txt"))
    shared = attach(paper, system, upload("shared.txt"), visibility="customer")
    own = attach(paper, customer, upload("own.txt"))
    assert own.visibility == "customer"
    assert list(attachments_of(paper, customer)) == [own, shared]
    assert list(attachments_of(paper, system)) == [own, shared, internal]
    assert sent(shared.pk, customer)
    with pytest.raises(Http404):
        download(internal.pk, customer)


def test_an_unknown_visibility_is_a_mistake_of_the_caller(paper: Paper, system: Actor) -> None:
    with pytest.raises(ValueError, match="everybody"):
        attach(paper, system, upload(), visibility="everybody")


def test_files_of_other_records_are_not_listed(paper: Paper, system: Actor) -> None:
    attach(make_paper(system, "Another"), system, upload())
    assert not attachments_of(paper, system).exists()


def test_coming_and_going_are_in_the_audit_trail(paper: Paper, make_actor: MakeActor) -> None:
    actor = make_actor((*VIEW, "own"), (*COMMENT, "own"), person=7)
    kept = attach(paper, actor, upload())
    sent(kept.pk, actor)
    entries = AuditEntry.objects.filter(action__in=("attach", "download")).order_by("pk")
    assert [(entry.action, entry.record_id, entry.changes) for entry in entries] == [
        ("attach", paper.pk, {"file": [None, "log.txt"], "sha256": [None, kept.sha256]}),
        ("download", paper.pk, {"file": [None, "log.txt"]}),
    ]


def test_a_refused_download_is_not_told_as_one(paper: Paper, system: Actor) -> None:
    kept = attach(paper, system, upload())
    with pytest.raises(Http404):
        download(kept.pk, NOBODY)
    assert not AuditEntry.objects.filter(action="download").exists()


def test_when_the_trail_cannot_be_written_no_file_is_kept(paper: Paper, system: Actor, tmp_path: Path) -> None:
    with (
        mock.patch("opscharter.kernel.files.attachments.write_entry", side_effect=RuntimeError("disk full")),
        pytest.raises(RuntimeError),
    ):
        attach(paper, system, upload())
    assert not Attachment.objects.exists()
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
