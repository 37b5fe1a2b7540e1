"""Kept sentences: whatever language was active when one was kept, each reader has their own."""

from __future__ import annotations

import json

import pytest
from django.utils.translation import gettext, gettext_lazy, override

from opscharter.kernel.controls.wording import Wording, in_every_language, keep, told

PLAIN = gettext_lazy("made without authority")
LANGUAGES = ("zh-hant", "zh-hans", "en")


@pytest.mark.parametrize("active", LANGUAGES)
def test_what_is_kept_does_not_depend_on_who_keeps_it(active):
    with override(active):
        assert keep(PLAIN) == "made without authority"
        assert keep(Wording(gettext_lazy("An exception expires within %(days)s days."), {"days": 9})) == {
            "text": "An exception expires within %(days)s days.", "figures": {"days": 9},
        }  # fmt: skip


def test_each_reader_has_their_own_language_with_the_figures_in_it():
    kept = json.loads(
        json.dumps(keep(Wording(gettext_lazy("An exception expires within %(days)s days."), {"days": 9})))
    )
    said = {}
    for code in LANGUAGES:
        with override(code):
            said[code] = told(kept)
    assert len(set(said.values())) == 3
    assert all("9" in sentence for sentence in said.values())
    assert said["en"] == "An exception expires within 9 days."


def test_a_figure_that_is_a_word_is_translated_too():
    kept = keep(Wording("%(what)s: 3", {"what": gettext_lazy("working days")}))
    with override("zh-hant"):
        assert told(kept) == f"{gettext('working days')}: 3" != "working days: 3"


def test_names_stay_as_they_are_and_lists_are_told_with_the_readers_own_commas():
    kept = json.loads(json.dumps(keep(Wording("%(who)s: %(what)s", {"who": "Save", "what": (PLAIN, "Edit", 3)}))))
    with override("en"):
        assert told(kept) == "Save: made without authority, Edit, 3"
    with override("zh-hant"):
        assert told(kept) == f"Save: {PLAIN}、Edit、3"


def test_a_wording_within_a_wording_is_told_whole():
    inner = Wording(gettext_lazy("An exception expires within %(days)s days."), {"days": 9})
    kept = json.loads(json.dumps(keep(Wording("A: %(why)s", {"why": inner}))))
    for code in LANGUAGES:
        with override(code):
            assert told(kept) == str(Wording("A: %(why)s", {"why": inner})) == f"A: {inner}"


def test_what_comes_put_together_is_kept_in_every_language():
    kept = in_every_language(lambda: gettext("made without authority") + "!")
    for code in LANGUAGES:
        with override(code):
            assert told(kept) == f"{PLAIN}!"


@pytest.mark.parametrize("old", ["未經授權而實施", "", "100 % done %(no)s"])
def test_sentences_kept_as_mere_text_stay_as_they_were(old):
    with override("zh-hant"):
        assert told(old) == old
