"""Verifying the trail on schedule, and telling those who watch over it when it is not as it was written."""

from __future__ import annotations

from opscharter.kernel import moment
from opscharter.kernel.audit.models import AuditVerification
from opscharter.kernel.audit.sealing import anchor, seal, verify

MOST_NAMED = 100


def verify_now() -> AuditVerification:
    """Seal, verify against the anchor of the last verification, and keep what was found."""
    seal()
    last = AuditVerification.objects.filter(intact=True).order_by("-pk").first()
    found = verify(last.anchor if last else "")
    named = {"altered": found.altered, "missing": found.missing, "broken blocks": found.broken_blocks}
    findings: dict[str, object] = {name: ids[:MOST_NAMED] for name, ids in named.items() if ids}
    if found.anchor_missing:
        findings["anchor missing"] = True
    return AuditVerification.objects.create(
        at=moment.now(),
        entries=found.entries,
        blocks=found.blocks,
        intact=found.intact,
        findings=findings,
        anchor=str(anchor()["hash"]) if found.intact else "",
    )
