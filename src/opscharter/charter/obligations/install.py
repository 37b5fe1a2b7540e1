"""The list every installation begins with: laws and standards that commonly bind an O&M services company."""

from __future__ import annotations

import tomllib
from typing import Any

from dateutil.relativedelta import relativedelta

from opscharter.charter.assurance.owners import holder_of
from opscharter.charter.install import DEFAULT, install_default_regulation
from opscharter.charter.obligations.models import Obligation
from opscharter.kernel import moment
from opscharter.kernel.access.actor import Actor

REVIEW_AFTER = relativedelta(months=3)
"""A new company looks at the list within a quarter; from then on yearly."""


def default_obligations() -> list[dict[str, Any]]:
    """Return the default list with the role that owns each."""
    found: list[dict[str, Any]] = tomllib.loads((DEFAULT / "obligations.toml").read_text("utf-8"))["obligations"]
    return found


def install_obligations(actor: Actor) -> int:
    """Enter the default list unless the register holds something already; returns how many were entered."""
    if Obligation.objects.exists():
        return 0
    install_default_regulation(actor)
    rows = default_obligations()
    for row in rows:
        Obligation(
            code=row["code"],
            title=row["title"],
            kind=row["kind"],
            issuer=row["issuer"],
            binding_since=row["since"],
            asks=row["asks"],
            clauses=row["clauses"],
            owner=holder_of(row["owner"]),
            review_due_on=moment.today() + REVIEW_AFTER,
        ).save_as(actor)
    return len(rows)
