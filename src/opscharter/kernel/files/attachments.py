"""Attaching files to records and handing them out: checked on the way in, through the row scope on the way out."""

from __future__ import annotations

import hashlib
import mimetypes
import re
import uuid
from pathlib import PurePath
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import QuerySet
from django.http import FileResponse, Http404
from django.utils.translation import gettext as _

from opscharter.kernel import moment
from opscharter.kernel.access.actor import Actor
from opscharter.kernel.audit.trail import write_entry
from opscharter.kernel.errors import NotPermitted
from opscharter.kernel.files.models import Attachment
from opscharter.kernel.records.writing import permitted
from opscharter.kernel.timeline.models import Visibility

RUNNABLE = {
    ".exe", ".dll", ".com", ".bat", ".cmd", ".msi", ".scr", ".pif", ".ps1", ".vbs", ".vbe", ".js", ".jse", ".wsf",
    ".hta", ".jar", ".lnk", ".reg", ".sh", ".app", ".apk", ".html", ".htm", ".svg", ".xhtml",
}  # fmt: skip
"""What a workstation or browser would run; such a file can travel inside an archive."""

MAGIC = {
    ".pdf": (b"%PDF-",),
    ".png": (b"\x89PNG\r\n\x1a\n",),
    ".jpg": (b"\xff\xd8\xff",),
    ".jpeg": (b"\xff\xd8\xff",),
    ".gif": (b"GIF87a", b"GIF89a"),
    ".zip": (b"PK\x03\x04", b"PK\x05\x06"),
    ".xlsx": (b"PK\x03\x04",),
    ".docx": (b"PK\x03\x04",),
    ".gz": (b"\x1f\x8b",),
}
PROGRAMS = (b"MZ", b"\x7fELF", b"#!")
_UNFIT = re.compile(r"[\x00-\x1f\x7f\u200e\u200f\u202a-\u202e\u2066-\u2069/\\<>:\"|?*]")


def safe_name(name: str) -> str:
    """Return a file's own name without folders, control characters and marks that turn the direction of writing."""
    plain = _UNFIT.sub("_", PurePath(name.replace("\\", "/")).name).strip(". ")
    stem, suffix = PurePath(plain).stem[:180], PurePath(plain).suffix[:20]
    return f"{stem}{suffix}" or "file"


def _check(name: str, size: int, head: bytes) -> None:
    suffix = PurePath(name).suffix.lower()
    if size > settings.MAX_FILE_BYTES:
        limit = settings.MAX_FILE_BYTES // (1024 * 1024)
        raise ValidationError(_("The file is larger than %(limit)s MB.") % {"limit": limit})
    if size == 0:
        raise ValidationError(_("The file is empty."))
    if suffix in RUNNABLE or head.startswith(PROGRAMS):
        raise ValidationError(_("Programs and scripts cannot be attached."))
    if suffix in MAGIC and not head.startswith(MAGIC[suffix]):
        raise ValidationError(_("The file is not what its name says (%(suffix)s).") % {"suffix": suffix})


@transaction.atomic
def attach(record: Any, actor: Actor, uploaded: UploadedFile, *, visibility: str = "internal") -> Attachment:
    """Keep a file with a record; raises NotPermitted or ValidationError.

    What a customer attaches is always visible to the customer.
    """
    seen = Visibility.CUSTOMER if actor.external else Visibility(visibility)
    if not (permitted(record, actor, "comment") or permitted(record, actor, "edit")):
        raise NotPermitted("comment", record._meta.label_lower)
    name = safe_name(uploaded.name or "file")
    head = uploaded.read(16)
    uploaded.seek(0)
    _check(name, uploaded.size or 0, head)
    digest = hashlib.sha256()
    for chunk in uploaded.chunks():
        digest.update(chunk)
    uploaded.seek(0)
    path = default_storage.save(f"attachments/{uuid.uuid4().hex}", uploaded)
    try:
        kept = Attachment.objects.create(
            record_type=record._meta.label_lower,
            record_id=record.pk,
            name=name,
            path=path,
            size=uploaded.size or 0,
            content_type=mimetypes.guess_type(name)[0] or "application/octet-stream",
            sha256=digest.hexdigest(),
            visibility=seen,
            added_at=moment.now(),
            added_by_id=actor.user_id,
        )
        write_entry(actor, "attach", record=record, changes={"file": [None, name], "sha256": [None, kept.sha256]})
    except Exception:
        default_storage.delete(path)
        raise
    return kept


@transaction.atomic
def keep_also(record: Any, actor: Actor, kept: Attachment, *, visibility: str) -> Attachment:
    """Let a file that was checked and kept belong to another record too, as who may see it there; the bytes lie once.

    For chapters whose records become others (a chat a ticket): whoever calls has judged that it may be done.
    """
    there = Attachment.objects.create(
        record_type=record._meta.label_lower, record_id=record.pk, name=kept.name, path=kept.path, size=kept.size,
        content_type=kept.content_type, sha256=kept.sha256, visibility=Visibility(visibility), added_at=moment.now(),
        added_by_id=kept.added_by_id,
    )  # fmt: skip
    write_entry(actor, "attach", record=record, changes={"file": [None, kept.name], "sha256": [None, kept.sha256]})
    return there


def attachments_of(record: Any, actor: Actor) -> QuerySet[Attachment]:
    """Return the files of a record that the actor may see, newest first."""
    found = Attachment.objects.filter(
        record_type=record._meta.label_lower, record_id=record.pk, archived_at__isnull=True
    )
    return (found.filter(visibility=Visibility.CUSTOMER) if actor.external else found).order_by("-added_at", "-pk")


def download(pk: int, actor: Actor) -> FileResponse:
    """Send a file to whoever may see its record; 404 otherwise. Audited."""
    kept = Attachment.objects.filter(pk=pk, archived_at__isnull=True).first()
    if kept is None or (actor.external and kept.visibility != Visibility.CUSTOMER):
        raise Http404
    model: Any = apps.get_model(kept.record_type)
    record = model.objects.visible_to(actor).filter(pk=kept.record_id).first()
    if record is None:
        raise Http404
    write_entry(actor, "download", record=record, changes={"file": [None, kept.name]})
    response = FileResponse(default_storage.open(kept.path), as_attachment=True, filename=kept.name)
    response["Content-Type"] = kept.content_type
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox"
    return response
