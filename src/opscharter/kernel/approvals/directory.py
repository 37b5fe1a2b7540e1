"""Who holds a role, heads a department, stands in for whom: answered by the organization chapter."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any, Protocol

from django.db.models import QuerySet


class Directory(Protocol):
    """What approvals ask about people; persons are employee ids."""

    def in_role(self, code: str, record: Any) -> Iterable[int]:
        """Return the persons who hold a role today."""
        ...

    def head_of(self, department_id: int) -> int | None:
        """Return the head of a department."""
        ...

    def stands_in_for(self, person_id: int) -> Iterable[int]:
        """Return the persons for whom somebody stands in today."""
        ...

    def staff(self, day: dt.date) -> QuerySet[Any]:
        """Return the employees in service on a day: rows with `name`, `department_id`, `manager_id` and `user`."""
        ...

    def user_of(self, person_id: int) -> Any:
        """Return the account of a person, or None."""
        ...

    def voices_of(self, person_ids: Iterable[int]) -> Iterable[Any]:
        """Return the accounts of persons and of those who stand in for them today."""
        ...


_installed: list[Directory] = []


def install(directory: Directory) -> None:
    """Name the directory; called once by config/site.py."""
    _installed[:] = [directory]


def directory() -> Directory:
    """Return the installed directory; LookupError when there is none."""
    if not _installed:
        raise LookupError("no directory of persons is installed")
    return _installed[0]
