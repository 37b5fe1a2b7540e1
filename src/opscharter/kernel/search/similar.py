"""Records like a text: not all of its words must be there, rare ones weigh more; within the row scope of who asks."""

from __future__ import annotations

import math
from collections import Counter
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from opscharter.kernel.search.tokens import words_of

MOST_TOKENS = 60
CANDIDATES = 300
"""How many documents the database's own ranking hands over before they are weighed and scoped."""
NEWEST = 3_000
"""So many of the documents that hold some of the words are ranked, the newest."""
COMMON = 0.02
"""A word that more than this share of all documents holds is left out where enough others are left."""
FEWEST_WORDS = 4
LEAST = 0.22
"""The least share of the text's weight that a record must hold to count as similar."""


def telling_words(text: str) -> list[str]:
    """Return the words of a text that tell it from others: pairs of Chinese characters, and words of Latin script."""
    words = [word for word in words_of(text) if len(word) > 1]
    return list(dict.fromkeys(words))[:MOST_TOKENS]


def similar(rows: QuerySet[Any], text: str, limit: int = 5) -> list[tuple[Any, float]]:
    """Return the rows most like the text with their likeness (0–1), best first; `rows` is scoped by the caller."""
    asked = telling_words(text)
    if not asked:
        return []
    found = _candidates(rows.model._meta.label_lower, asked)
    if not found:
        return []
    weights = _weights(asked, [words for _pk, words in found])
    whole = sum(weights.values())
    scores = {pk: sum(weights[word] for word in weights.keys() & words) / whole for pk, words in found}
    alike = {pk: score for pk, score in scores.items() if score >= LEAST}
    kept = list(rows.filter(pk__in=alike))
    return sorted(((row, alike[row.pk]) for row in kept), key=lambda pair: (-pair[1], -pair[0].pk))[:limit]


def _weights(asked: list[str], documents: list[set[str]]) -> dict[str, float]:
    """Return how much each word tells: the fewer of the candidates hold it, the more."""
    held = Counter(word for words in documents for word in words.intersection(asked))
    return {word: math.log(1 + (len(documents) + 1) / (held[word] + 1)) for word in asked}


def _rarer(asked: list[str]) -> list[str]:
    """Return the words without those that the database knows to be in very many documents; all where few would stay.

    A pair of characters that every tenth ticket holds tells little, and ranking its hundred thousand documents much.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT word FROM pg_stats, "
            "unnest(most_common_elems::text::text[], most_common_elem_freqs) AS known (word, often) "
            "WHERE schemaname = current_schema() AND tablename = 'kernel_searchdocument' AND attname = 'vector' "
            "AND often > %s AND word = ANY(%s)",
            [COMMON, asked],
        )
        common = {word for (word,) in cursor.fetchall()}
    rarer = [word for word in asked if word not in common]
    return rarer if len(rarer) >= FEWEST_WORDS else asked


def _candidates(record_type: str, asked: list[str]) -> list[tuple[int, set[str]]]:
    """Return the documents of a type that hold some of the words, as the database ranks them."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            asked = _rarer(asked)
            query = " | ".join("'" + word.replace("\\", "\\\\").replace("'", "''") + "'" for word in asked)
            cursor.execute(
                "SELECT record_id, words FROM (SELECT id, record_id, words, vector FROM kernel_searchdocument "
                "WHERE record_type = %s AND vector @@ %s::tsquery ORDER BY id DESC LIMIT %s) AS newest "
                "ORDER BY ts_rank(vector, %s::tsquery) DESC, id DESC LIMIT %s",
                [record_type, query, NEWEST, query, CANDIDATES],
            )
        else:
            query = " OR ".join(f'"{word}"' for word in asked)
            cursor.execute(
                "SELECT d.record_id, d.words FROM kernel_searchindex "
                "JOIN kernel_searchdocument d ON d.id = kernel_searchindex.rowid "
                "WHERE kernel_searchindex MATCH %s AND d.record_type = %s "
                "ORDER BY bm25(kernel_searchindex), d.id DESC LIMIT %s",
                [query, record_type, CANDIDATES],
            )
        return [(pk, set(words.split(" "))) for pk, words in cursor.fetchall()]
