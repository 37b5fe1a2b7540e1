"""Approvals that come round: overdue ones go to whom the policy names."""

from __future__ import annotations

from opscharter.kernel.approvals.requests import escalate_overdue
from opscharter.kernel.jobs.queue import job


@job()
def escalate_overdue_approvals() -> int:
    """Run `escalate_overdue`; returns how many requests got further voters."""
    return len(escalate_overdue())
