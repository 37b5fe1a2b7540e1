"""OpsCharter itself: the same tickets, a service manager who sees them all, the same server as the others."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping, Sequence
from urllib.parse import quote

from bench.lib.client import Request, json_request, sign_in
from bench.lib.places import Place
from bench.lib.server import start, stop, wait_until_up
from bench.peers.peer import Ask, Peer, Server
from bench.peers.tickets import Questions, Ticket
from opscharter.config.processes import web_command

USER = "service"


class OpsCharter(Peer):
    """One web process with four threads; a worker beside it does what a create queues."""

    name = "OpsCharter"

    def __init__(self, place: Place, server: Server) -> None:
        super().__init__(place.folder / "peers", server)
        self.place = place
        self.worker: subprocess.Popen[bytes] | None = None
        self.ids: list[int] = []

    def install(self) -> str:
        """Found the demo company without its year of tickets; returns the version."""
        from importlib.metadata import version

        from django.core.management import call_command

        from opscharter.demo import found

        call_command("migrate", verbosity=0, interactive=False)
        found.found(scale=0.05)
        return version("opscharter")

    def fill(self, count: int) -> float:
        """Load so many tickets with their history by the product's bulk path; returns tickets a second."""
        if not count:
            return 0.0
        from bench.load.loader import load

        return load(self.place, count).per_second

    def load(self, tickets: Sequence[Ticket]) -> None:
        """Nothing: the others are given what is here."""

    def serve(self) -> None:
        """Start web and worker, sign in, and make a key to the API."""
        from opscharter.customers.models import Customer
        from opscharter.demo.accounts import PASSWORD
        from opscharter.kernel.access.actor import actor_for
        from opscharter.kernel.api.tokens import issue
        from opscharter.kernel.users.models import User

        self.key = issue(actor_for(User.objects.get(username=USER)), "peers", days=1)[1]
        self.customer = Customer.objects.order_by("pk").values_list("pk", flat=True)[0]
        self.process = start(self.place, web_command("127.0.0.1", self.port, 1))
        wait_until_up(self.port, self.process)
        self.worker = start(self.place, ["-m", "django", "worker"])
        self.cookie = sign_in(self.port, USER, PASSWORD)

    def asks(self, questions: Questions) -> Mapping[str, Ask]:
        """Return the requests: pages by the session, the create by the key."""
        ids, places = self.ids, questions.places

        def create(turn: int) -> Request:
            body = {"title": f"網絡不通 {turn}", "description": "網絡不通", "urgency": 3, "customer": self.customer}
            return json_request("/api/v1/service/incidents/", body, self.key, expect=(201,))

        return {
            "list": lambda turn: Request("/service/incidents/?order=-id"),
            "detail": lambda turn: Request(f"/service/incidents/{ids[places[turn % len(places)]]}/"),
            "search": lambda turn: Request(f"/find/?q={quote(questions.word)}"),
            "create": create,
        }

    def end(self) -> None:
        """Stop web and worker; the place drops its database itself."""
        for process in filter(None, (self.worker, self.process)):
            stop(process)
