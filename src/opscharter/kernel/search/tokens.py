"""Words of a text, for an index that works alike for Chinese and Latin scripts on every database.

Chinese is not written with spaces, so a run of its characters is cut into overlapping pairs: 支付網關 → 支付 付網 網關.
A word of two characters is then one token, a longer one a sequence of tokens that must all be there.
"""

from __future__ import annotations

import re
import unicodedata

CJK = "\u3005-\u3007\u3100-\u312f\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u3040-\u30ff\uac00-\ud7af\U00020000-\U0003ffff"
_RUNS = re.compile(rf"[{CJK}]+|[^\W_{CJK}]+")
_CJK_RUN = re.compile(rf"[{CJK}]")
LONGEST = 64


def _normal(text: str) -> str:
    """Return the text in one width and case."""
    return unicodedata.normalize("NFKC", text).casefold()


def _pairs(run: str) -> list[str]:
    return [run] if len(run) == 1 else [run[i : i + 2] for i in range(len(run) - 1)]


def words_of(text: str) -> list[str]:
    """Return the tokens under which a text is found, in order; single characters too, for one-character queries."""
    words: list[str] = []
    for run in _RUNS.findall(_normal(text)):
        if _CJK_RUN.match(run):
            words += _pairs(run)
            if len(run) > 1:
                words += list(run)
        else:
            words.append(run[:LONGEST])
    return words


def query_of(text: str) -> list[tuple[str, bool]]:
    """Return the tokens a query asks for, all of them, each with whether the beginning of a word is enough."""
    asked: list[tuple[str, bool]] = []
    for run in _RUNS.findall(_normal(text))[:12]:
        if _CJK_RUN.match(run):
            asked += [(pair, False) for pair in _pairs(run)]
        else:
            asked.append((run[:LONGEST], True))
    return asked[:40]
