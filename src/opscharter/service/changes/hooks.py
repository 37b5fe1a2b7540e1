"""Where other practices join in changes without the changes knowing them: each appends its function here."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

roster: list[Callable[[int, dt.datetime, dt.datetime], list[str]]] = []
"""Return, for (employee, start, end), why the person cannot make a change then: on call, on leave, on another shift."""

nonconformities: list[Callable[[Any], None]] = []
"""Called with every unauthorised change found, in its transaction: the quality chapter opens its nonconformity."""
