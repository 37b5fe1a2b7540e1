"""Texts are cut into words so that a part of a Chinese sentence, and the beginning of a Latin word, is found."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opscharter.kernel.search.tokens import query_of, words_of

CHINESE = st.text("運維服務支付網關逾時資料庫備援𠮷々〇", min_size=1, max_size=20)
MIXED = st.text("運維服務支付網關abcXYZ019 -_/。，", max_size=40)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("支付網關", ["支付", "付網", "網關", "支", "付", "網", "關"]),
        ("關", ["關"]),
        ("VPN 連線", ["vpn", "連線", "連", "線"]),
        ("VPN連線", ["vpn", "連線", "連", "線"]),
        ("ＶＰＮ１２", ["vpn12"]),
        ("INC-20260105-0001", ["inc", "20260105", "0001"]),
        ("Straße_2", ["strasse", "2"]),
        ("支付，網關", ["支付", "支", "付", "網關", "網", "關"]),
        ("½ … ☃ — ''", ["1", "2"]),
        ("", []),
    ],
)
def test_a_text_is_cut_into_words(text: str, words: list[str]) -> None:
    assert words_of(text) == words


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("網關逾時", [("網關", False), ("關逾", False), ("逾時", False)]),
        ("關", [("關", False)]),
        ("vpn 逾", [("vpn", True), ("逾", False)]),
        ('"a" OR b*', [("a", True), ("or", True), ("b", True)]),
        ("。-!", []),
    ],
)
def test_a_query_asks_for_pairs_and_for_beginnings(text: str, asked: list[tuple[str, bool]]) -> None:
    assert query_of(text) == asked


@given(CHINESE, st.data())
def test_every_part_of_a_chinese_text_finds_it(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    assert {word for word, _ in query_of(text[start:end])} <= set(words_of(text))


@given(MIXED)
def test_the_whole_text_finds_itself(text: str) -> None:
    words = words_of(text)
    for token, prefix in query_of(text):
        assert any(word.startswith(token) if prefix else word == token for word in words)


@given(st.text(max_size=200))
def test_words_hold_nothing_a_query_language_could_take_for_its_own(text: str) -> None:
    for word in [*words_of(text), *(token for token, _ in query_of(text))]:
        assert word
        assert len(word) <= 64
        assert not set(word) & set(" \t\n\"'*:&|!()<>\\^-+{},\x00")
