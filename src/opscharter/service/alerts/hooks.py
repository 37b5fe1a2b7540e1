"""Where the verbs of alerts join in the life of the record without the model knowing them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from opscharter.kernel.access.actor import Actor

after_placing: list[Callable[[Any, Actor], None]] = []
"""Called with (alert, actor) when a person has said whose an alert is, in its transaction."""
