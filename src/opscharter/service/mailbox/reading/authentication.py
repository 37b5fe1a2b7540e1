"""What our own mail server found out about a message's origin: its Authentication-Results header (RFC 8601).

Anybody can write such a header. Ours is told by its name, and by its place: our server writes it above the line in
which it says that it received the message, so what stands below that line came with the message and counts for nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from email.message import Message

_RECEIVED_BY = re.compile(r"\bby\s+([A-Za-z0-9.-]+)", re.I)
_METHOD = re.compile(r"^\s*([a-z0-9-]+)\s*(?:/\s*\d+)?\s*=\s*([a-z]+)\b(.*)$", re.I | re.S)
_PROPERTY = re.compile(r"\b(smtp|header|policy)\s*\.\s*([a-z0-9-]+)\s*=\s*(\"[^\"]*\"|[^\s;]+)", re.I)
METHODS = ("dmarc", "dkim", "spf")
BAD = ("fail", "softfail", "permerror")
LONGEST = 8000


@dataclass(frozen=True)
class Found:
    """What was found: `verdict` is `passed`, `failed` or `unknown`; `words` are the results in short."""

    verdict: str
    words: str = ""


@dataclass(frozen=True)
class Result:
    """The result of one method, and the domain that it speaks of."""

    method: str
    result: str
    domain: str = ""


def proof_of(message: Message, authserv_id: str, sender: str) -> Found:
    """Return what the server called `authserv_id` found about a message that says it comes from `sender`."""
    results = [each for text in _ours(message, authserv_id.lower()) for each in _results(text)]
    domain = sender.rpartition("@")[2].lower()
    words = " ".join(dict.fromkeys(f"{each.method}={each.result}" for each in results))[:200]
    return Found(_verdict(results, domain), words)


def _verdict(results: list[Result], domain: str) -> str:
    """DMARC decides where it was asked; else a pass of SPF or DKIM for the sender's own domain does."""
    policy = [each.result for each in results if each.method == "dmarc" and each.result != "none"]
    if policy:
        return "passed" if "pass" in policy else "failed" if "fail" in policy else "unknown"
    if any(each.result == "pass" and aligned(each.domain, domain) for each in results if each.method != "dmarc"):
        return "passed"
    denied = any(
        each.result in BAD and (each.method == "spf" or aligned(each.domain, domain))
        for each in results if each.method != "dmarc"
    )  # fmt: skip
    return "failed" if denied else "unknown"


def aligned(one: str, other: str) -> bool:
    """Say whether two domains are the same, or one lies below the other."""
    if not one or not other or "." not in one or "." not in other:
        return bool(one) and one == other
    return one == other or one.endswith(f".{other}") or other.endswith(f".{one}")


def _ours(message: Message, authserv_id: str) -> list[str]:
    """Return the values of the headers that our own server wrote, the newest first."""
    found: list[str] = []
    for name, value in message.raw_items() if hasattr(message, "raw_items") else message.items():
        low, text = name.lower(), str(value)[:LONGEST]
        if low == "received":
            by = _RECEIVED_BY.search(_bare(text))
            if found or (by is not None and by[1].lower().rstrip(".") == authserv_id):
                break
        elif low == "authentication-results":
            bare = _bare(text)
            name_of_server, _semicolon, rest = bare.partition(";")
            words = name_of_server.split()
            if words and words[0].strip('"').lower() == authserv_id:
                found.append(rest)
    return found


def _bare(text: str) -> str:
    """Return a header's text without comments and line ends; what is within quotes stays."""
    kept, depth, quoted, skip = [], 0, False, False
    for character in text.replace("\r", " ").replace("\n", " "):
        if skip:
            skip = False
        elif character == "\\":
            skip = True
            continue
        elif character == '"' and not depth:
            quoted = not quoted
        elif character == "(" and not quoted:
            depth += 1
        elif character == ")" and depth and not quoted:
            depth -= 1
            continue
        if not depth:
            kept.append(character)
    return "".join(kept)


def _results(text: str) -> list[Result]:
    found = []
    for part in _apart(text):
        match = _METHOD.match(part)
        if match is None or match[1].lower() not in METHODS:
            continue
        method, result, rest = match[1].lower(), match[2].lower(), match[3]
        named = {f"{kind}.{name}".lower(): value.strip('"').lower() for kind, name, value in _PROPERTY.findall(rest)}
        wanted = {"spf": ("smtp.mailfrom", "smtp.helo"), "dkim": ("header.d", "header.i"), "dmarc": ("header.from",)}
        value = next((named[each] for each in wanted[method] if each in named), "")
        found.append(Result(method, result, value.rpartition("@")[2].rstrip(".")))
    return found


def _apart(text: str) -> list[str]:
    """Return what stands between semicolons; one within quotes divides nothing."""
    parts, quoted = [""], False
    for character in text:
        quoted ^= character == '"'
        if character == ";" and not quoted:
            parts.append("")
        else:
            parts[-1] += character
    return parts
