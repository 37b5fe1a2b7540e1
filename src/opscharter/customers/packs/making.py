"""Making a pack: ordered at once, done by the worker, kept with the hashes that prove it."""

from __future__ import annotations

import hashlib
import json
import uuid
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.utils.translation import override

from opscharter.charter.texts.markdown_files import export
from opscharter.customers.packs.content import Gathered, gather
from opscharter.customers.packs.document import report
from opscharter.customers.packs.models import CompliancePack, State
from opscharter.customers.packs.sealing import seal
from opscharter.kernel import moment
from opscharter.kernel.access.actor import Actor, actor_for, system_actor
from opscharter.kernel.audit.trail import write_entry
from opscharter.kernel.jobs.queue import job
from opscharter.kernel.users.models import User


def _json(content: Any) -> bytes:
    return json.dumps(content, cls=DjangoJSONEncoder, ensure_ascii=False, indent=1).encode()


def _orderer(pack: CompliancePack) -> Actor:
    """Return who ordered the pack, with what they may see now; a pack ordered by the product itself sees all."""
    user = User.objects.filter(pk=pack.created_by_id).first() if pack.created_by_id else None
    return actor_for(user) if user else system_actor()


def files_of(pack: CompliancePack, made: Gathered) -> dict[str, bytes]:
    """Return the files of a pack by their names within."""
    files = {
        "regulation.md": export(made.edition, pack.language).encode(),
        "results.json": _json(made.results),
        "evidence/exceptions.json": _json(made.exceptions),
        "evidence/guard-decisions.json": _json(made.decisions),
        "evidence/attestations.json": _json(made.attestations),
    }
    for name, kept in made.files:
        with default_storage.open(kept.path) as file:
            files[name] = file.read()
    hashes = [(name, hashlib.sha256(content).hexdigest()) for name, content in sorted(files.items())]
    files["report.pdf"] = report(pack, made, hashes)
    return files


def make(pack: CompliancePack) -> CompliancePack:
    """Make the file of a pack, keep it, and say that it is ready."""
    orderer, actor = _orderer(pack), system_actor()
    with override(pack.language):
        made = gather(pack, orderer)
        files = files_of(pack, made)
    pack.built_at, pack.edition = moment.now(), made.results["edition"]
    about = {
        "number": pack.number, "customer": made.results["customer"], "period": pack.period, "edition": pack.edition,
        "language": pack.language, "made": pack.built_at.isoformat(timespec="seconds"), "ordered_by": orderer.label,
    }  # fmt: skip
    content, pack.manifest = seal(about, files)
    pack.size, pack.sha256 = len(content), hashlib.sha256(content).hexdigest()
    pack.path = default_storage.save(f"packs/{uuid.uuid4().hex}", ContentFile(content))
    try:
        pack.save_as(actor)
        pack = pack.move("finish", actor)
        write_entry(actor, "pack:made", record=pack, changes=pack.recorded)
    except Exception:
        default_storage.delete(pack.path)
        raise
    return pack


@job(retries=0)
def make_pack(pk: int) -> None:
    """Make a pack; what goes wrong is said on it, so that nobody waits for it."""
    pack = CompliancePack.objects.select_related("customer").get(pk=pk)
    if pack.state != State.ORDERED:
        return
    try:
        with transaction.atomic():
            make(pack)
    except Exception as problem:
        failed = CompliancePack.objects.get(pk=pk)
        failed.problem = f"{type(problem).__name__}: {problem}"[:200]
        failed.save_as(system_actor())
        failed.move("fail", system_actor())
