"""One mail, read: who, to whom, what, and what is attached."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, field
from email.message import Message
from email.parser import BytesParser
from email.policy import compat32
from email.utils import getaddresses, parsedate_to_datetime
from hashlib import sha256

from opscharter.service.mailbox.reading.charsets import (
    header_text,
    language_of,
    raw_header,
    raw_headers,
    tidy,
    to_text,
)
from opscharter.service.mailbox.reading.html import harmless, words_of
from opscharter.service.mailbox.reading.quotes import split

MOST_PARTS = 400
MOST_FILES = 50
LONGEST_TEXT = 100_000
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_UNFIT = r"\s\x00-\x1f\x7f\ud800-\udfff@<>\"',;:()\[\]\\"
_ADDRESS = re.compile(rf"^[^{_UNFIT}]{{1,64}}@[^{_UNFIT}]{{1,190}}$")
_IDS = re.compile(r"<([^<>\s]{1,250})>")
_REPLY_MARKS = re.compile(
    r"^\s*((re|aw|sv|antw|rif|res|odp|fw|fwd|wg|tr|回复|答复|回覆|回復|转发|轉寄|轉發)\s*(\[\d+\])?\s*[:：]\s*)+", re.I
)


class Unreadable(Exception):
    """These bytes are no mail; `why` is a code of words.Why."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True)
class File:
    """Something attached: its place among the parts, its name and its bytes."""

    place: int
    name: str
    content_type: str
    content: bytes
    inline: bool = False


@dataclass
class Mail:
    """A mail as read; every text is plain and safe to store."""

    message: Message
    message_id: str = ""
    from_name: str = ""
    from_address: str = ""
    return_path: str = ""
    to: list[str] = field(default_factory=list)
    subject: str = ""
    sent_at: dt.datetime | None = None
    references: list[str] = field(default_factory=list)
    """The mails this one answers, the nearest first."""
    text: str = ""
    html: str = ""
    """Harmless already."""
    files: list[File] = field(default_factory=list)

    @property
    def language(self) -> str:
        """Return the language it is written in, as far as its characters tell."""
        return language_of(f"{self.subject}\n{split(self.text)[0]}")

    @property
    def subject_key(self) -> str:
        """Return the subject without what replying and forwarding puts before it."""
        return plain_subject(self.subject).casefold()[:200]

    @property
    def digest(self) -> str:
        """Return the mark of what it says: equal for two mails that say the same."""
        return sha256(f"{self.subject_key}\n{' '.join(self.text.split())}".encode()).hexdigest()

    def header(self, name: str) -> str:
        """Return a header's text, or nothing."""
        return header_text(raw_header(self.message, name))


def plain_subject(subject: str) -> str:
    """Return a subject without “Re:”, “Fwd:” and their like before it."""
    return _REPLY_MARKS.sub("", subject).strip()


def read(content: bytes) -> Mail:
    """Read a mail; raises Unreadable for what is none."""
    if not content.strip():
        raise Unreadable("empty")
    if content.startswith(OLE):
        raise Unreadable("outlook-file")
    try:
        message = BytesParser(policy=compat32).parsebytes(content)
        if not _is_mail(message):
            raise Unreadable("no-mail")
        return _understood(message)
    except RecursionError as error:
        raise Unreadable("no-mail") from error


def _is_mail(message: Message) -> bool:
    """Say whether there is a header that only mails have."""
    return any(message.get(name) for name in ("From", "Subject", "Message-ID", "Received", "To", "MIME-Version", "Date",
                                              "Content-Type", "Return-Path"))  # fmt: skip


def _understood(message: Message) -> Mail:
    mail = Mail(message)
    name, address = first_address(message, "From")
    if not address:
        name, address = first_address(message, "Sender")
    mail.from_name, mail.from_address = name[:120], address
    mail.return_path = header_text(raw_header(message, "Return-Path")).strip()
    mail.to = [
        each for header in ("To", "Cc", "Delivered-To", "X-Original-To") for each in _addresses(message, header)
    ][:50]
    mail.subject = header_text(raw_header(message, "Subject"))[:500]
    mail.message_id = next(iter(ids_in(raw_header(message, "Message-ID"))), "")
    mail.sent_at = _moment(raw_header(message, "Date"))
    nearest, older = ids_in(raw_header(message, "In-Reply-To")), ids_in(raw_header(message, "References"))
    mail.references = list(dict.fromkeys([*nearest, *reversed(older)]))[:60]
    _take_parts(mail)
    return mail


def ids_in(text: str) -> list[str]:
    """Return the Message-IDs in a text."""
    return [str(each) for each in _IDS.findall(tidy(text))]


