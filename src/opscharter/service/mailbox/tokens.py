"""The marks by which an answer finds its ticket: a signed token in the subject, and Message-IDs of our own."""

from __future__ import annotations

import base64
import re
from typing import Any

from django.utils.crypto import constant_time_compare, get_random_string, salted_hmac

from opscharter.service.tickets.models import Incident, ServiceRequest

SALT = "opscharter.mail-token"
LENGTH = 10
MODELS: dict[str, Any] = {"INC": Incident, "REQ": ServiceRequest}
_TOKEN = re.compile(r"\[\s*((?:INC|REQ)-\d{8}-\d{4,9})\s*:\s*([A-Z2-7]{10})\s*\]", re.IGNORECASE)


def _mark(number: str) -> str:
    digest = salted_hmac(SALT, number.upper(), algorithm="sha256").digest()
    return base64.b32encode(digest).decode()[:LENGTH]


def token_for(ticket: Any) -> str:
    """Return what the subject of every mail about a ticket carries."""
    return f"[{ticket.number}:{_mark(ticket.number)}]"


def tickets_in(subject: str) -> list[Any]:
    """Return the tickets whose rightly signed tokens a subject carries."""
    found = []
    for number, mark in _TOKEN.findall(subject):
        if constant_time_compare(mark.upper(), _mark(number)):
            ticket = MODELS[number[:3].upper()].objects.filter(number=number.upper()).first()
            if ticket is not None:
                found.append(ticket)
    return found


def without_tokens(subject: str) -> str:
    """Return a subject without any token, ours or made up: one customer's never reaches another."""
    return " ".join(_TOKEN.sub("", subject).split())


def new_message_id(ticket: Any, from_address: str) -> str:
    """Return a Message-ID for a mail about a ticket."""
    domain = from_address.rpartition("@")[2] or "localhost"
    return f"{ticket.number.lower()}.{get_random_string(20).lower()}@{domain}"
