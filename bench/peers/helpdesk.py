"""django-helpdesk in an environment of its own."""

from __future__ import annotations

import base64
import json
import sys
import uuid
from collections.abc import Mapping, Sequence
from pathlib import Path

from bench.lib.client import Request, csrf
from bench.peers.peer import PASSWORD, USER, Ask, Peer
from bench.peers.tickets import Questions, Ticket

HERE = Path(__file__).parent / "desk"
OPEN, CLOSED = 1, 4
COLUMNS = "draw=1&start=0&length=50&order[0][column]=0&order[0][dir]=desc"


class DjangoHelpdesk(Peer):
    """django-helpdesk on granian with four threads, as ours runs."""

    name = "django-helpdesk"

    def install(self) -> str:
        """Install it from the package index into a virtual environment, and make its tables."""
        self.python = str(self.folder / "venv/bin/python")
        self.run(sys.executable, "-m", "venv", str(self.folder / "venv"))
        self.run(self.python, "-m", "pip", "install", "-q", "django-helpdesk", "granian", "psycopg[binary]", "django<6")
        self.server.create(self.database)
        told = self.run(self.python, str(HERE / "prepare.py"))
        self.ids = json.loads(next(line[4:] for line in told.splitlines() if line.startswith("OUT ")))
        return str(self.ids["version"])

    def environment(self) -> dict[str, str]:
        """Return the environment of its settings."""
        server = self.server
        own = {
            "PEER_DATABASE": self.database, "PEER_HOST": server.host, "PEER_PORT": str(server.port),
            "PEER_USER": server.user, "PEER_PASSWORD": server.password,
            "DJANGO_SETTINGS_MODULE": "peer_settings", "PYTHONPATH": str(HERE), "PYTHONDONTWRITEBYTECODE": "1",
        }  # fmt: skip
        return {**super().environment(), **own}

    def load(self, tickets: Sequence[Ticket]) -> None:
        """Copy the rows in: a ticket each, a follow-up a note."""
        queue, user = self.ids["queue"], self.ids["user"]
        columns = "id, title, created, modified, status, on_hold, description, priority, queue_id, assigned_to_id"
        columns += ", secret_key, submitter_email"
        with self.connect() as connection, connection.cursor() as cursor:
            with cursor.copy(f"COPY helpdesk_ticket ({columns}) FROM STDIN") as copy:
                for number, ticket in enumerate(tickets, start=1):
                    at = ticket.opened_at
                    copy.write_row((
                        number, ticket.title, at, at, CLOSED if ticket.closed_at else OPEN, False, ticket.description,
                        ticket.priority, queue, user, str(uuid.uuid4()), "engineer@peer.test",
                    ))  # fmt: skip
            columns = "date, title, comment, public, ticket_id, user_id"
            with cursor.copy(f"COPY helpdesk_followup ({columns}) FROM STDIN") as copy:
                for number, ticket in enumerate(tickets, start=1):
                    for at, text in ticket.notes:
                        copy.write_row((at, "Comment", text, True, number, user))
            cursor.execute("SELECT setval(pg_get_serial_sequence('helpdesk_ticket', 'id'), %s)", [len(tickets)])
        with self.connect() as connection:
            connection.autocommit = True
            connection.execute("ANALYZE")

    def serve(self) -> None:
        """Start granian and sign in."""
        server = [self.python, "-m", "granian", "django.core.wsgi:get_wsgi_application", "--factory"]
        server += ["--interface", "wsgi", "--workers", "1", "--blocking-threads", "4", "--log-level", "warning"]
        self.begin([*server, "--host", "127.0.0.1", "--port", str(self.port)], "/login/")
        self.sign_in("/login/", {"username": USER, "password": PASSWORD}, hidden="csrfmiddlewaretoken")

    def asks(self, questions: Questions) -> Mapping[str, Ask]:
        """Return the requests. Its list page is empty until the browser has asked for the rows: that call is timed."""
        headers = (
            ("Content-Type", "application/json"), ("X-CSRFToken", csrf(self.cookie)),
            ("Referer", f"http://127.0.0.1:{self.port}/"),
        )  # fmt: skip

        def rows(search: str) -> Request:
            asked = {"filtering": {}, "sorting": "created", "sortreverse": True, "search_string": search}
            query = base64.b64encode(json.dumps(asked).encode()).decode()
            return Request(f"/datatables_ticket_list/{query}?{COLUMNS}")

        def create(turn: int) -> Request:
            body = {"title": f"網絡不通 {turn}", "description": "網絡不通", "queue": self.ids["queue"], "status": OPEN}
            body |= {"priority": 3, "submitter_email": "engineer@peer.test"}
            return Request("/api/tickets/", "POST", json.dumps(body).encode(), headers, (201,))

        return {
            "list": lambda turn: rows(""),
            "detail": lambda turn: Request(f"/tickets/{questions.places[turn % len(questions.places)] + 1}/"),
            "search": lambda turn: rows(questions.word),
            "create": create,
        }
