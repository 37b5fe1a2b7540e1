"""Telephone numbers: one form of each, however it was written, by which a caller is found."""

from __future__ import annotations

import re
from dataclasses import dataclass

import phonenumbers
from django.conf import settings

EXTENSION = re.compile(r"\s*(?:轉|转|分機|分机|內線|内线)\s*[:：]?\s*")
"""How an extension is written in Chinese; the library knows the other ways."""
ADDRESS = re.compile(r"^sips?:([^@;]+).*$", re.IGNORECASE)
"""How a softphone hands a caller over."""
LONGEST = 32


@dataclass(frozen=True)
class Phone:
    """A telephone number: the key that is the same however it was written, its extension, and how people read it."""

    key: str
    extension: str = ""
    shown: str = ""


def read(text: str) -> Phone:
    """Read a number: with or without +86, blanks and dashes; of the first region in which it is valid.

    What is valid nowhere (a house extension) is known by its digits alone.
    """
    plain = EXTENSION.sub(" ext. ", ADDRESS.sub(r"\1", text.strip()))
    for region in settings.PHONE_REGIONS:
        try:
            number = phonenumbers.parse(plain, region)
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.is_valid_number(number):
            key = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
            shown = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
            return Phone(key, number.extension or "", shown)
    digits = "".join(str(int(letter)) for letter in plain if letter.isdecimal())
    return Phone(digits[:LONGEST], "", text.strip())


def key_of(text: str) -> str:
    """Return the key under which a number is looked up; empty when there is no number."""
    return read(text).key if text else ""
