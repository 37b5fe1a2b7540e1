"""Bytes to text, whatever a mail says about itself: declared charsets are taken at their word only if they fit."""

from __future__ import annotations

import codecs
import re
from email.header import decode_header
from email.message import Message

from opscharter.kernel.exchange.encodings import UnreadableFile, decoded

WIDER = {
    "gb2312": "gb18030", "gbk": "gb18030", "cp936": "gb18030", "x-gbk": "gb18030", "gb_2312-80": "gb18030",
    "euc-cn": "gb18030", "big5": "cp950", "big5-hkscs": "big5hkscs", "x-x-big5": "cp950",
    "iso-2022-jp": "iso2022_jp_ext", "shift_jis": "cp932", "shift-jis": "cp932", "x-sjis": "cp932",
    "ks_c_5601-1987": "cp949", "euc-kr": "cp949", "iso-8859-8-i": "iso-8859-8", "latin1": "cp1252",
    "iso-8859-1": "cp1252", "us-ascii": "ascii", "ansi_x3.4-1968": "ascii",
}  # fmt: skip
"""What mails call their charset, and the wider one that their programs write in truth."""
_UNFIT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


def tidy(text: str) -> str:
    """Return a text with plain line ends and without what no database or page takes."""
    return _UNFIT.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def to_text(content: bytes, declared: str = "") -> str:
    """Return the text of some bytes; never fails: what no reading fits shows replacement characters."""
    wanted = declared.strip().strip("\"'").lower()
    for name in filter(None, (WIDER.get(wanted, wanted), "utf-8")):
        try:
            if codecs.lookup(name)._is_text_encoding:  # type: ignore[attr-defined]  # neither zip nor hex
                return tidy(content.decode(name))
        except (LookupError, ValueError):
            continue
    try:
        return tidy(decoded(content))
    except UnreadableFile:
        return tidy(content.decode(_last_resort(content), "replace"))


def _last_resort(content: bytes) -> str:
    """Return Latin for texts with a few bytes beyond ASCII, UTF-8 with replacements for the others."""
    foreign = sum(byte > 0x7F for byte in content)
    return "cp1252" if foreign * 8 < len(content) else "utf-8"


def raw_headers(message: Message, name: str) -> list[str]:
    """Return every header of a name as it stands, with undeclared bytes as surrogates: `get` would lose them."""
    return [str(value) for key, value in message.raw_items() if key.lower() == name.lower()]


def raw_header(message: Message, name: str) -> str:
    """Return the first header of a name as it stands, or nothing."""
    return next(iter(raw_headers(message, name)), "")


def header_text(value: object) -> str:
    """Return a header's text on one line: encoded words decoded, raw bytes guessed, nothing refused."""
    raw = str(value or "")
    if any("\udc80" <= character <= "\udcff" for character in raw):
        return " ".join(to_text(raw.encode("utf-8", "surrogateescape")).split())
    try:
        parts = decode_header(raw)
    except Exception:  # base64 that is none, and whatever else the standard library does not take
        return " ".join(tidy(raw).split())
    words = []
    for part, charset in _joined(parts):
        words.append(part if isinstance(part, str) else to_text(part, charset or "ascii"))
    return " ".join(tidy("".join(words)).split())


def _joined(parts: list[tuple[str | bytes, str | None]]) -> list[tuple[str | bytes, str | None]]:
    """Put neighbours of one charset together: programs cut characters of two bytes in the middle."""
    joined: list[tuple[str | bytes, str | None]] = []
    for part, charset in parts:
        last = joined[-1] if joined else (None, None)
        if isinstance(part, bytes) and isinstance(last[0], bytes) and charset and charset == last[1]:
            joined[-1] = (last[0] + part, charset)
        else:
            joined.append((part, charset))
    return joined


def language_of(text: str) -> str:
    """Return zh-hant, zh-hans or en for a text by its characters; empty when there is too little to go by."""
    traditional = simplified = chinese = latin = 0
    for character in text[:4000]:
        if "\u4e00" <= character <= "\u9fff":
            chinese += 1
            in_big5, in_gb = bool(character.encode("big5", "ignore")), bool(character.encode("gb2312", "ignore"))
            traditional += in_big5 and not in_gb
            simplified += in_gb and not in_big5
        else:
            latin += character.isascii() and character.isalpha()
    if chinese and chinese * 12 >= latin:
        return "" if traditional == simplified else "zh-hant" if traditional > simplified else "zh-hans"
    return "en" if latin >= 3 else ""
