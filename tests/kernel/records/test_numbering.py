"""Numbers have no gaps and no doubles, whoever fails and however many write at once."""

from __future__ import annotations

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest
from django.db import connection
from django.utils import timezone

from opscharter.kernel import moment
from opscharter.kernel.access.actor import Actor, system_actor
from opscharter.kernel.errors import Conflict, Refused
from opscharter.kernel.records import bulk
from tests.kernel.library import make_paper, office
from tests.kernel.testapp.models import Paper


def numbers() -> list[str]:
    """Return the numbers of all papers in order."""
    return sorted(Paper.objects.values_list("number", flat=True))


def test_numbers_follow_each_other_and_begin_anew_each_day(system: Actor) -> None:
    with moment.at(office(2026, 9, 30, 17)):
        make_paper(system)
        make_paper(system)
    with moment.at(office(2026, 10, 1, 9)):
        make_paper(system)
    assert numbers() == ["PAP-20260930-0001", "PAP-20260930-0002", "PAP-20261001-0001"]


def test_the_day_is_the_offices_whoever_asks(system: Actor) -> None:
    with timezone.override(dt.UTC), moment.at(dt.datetime(2026, 9, 30, 16, 30, tzinfo=dt.UTC)):
        assert make_paper(system).number == "PAP-20261001-0001"
        assert moment.today() == dt.date(2026, 10, 1)


def test_a_failed_write_takes_no_number(system: Actor) -> None:
    with moment.at(office(2026, 10, 1, 9)):
        make_paper(system)
        with pytest.raises(Refused):
            Paper(title="Too late").save_as(system)
        make_paper(system)
    assert numbers() == ["PAP-20261001-0001", "PAP-20261001-0002"]


def test_numbers_that_imported_rows_brought_are_passed_over(system: Actor) -> None:
    with moment.at(office(2026, 10, 1, 9)):
        bulk.create_many([Paper(title=f"Old {n}", number=f"PAP-20261001-000{n}") for n in (1, 3)], system)
        bulk.create_many([Paper(title=f"New {n}") for n in range(2)], system)
        make_paper(system)
    assert [number[-1] for number in numbers()] == ["1", "2", "3", "4", "5"]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_eight_writers_leave_no_gap_and_no_double() -> None:
    """Every third writer fails after its number was given out; the number is given out again."""

    def write(turn: int) -> None:
        try:
            with moment.at(office(2026, 10, 1, 9)):
                title = "Too late" if turn % 3 == 0 else f"Paper {turn}"
                Paper(title=title).save_as(system_actor())
        except Refused:
            pass
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(90)))
    assert numbers() == [f"PAP-20261001-{seq:04}" for seq in range(1, 61)]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_eight_writers_at_one_list_none_is_lost() -> None:
    """Each adds its word to the list it read, and reads again when somebody was quicker."""
    pk = make_paper(system_actor()).pk

    def add_word(turn: int) -> None:
        try:
            while True:
                paper = Paper.objects.get(pk=pk)
                paper.words.append(turn)
                with suppress(Conflict):
                    paper.save_as(system_actor())
                    return
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(add_word, range(24)))
    paper = Paper.objects.get(pk=pk)
    assert sorted(paper.words) == list(range(24))
    assert paper.version == 25
