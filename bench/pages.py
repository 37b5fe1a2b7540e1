"""Time the main pages, the API, search, a create and the checks on a demo company in a database of its own.

Prints milliseconds of server time (median and 95th percentile of repeated requests, no network) and queries each.
`make bench SCALE=10` founds ten times the usual number of tickets. Read the figures beside the floor: a view that
answers nothing but a signed-in user's name.
"""

import argparse
import os
import statistics
import tempfile
import time
from collections.abc import Callable


def measure(work: Callable[[], object], rounds: int) -> tuple[float, float]:
    """Return the median and the 95th percentile of a piece of work, in milliseconds."""
    work()
    times = []
    for _round in range(rounds):
        begun = time.perf_counter()
        work()
        times.append((time.perf_counter() - begun) * 1000)
    times.sort()
    return statistics.median(times), times[min(len(times) - 1, int(len(times) * 0.95))]


def main() -> None:
    """Found a company, then measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scale", type=float, default=1)
    parser.add_argument("--rounds", type=int, default=30)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["OPSCHARTER_DATA"] = folder
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "opscharter.config.settings")
        import django

        django.setup()
        run(options.scale, options.rounds)


def run(scale: float, rounds: int) -> None:
    """Print one line a piece of work."""
    from django.core.management import call_command
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from opscharter.charter.evaluation import run as run_checks
    from opscharter.customers.models import Customer
    from opscharter.demo import found
    from opscharter.kernel.access.actor import system_actor
    from opscharter.kernel.search.find import find
    from opscharter.kernel.users.models import User
    from opscharter.service.tickets.models import Incident

    call_command("migrate", verbosity=0)
    begun = time.perf_counter()
    found.found(scale=scale)
    print(f"demo company, scale {scale:g}: {time.perf_counter() - begun:.1f} s, {Incident.objects.count()} incidents")
    browser = Client(SERVER_NAME="localhost")
    browser.force_login(User.objects.get(username="service"), backend="django.contrib.auth.backends.ModelBackend")
    actor, customer = system_actor(), Customer.objects.order_by("pk").first()
    pk = Incident.objects.order_by("-pk").values_list("pk", flat=True).first()

    def create() -> object:
        return Incident(title="Bench", description="x", urgency=2, customer=customer).save_as(actor)

    works: dict[str, Callable[[], object]] = {
        "floor: an empty notices page": lambda: browser.get("/inbox/"),
        "incident list": lambda: browser.get("/service/incidents/"),
        "incident list, three filters": lambda: browser.get(
            "/service/incidents/?state=CLOSED&priority=3&channel=phone"
        ),
        "incident page": lambda: browser.get(f"/service/incidents/{pk}/"),
        "API list of 50": lambda: browser.get("/api/v1/service/incidents/"),
        "search, two Chinese characters": lambda: find(actor, "網絡"),
        "search, a number": lambda: find(actor, "INC-"),
        "create with guards, clocks, audit": create,
        "cockpit": lambda: browser.get("/"),
        "clause page": lambda: browser.get("/regulation/clauses/3.1.2/"),
        "all checks": lambda: run_checks(actor),
    }
    print(f"{'':36}{'median ms':>11}{'p95 ms':>9}{'queries':>9}")
    for name, work in works.items():
        median, late = measure(work, rounds)
        with CaptureQueriesContext(connection) as captured:
            work()
        print(f"{name:36}{median:11.1f}{late:9.1f}{len(captured):9}")


if __name__ == "__main__":
    main()
