"""Request Tracker 5 as Debian packages it, with configuration and data in the scratch folder."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from urllib.parse import quote

from bench.lib.client import Request
from bench.peers.install import install
from bench.peers.peer import PASSWORD, USER, Ask, Peer
from bench.peers.tickets import Questions, Ticket

SHARE = Path("/usr/share/request-tracker5")
HERE = Path(__file__).parent
CONFIGURATION = """
Set($rtname, 'peer'); Set($Organization, 'peer'); Set($WebDomain, '127.0.0.1'); Set($WebPort, {port});
Set($DatabaseType, 'Pg'); Set($DatabaseHost, '{host}'); Set($DatabasePort, {database_port});
Set($DatabaseName, '{database}'); Set($DatabaseUser, '{user}'); Set($DatabaseAdmin, '{user}');
Set($DatabasePassword, '{password}'); Set($MailCommand, 'testfile'); Set($MasonDataDir, '{folder}/mason');
Set($RestrictReferrer, 0); Set($LogToSyslog, undef); Set($LogToSTDERR, 'error');
1;
"""
ROLES = ("AdminCc", "Cc", "Owner", "Requestor")
NOBODY = 6
"""RT's own user who owns what nobody owns."""


class RequestTracker(Peer):
    """Request Tracker on starman with two processes."""

    name = "Request Tracker"

    def install(self) -> str:
        """Write its configuration, make its tables and its first data."""
        packages = ("request-tracker5", "rt5-db-postgresql", "starman")
        install(*packages, answers={
            "request-tracker5/dbconfig-install": "false", "request-tracker5/handle-siteconfig-permissions": "false",
            "request-tracker5/install-cronjobs": "false",
        })  # fmt: skip
        for name in ("parts", "mason"):
            (self.folder / name).mkdir(exist_ok=True)
        (self.folder / "RT_SiteConfig.pm").write_text(CONFIGURATION.format(
            port=self.port, host=self.server.host, database_port=self.server.port, database=self.database,
            user=self.server.user, password=self.server.password, folder=self.folder,
        ))  # fmt: skip
        self.server.create(self.database)
        setup = ["rt-setup-database-5", "--skip-create", "--dba", self.server.user]
        setup += ["--dba-password", self.server.password or "none"]
        self.run(*setup, "--action", "schema,acl,coredata")
        self.run(*setup, "--action", "insert", "--datafile", str(SHARE / "etc/initialdata"))
        told = self.run("perl", str(HERE / "tracker.pl"))
        self.ids = json.loads(next(line[4:] for line in told.splitlines() if line.startswith("OUT ")))
        return str(self.ids["version"])

    def environment(self) -> dict[str, str]:
        """Return the environment that names the configuration."""
        place = {
            "RT_SITE_CONFIG": str(self.folder / "RT_SiteConfig.pm"),
            "RT_SITE_CONFIG_DIR": str(self.folder / "parts"),
        }
        return {**super().environment(), **place}

    def load(self, tickets: Sequence[Ticket]) -> None:
        """Copy the rows in as RT writes them: ticket, four roles with their members, a transaction and text a note."""
        with self.connect() as connection, connection.cursor() as cursor:
            cursor.execute("SELECT max(id) FROM principals")
            first = (cursor.fetchone() or (0,))[0] + 1
            self._tickets(cursor, tickets)
            self._roles(cursor, len(tickets), first)
            self._stories(cursor, tickets)
            for table in ("tickets", "principals", "groups", "groupmembers", "cachedgroupmembers", "transactions"):
                cursor.execute(f"SELECT setval('{table}_id_seq', (SELECT max(id) FROM {table}))")
            cursor.execute("SELECT setval('attachments_id_seq', (SELECT max(id) FROM attachments))")
        with self.connect() as connection:
            connection.autocommit = True
            connection.execute("ANALYZE")

    def _tickets(self, cursor, tickets: Sequence[Ticket]) -> None:  # type: ignore[no-untyped-def]
        user, queue = self.ids["user"], self.ids["queue"]
        columns = "id, effectiveid, queue, type, owner, subject, priority, status, resolved"
        columns += ", creator, created, lastupdatedby, lastupdated"
        with cursor.copy(f"COPY tickets ({columns}) FROM STDIN") as copy:
            for number, ticket in enumerate(tickets, start=1):
                at, closed = ticket.opened_at.replace(tzinfo=None), ticket.closed_at
                copy.write_row((
                    number, number, queue, "ticket", NOBODY, ticket.title, 100 - 20 * ticket.priority,
                    "resolved" if closed else "open", closed and closed.replace(tzinfo=None), user, at, user, at,
                ))  # fmt: skip

    def _roles(self, cursor, count: int, first: int) -> None:  # type: ignore[no-untyped-def]
        """Make the four groups of each ticket: nobody owns it, the engineer asked for it."""
        user = self.ids["user"]
        of_ticket = [(first + 4 * n + at, role, n + 1) for n in range(count) for at, role in enumerate(ROLES)]
        with cursor.copy("COPY principals (id, principaltype) FROM STDIN") as copy:
            for group, _role, _ticket in of_ticket:
                copy.write_row((group, "Group"))
        columns = "id, name, domain, instance, creator, created, lastupdatedby"
        with cursor.copy(f"COPY groups ({columns}) FROM STDIN") as copy:
            for group, role, ticket in of_ticket:
                copy.write_row((group, role, "RT::Ticket-Role", ticket, user, "2026-01-01", user))
        members = {"Owner": NOBODY, "Requestor": user}
        with cursor.copy("COPY groupmembers (groupid, memberid, creator, lastupdatedby) FROM STDIN") as copy:
            for group, role, _ticket in of_ticket:
                if role in members:
                    copy.write_row((group, members[role], user, user))
        cursor.execute("SELECT max(id) FROM cachedgroupmembers")
        number = (cursor.fetchone() or (0,))[0]
        with cursor.copy("COPY cachedgroupmembers (id, groupid, memberid, via, immediateparentid) FROM STDIN") as copy:
            for group, role, _ticket in of_ticket:
                for member in filter(None, (group, members.get(role))):
                    number += 1
                    copy.write_row((number, group, member, number, group))

    def _stories(self, cursor, tickets: Sequence[Ticket]) -> None:  # type: ignore[no-untyped-def]
        user = self.ids["user"]
        cursor.execute("SELECT max(id) FROM transactions")
        begin = (cursor.fetchone() or (0,))[0]
        told = [
            (number, "Create" if at == ticket.opened_at else "Correspond", at.replace(tzinfo=None), text)
            for number, ticket in enumerate(tickets, start=1)
            for at, text in [(ticket.opened_at, ticket.description), *ticket.notes]
        ]
        with cursor.copy("COPY transactions (id, objecttype, objectid, type, creator, created) FROM STDIN") as copy:
            for number, (ticket, kind, at, _text) in enumerate(told, start=begin + 1):
                copy.write_row((number, "RT::Ticket", ticket, kind, user, at))
        columns = "transactionid, contenttype, contentencoding, content, headers, creator, created"
        with cursor.copy(f"COPY attachments ({columns}) FROM STDIN") as copy:
            for number, (_ticket, _kind, at, text) in enumerate(told, start=begin + 1):
                copy.write_row((number, "text/plain", "none", text, "Content-Type: text/plain\n", user, at))

    def serve(self) -> None:
        """Start starman and sign in."""
        server = ["plackup", "-s", "Starman", "--workers", "2", "-E", "deployment", "--host", "127.0.0.1"]
        self.begin([*server, "--port", str(self.port), str(SHARE / "libexec/rt-server")], "/NoAuth/Login.html")
        self.sign_in("/NoAuth/Login.html", {"user": USER, "pass": PASSWORD, "next": ""})

    def asks(self, questions: Questions) -> Mapping[str, Ask]:
        """Return the requests: pages and REST 2 by the session."""
        headers = (("Content-Type", "application/json"),)

        def create(turn: int) -> Request:
            body = {
                "Queue": "General",
                "Subject": f"網絡不通 {turn}",
                "Content": "網絡不通",
                "ContentType": "text/plain",
            }
            body["Requestor"] = "engineer@peer.test"
            return Request("/REST/2.0/ticket", "POST", json.dumps(body).encode(), headers, (201,))

        every = quote("Queue = 'General'")
        return {
            "list": lambda turn: Request(f"/Search/Results.html?Query={every}&Rows=50&OrderBy=id&Order=DESC"),
            "detail": lambda turn: Request(
                f"/Ticket/Display.html?id={questions.places[turn % len(questions.places)] + 1}"
            ),
            "search": lambda turn: Request(f"/Search/Simple.html?q={quote(questions.word)}"),
            "create": create,
        }
