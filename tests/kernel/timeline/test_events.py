"""Events are told in the reader's language."""

from __future__ import annotations

import pytest
from django.utils.translation import override

from opscharter.kernel.timeline.events import EVENTS, declare_event
from opscharter.service.tickets.models.test_step import TESTED


@pytest.mark.parametrize(
    ("language", "sentence"),
    [("en", "Tested “Ping”: failed"), ("zh-hant", "已測試「Ping」：未通過"), ("zh-hans", "已测试“Ping”：未通过")],
)
def test_an_event_is_a_sentence_with_its_values_in_words(language, sentence):
    with override(language):
        assert EVENTS[TESTED].told({"step": "Ping", "result": "failed"}) == sentence


def test_a_verb_is_declared_once():
    with pytest.raises(ValueError, match="twice"):
        declare_event(TESTED, "again")
