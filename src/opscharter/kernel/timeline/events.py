"""How events in a timeline are told: each part declares its own in words, once, beside what appends them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import models
from django.utils.functional import Promise


@dataclass(frozen=True)
class EventWords:
    """The sentence of an event, with `%(name)s` for its data; `choices` turn stored values into people's words."""

    sentence: str | Promise
    choices: Mapping[str, type[models.TextChoices]] = field(default_factory=dict)

    def told(self, data: Mapping[str, Any]) -> str:
        """Return the sentence in the active language."""
        spoken = {
            name: dict(kind.choices).get(str(data.get(name)), data.get(name)) for name, kind in self.choices.items()
        }
        return str(self.sentence) % {**data, **spoken}


EVENTS: dict[str, EventWords] = {}


def declare_event(verb: str, sentence: str | Promise, **choices: type[models.TextChoices]) -> str:
    """Declare how an event is told and return its verb; ValueError when the verb is taken."""
    if verb in EVENTS:
        raise ValueError(f"the event {verb} is declared twice")
    EVENTS[verb] = EventWords(sentence, choices)
    return verb