def first_address(message: Message, header: str) -> tuple[str, str]:
    """Return name and address of a header's first mailbox; another address given as the name is no address."""
    for raw in raw_headers(message, header):
        text = raw.replace("\r", " ").replace("\n", " ")
        for name, address in getaddresses([text]):
            if _ADDRESS.match(address.strip()):
                return header_text(name), address.strip().lower()
        found = re.findall(r"<([^<>\s]{3,254})>", text)
        if found and _ADDRESS.match(found[-1]):
            return header_text(text[: text.rfind("<")]).strip('" '), found[-1].lower()
    return "", ""


def _addresses(message: Message, header: str) -> list[str]:
    values = [raw.replace("\r", " ").replace("\n", " ") for raw in raw_headers(message, header)]
    found = [address.strip().lower() for _name, address in getaddresses(values)]
    return [address for address in found if _ADDRESS.match(address)]


def _moment(value: object) -> dt.datetime | None:
    try:
        found = parsedate_to_datetime(str(value))
        aware = found if found.tzinfo else found.replace(tzinfo=dt.UTC)
        aware.astimezone(dt.UTC)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
    return aware if 1980 <= aware.year <= 2200 else None


def _take_parts(mail: Mail) -> None:
    plain: list[str] = []
    html: list[str] = []
    for place, part in enumerate(_leaves(mail.message)):
        if place >= MOST_PARTS:
            break
        kind, name = part.get_content_type(), _file_name(part)
        attached = part.get_content_disposition() == "attachment" or bool(name)
        if kind == "message/rfc822" or (not attached and kind in ("message/delivery-status", "text/rfc822-headers")):
            _take_enclosed(mail, part, kind, place, plain)
        elif kind == "text/plain" and not attached:
            plain.append(to_text(_content(part), _charset(part)))
        elif kind == "text/html" and not attached:
            html.append(to_text(_content(part), _charset(part)))
        elif len(mail.files) < MOST_FILES:
            named = name or f"part-{place + 1}{_suffix(kind)}"
            inline = part.get_content_disposition() == "inline" or bool(part.get("Content-ID"))
            mail.files.append(File(place, named, kind, _content(part), inline))
    written = "\n\n".join(text.strip() for text in plain if text.strip())
    mail.html = harmless("<hr>".join(html)) if html else ""
    mail.text = (written or words_of("<hr>".join(html)))[:LONGEST_TEXT].strip()


def _take_enclosed(mail: Mail, part: Message, kind: str, place: int, plain: list[str]) -> None:
    """Keep a mail within the mail as a file; of a report its words are text."""
    inner = part.get_payload()
    if kind == "text/rfc822-headers":
        return
    if isinstance(inner, list):
        parts = [each.as_bytes(policy=compat32) if isinstance(each, Message) else b"" for each in inner]
    else:
        parts = [_content(part)]
    content = b"\n".join(parts)
    if kind == "message/delivery-status":
        plain.append(to_text(content))
    elif len(mail.files) < MOST_FILES:
        first = inner[0] if isinstance(inner, list) and inner else None
        subject = header_text(raw_header(first, "Subject")) if isinstance(first, Message) else ""
        mail.files.append(File(place, f"{subject[:80] or 'mail'}.eml", kind, content))


def _leaves(message: Message) -> list[Message]:
    """Return the parts that hold something, in order; a mail within the mail is one part."""
    found: list[Message] = []
    waiting = [message]
    while waiting and len(found) < MOST_PARTS:
        part = waiting.pop(0)
        inner = part.get_payload()
        if part.get_content_maintype() == "multipart" and isinstance(inner, list):
            waiting = [each for each in inner if isinstance(each, Message)] + waiting
        else:
            found.append(part)
    return found


def part_at(mail: Mail, place: int) -> File | None:
    """Return the file that was found at a place."""
    return next((each for each in mail.files if each.place == place), None)


def _content(part: Message) -> bytes:
    try:
        found = part.get_payload(decode=True)
    except Exception:  # an encoding that is none
        found = None
    if isinstance(found, bytes):
        return found
    raw = part.get_payload()
    return raw.encode("utf-8", "surrogateescape") if isinstance(raw, str) else b""


def _charset(part: Message) -> str:
    try:
        return part.get_content_charset() or ""
    except Exception:  # RFC 2231 parameters that are none
        return ""


def _file_name(part: Message) -> str:
    try:
        name = part.get_filename()
    except Exception:  # likewise
        name = None
    return header_text(name)[:200] if name else ""


def _suffix(kind: str) -> str:
    known = {"image/png": ".png", "image/jpeg": ".jpg", "image/gif": ".gif", "application/pdf": ".pdf",
             "text/calendar": ".ics", "text/csv": ".csv", "application/zip": ".zip"}  # fmt: skip
    return known.get(kind, ".txt" if kind.startswith("text/") else ".bin")
