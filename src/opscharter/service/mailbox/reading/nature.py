"""What kind of mail this is: written by somebody, or by a machine that must never get an answer."""

from __future__ import annotations

import logging
import re
from collections.abc import Collection
from dataclasses import dataclass, field

from flufl.bounce import all_failures

from opscharter.service.mailbox.reading.charsets import header_text, raw_header, raw_headers
from opscharter.service.mailbox.reading.mail import Mail

ORDINARY, AUTO, BOUNCE, RECEIPT, LIST, OWN, LOOP = "ordinary", "auto-reply", "bounce", "receipt", "list", "own", "loop"
MARK = "X-OpsCharter-Mail"
"""The header that every mail of ours carries."""
MOST_HOPS = 40
_DAEMON = re.compile(r"^(mailer-daemon|postmaster|mail-daemon|maildaemon|mailerdaemon)\b", re.I)
_AUTO_SUBJECT = re.compile(
    r"^\s*(re\s*[:：]\s*)?(auto(matic)?[\s-]*(reply|response|answer)|out[\s-]+of[\s-]+(the[\s-]+)?office|"
    r"vacation reply|automatische antwort|réponse automatique|respuesta automática|"
    r"自动回复|自動回[覆复復]|自动答复|自動応答|不在通知|外出自動)",
    re.I,
)
_BOUNCE_SUBJECT = re.compile(
    r"^\s*(undeliver(ed|able)|mail delivery (failed|failure|status)|delivery (status )?notification|delivery failure|"
    r"returned mail|failure notice|mail system error|退信|系统退信|郵件無法傳遞|无法投递|投递失败|未送达)",
    re.I,
)
_BOUNCE_WORDS = re.compile(r"delivery failed|undeliverable|non remis|unzustellbar|退信|无法投递|無法傳遞", re.I)
_AUTO_HEADERS = (
    "X-Autoreply",
    "X-Autorespond",
    "X-Auto-Reply-From",
    "X-AutoReply-From",
    "X-Mail-Autoreply",
    "X-Vacation",
)
_LIST_HEADERS = ("List-Id", "List-Post", "List-Unsubscribe", "Mailing-List", "X-Mailing-List")


logging.getLogger("flufl.bounce").setLevel(logging.CRITICAL)
"""Its detectors stumble over broken senders and say so at length; the others go on."""


@dataclass(frozen=True)
class Nature:
    """The kind of a mail, and for a bounce the addresses that failed: for good, or for now."""

    kind: str
    failed: frozenset[str] = field(default_factory=frozenset)
    delayed: frozenset[str] = field(default_factory=frozenset)


def nature_of(mail: Mail, own: Collection[str], known_sender: bool) -> Nature:
    """Return what kind of mail it is. `own` are our addresses.

    The look of the text alone makes a bounce only of a stranger's mail: a customer may write about one.
    """
    message = mail.message
    if message.get(MARK) or mail.from_address in own:
        return Nature(OWN)
    if len(message.get_all("Received", [])) > MOST_HOPS or _meets_itself(mail, own):
        return Nature(LOOP)
    reported = _report_type(mail)
    if reported == "disposition-notification":
        return Nature(RECEIPT)
    marked = (
        reported == "delivery-status"
        or bool(_DAEMON.match(mail.from_address))
        or _daemon_in_words(mail)
        or (mail.return_path == "<>" and bool(_BOUNCE_SUBJECT.match(mail.subject)))
    )
    if marked or not (known_sender or _answers(mail)):
        delayed, failed = _failures(mail)
        if marked or failed or delayed or _BOUNCE_SUBJECT.match(mail.subject):
            return Nature(BOUNCE, failed, delayed)
    if _is_automatic(mail):
        return Nature(AUTO)
    if _is_list(mail):
        return Nature(LIST)
    return Nature(ORDINARY)


def _meets_itself(mail: Mail, own: Collection[str]) -> bool:
    return any(header_text(each).strip().lower() in own for each in raw_headers(mail.message, "X-Loop"))


def _report_type(mail: Mail) -> str:
    if mail.message.get_content_type() != "multipart/report":
        return ""
    try:
        found = mail.message.get_param("report-type")
    except Exception:  # parameters that are none
        found = None
    if found:
        return str(found).lower()
    kinds = {part.get_content_type() for part in mail.message.walk()}
    return "delivery-status" if "message/delivery-status" in kinds else ""


def _daemon_in_words(mail: Mail) -> bool:
    return bool(_DAEMON.match(header_text(raw_header(mail.message, "From")).strip('" <')))


def _failures(mail: Mail) -> tuple[frozenset[str], frozenset[str]]:
    """Return the addresses that failed for now and for good."""
    try:
        delayed, failed = all_failures(mail.message)
    except Exception:  # the detectors trust the structure of what they read
        return frozenset(), frozenset()
    return _texts(delayed), _texts(failed)


def _answers(mail: Mail) -> bool:
    """Say whether it is an answer by its subject, and not a report: what it quotes is not its own failure."""
    return mail.subject.casefold() != mail.subject_key and not _BOUNCE_WORDS.search(mail.subject)


def _texts(addresses: Collection[bytes]) -> frozenset[str]:
    return frozenset(address.decode("ascii", "replace") for address in addresses)


def _is_automatic(mail: Mail) -> bool:
    submitted = mail.header("Auto-Submitted").lower().partition(";")[0].strip()
    if submitted and submitted != "no":
        return True
    if mail.header("Precedence").lower() in ("auto_reply", "auto-reply", "junk"):
        return True
    if any(mail.message.get(name) for name in _AUTO_HEADERS):
        return True
    return mail.return_path == "<>" or bool(_AUTO_SUBJECT.match(mail.subject))


def _is_list(mail: Mail) -> bool:
    return mail.header("Precedence").lower() in ("list", "bulk") or any(mail.message.get(n) for n in _LIST_HEADERS)
