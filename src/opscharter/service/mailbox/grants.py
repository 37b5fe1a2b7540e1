"""What the default roles may do with mail."""

from __future__ import annotations

from opscharter.kernel.access.actor import Reach
from opscharter.kernel.resources.site import GrantLine

ALL, TREE, DEPARTMENT = Reach.ALL, Reach.DEPARTMENT_TREE, Reach.DEPARTMENT
MAILBOX, MESSAGE, OUTGOING = "service.mailbox", "service.mailmessage", "service.outgoingmail"
DECIDE = "view edit comment history accept discard examine-again"
GRANTS: dict[str, list[GrantLine]] = {
    "hotline": [(MAILBOX, "view", ALL), (MESSAGE, DECIDE, ALL), (OUTGOING, "view history send-again", ALL)],
    "service-manager": [
        (MAILBOX, "view create edit archive comment history export import share-view switch-on switch-off", ALL),
        (MESSAGE, f"{DECIDE} export share-view", ALL), (OUTGOING, "view history send-again export", ALL),
    ],
    "engineer": [(MESSAGE, "view", DEPARTMENT), (OUTGOING, "view", DEPARTMENT)],
    "technical-support": [(MESSAGE, DECIDE, DEPARTMENT), (OUTGOING, "view send-again", DEPARTMENT)],
    "department-manager": [(MAILBOX, "view", TREE), (MESSAGE, "view", TREE), (OUTGOING, "view", TREE)],
    "quality-supervisor": [(kind, "view history export", ALL) for kind in (MAILBOX, MESSAGE, OUTGOING)],
    "security-officer": [(kind, "view", ALL) for kind in (MAILBOX, MESSAGE, OUTGOING)],
}  # fmt: skip
