"""Time the checks of the regulation over many incidents: all of them, and those of one clause.

At scale 1 there are 20,000 incidents with their clocks in a SQLite file of its own; `--scale 50` makes a million.
DATABASE_URL names another, empty database (PostgreSQL), in which everything then stays; a database that already
holds the incidents is measured as it is. Incidents are copies of a small demo company's, loaded by the database itself.
"""

import argparse
import os
import tempfile
import time

INCIDENTS = 20_000
CLAUSES = ("3.1.2", "3.2.1", "3.3.1", "3.3.2", "3.3.3")
APART = 1_000_000


def main() -> None:
    """Load, then measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scale", type=float, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["OPSCHARTER_DATA"] = folder
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "opscharter.config.settings")
        import django

        django.setup()
        run(int(INCIDENTS * options.scale))


def run(wanted: int) -> None:
    """Print how long the checks take over so many incidents."""
    from django.core.management import call_command
    from django.db import connection

    from opscharter.charter import evaluation
    from opscharter.demo import found
    from opscharter.kernel.access.actor import system_actor
    from opscharter.kernel.controls.registry import CHECKS
    from opscharter.service.tickets.models import Incident

    call_command("migrate", verbosity=0)
    if not found.founded():
        begun = time.perf_counter()
        found.found(scale=0.4)
        load(wanted)
        print(f"loaded in {time.perf_counter() - begun:.0f} s")
    count = Incident.objects.count()
    print(f"{connection.vendor}: {count:,} incidents, {len(CHECKS)} checks")
    for name, clause in [("every check", ""), *((f"§{clause}", clause) for clause in CLAUSES)]:
        begun = time.perf_counter()
        results = evaluation.run(system_actor(), clause=clause)
        seconds = time.perf_counter() - begun
        measured = sum(result.population for result in results)
        print(f"{name:12}{seconds:9.2f} s {len(results):4} checks {measured:12,} records measured")
    by_check = sorted(((timed(evaluation.evaluate, check), check.id) for check in CHECKS.values()), reverse=True)
    for seconds, control in by_check[:5]:
        print(f"  {control:36}{seconds:7.2f} s by itself")


def timed(work, *arguments) -> float:
    """Return how many seconds a piece of work takes."""
    begun = time.perf_counter()
    work(*arguments)
    return time.perf_counter() - begun


def load(wanted: int) -> None:
    """Copy the demo's incidents and their clocks until there are as many as wanted; ids and numbers move apart."""
    from django.db import connection

    from opscharter.kernel.clocks.models import Clock
    from opscharter.service.tickets.models import Incident

    table, clocks = Incident._meta.db_table, Clock._meta.db_table
    have = Incident.objects.count()
    copies = max(0, wanted // have - 1)
    numbers = (
        f"WITH RECURSIVE copy(n) AS (SELECT CAST(1 AS bigint) UNION ALL SELECT n + 1 FROM copy WHERE n < {copies})"
    )
    moved = {"id": f"t.id + copy.n * {APART}", "number": "t.number || '-' || copy.n"}
    of_clock = {"id": f"t.id + copy.n * {APART}", "record_id": f"t.record_id + copy.n * {APART}"}
    with connection.cursor() as cursor:
        if not copies:
            return
        for name, model, change, where in (
            (table, Incident, moved, "1 = 1"),
            (clocks, Clock, of_clock, "t.record_type = 'service.incident'"),
        ):
            columns = [field.column for field in model._meta.concrete_fields]
            taken = ", ".join(change.get(column, f"t.{column}") for column in columns)
            select = f"SELECT {taken} FROM {name} t CROSS JOIN copy WHERE {where}"
            head = f"INSERT INTO {name} ({', '.join(columns)})"
            cursor.execute(f"{head} {numbers} {select}")
        cursor.execute("ANALYZE")


if __name__ == "__main__":
    main()
