"""What the default roles may do with chats; a contact sees the own ones only."""

from __future__ import annotations

from opscharter.kernel.access.actor import Reach
from opscharter.kernel.resources.site import GrantLine

ALL, TREE, DEPARTMENT, OWN, CUSTOMER = Reach.ALL, Reach.DEPARTMENT_TREE, Reach.DEPARTMENT, Reach.OWN, Reach.CUSTOMER
CHAT, CHAT_DESK = "service.chat", "service.chatdesk"
ANSWER = "view comment take take-message pass-on put-back hang-up give-up file end history"

GRANTS: dict[str, list[GrantLine]] = {
    "hotline": [(CHAT, ANSWER, ALL), (CHAT_DESK, "view", ALL)],
    "technical-support": [(CHAT, ANSWER, ALL), (CHAT_DESK, "view", ALL)],
    "engineer": [(CHAT, ANSWER, OWN), (CHAT, "view", DEPARTMENT)],
    "department-manager": [(CHAT, "view history export", TREE)],
    "project-manager": [(CHAT, "view", CUSTOMER)],
    "service-manager": [
        (CHAT, f"{ANSWER} export import archive share-view", ALL), (CHAT_DESK, "view create edit archive", ALL),
    ],
    "quality-supervisor": [(CHAT, "view export history", ALL)],
    "customer-contact": [(CHAT, "view rate hang-up give-up", OWN)],
}  # fmt: skip
