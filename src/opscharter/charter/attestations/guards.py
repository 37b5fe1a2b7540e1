"""What an attestation needs."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from opscharter.kernel.access.actor import Actor
from opscharter.kernel.controls.registry import guard
from opscharter.kernel.controls.wording import Sentence, Wording
from opscharter.kernel.files.models import Attachment


@guard(
    "attestation.evidence", clause="10.1.1", owner="quality-supervisor", overridable=False,
    label=_("Evidence is attached to the attestation"),
)  # fmt: skip
def evidence(attestation: Any, actor: Actor) -> list[Sentence]:
    """At least one file shows what is confirmed."""
    files = Attachment.objects.filter(
        record_type=attestation._meta.label_lower, record_id=attestation.pk, archived_at__isnull=True
    )
    return [] if files.exists() else [_("Attach the evidence first: at least one file.")]


@guard(
    "attestation.by-its-owner", clause="10.1.1", owner="quality-supervisor", overridable=False,
    label=_("The named person confirms in person"),
)  # fmt: skip
def by_its_owner(attestation: Any, actor: Actor) -> list[Sentence]:
    """Whoever is named confirms; nobody confirms for them."""
    if actor.system or attestation.owner_id == actor.user_id:
        return []
    return [Wording(_("%(name)s confirms this in person."), {"name": attestation.owner})]
