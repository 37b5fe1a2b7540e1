"""Which encoding a text file is in: UTF-8, GB18030 or Big5, told apart by what the text then says."""

from __future__ import annotations

from django.utils.translation import gettext as _

MARGIN = 0.15
"""How much more plausible one reading must be than the other."""
CHINESE = {"gb18030": ("gb2312", 0xB0, 0xD7), "cp950": ("big5", 0xA4, 0xC6)}
"""For each encoding its standard, and the first bytes under which that lists the characters in everyday use."""


class UnreadableFile(ValueError):
    """The file as a whole cannot be read; the message says why."""


def decoded(content: bytes) -> str:
    """Return the text of a file; raises UnreadableFile when no reading of it, or more than one, makes sense.

    Nearly every Big5 file is also a well-formed GB18030 file, of nonsense. So both are tried, and the reading with
    more characters in everyday use is taken.
    """
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    readings = []
    for encoding, (standard, first, last) in CHINESE.items():
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        readings.append((_everyday(text, standard, first, last), text))
    readings.sort(reverse=True)
    if not readings:
        raise UnreadableFile(_("The text is neither UTF-8, GB18030 nor Big5."))
    if len(readings) > 1 and readings[0][0] - readings[1][0] < MARGIN:
        raise UnreadableFile(_("The text may be GB18030 or Big5; save the file as UTF-8."))
    return readings[0][1]


def _everyday(text: str, standard: str, first: int, last: int) -> float:
    """Return the share of characters in everyday use among those that are not ASCII."""
    foreign = [character for character in text if ord(character) > 0x7F]
    found = 0
    for character in foreign:
        code = character.encode(standard, "ignore")
        found += bool(code) and first <= code[0] <= last
    return found / len(foreign) if foreign else 0.0
