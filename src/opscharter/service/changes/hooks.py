"""Where other practices join in changes without the changes knowing them: each appends its function here."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from opscharter.kernel.controls.wording import Sentence

Busy = tuple[dt.datetime, dt.datetime, Sentence]
"""From when to when somebody cannot make a change, and why."""
roster: list[Callable[[int, dt.datetime, dt.datetime], list[Busy]]] = []
"""Return, for (employee, start, end), when the person cannot make a change: on call, on leave, on another shift."""

nonconformities: list[Callable[[Any], None]] = []
"""Called with every unauthorised change found, in its transaction: the quality chapter opens its nonconformity."""
