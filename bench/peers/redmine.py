"""Redmine as Debian packages it, copied into the scratch folder, where it gets its own database and configuration."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from urllib.parse import quote

from bench.lib.client import Request
from bench.peers.install import install
from bench.peers.peer import PASSWORD, USER, Ask, Peer
from bench.peers.tickets import Questions, Ticket

SHARE = Path("/usr/share/redmine")
HERE = Path(__file__).parent


class Redmine(Peer):
    """Redmine on puma: one process with five threads."""

    name = "Redmine"

    def install(self) -> str:
        """Copy the program, lay out its instance, let bundler find Debian's gems, make the tables and the data."""
        install("redmine", "redmine-pgsql", "puma", answers={"redmine/instances/default/dbconfig-install": "false"})
        root = self.folder / "app"
        shutil.copytree(SHARE, root, symlinks=True, ignore=shutil.ignore_patterns("instances", "Gemfile.lock"))
        for name in ("config", "files", "log", "tmp", "public"):
            (root / "instances/default" / name).mkdir(parents=True)
        for name in ("tmp", "log", "files"):
            (root / name).mkdir(exist_ok=True)
        written = json.dumps({"production": {
            "adapter": "postgresql", "database": self.database, "host": self.server.host, "port": self.server.port,
            "username": self.server.user, "password": self.server.password, "encoding": "utf8",
        }})  # fmt: skip  # JSON is YAML
        for place in (root / "config/database.yml", root / "instances/default/config/database.yml"):
            place.unlink(missing_ok=True)
            place.write_text(written)
        (root / "instances/default/config/secret_key.txt").write_text("peer" * 20)
        gems = root / "Gemfile"
        gems.write_text(gems.read_text().replace(f"{SHARE}/", f"{root}/"))
        self.server.create(self.database)
        self.folder = root
        self.run("bundle", "install", "--local")
        self.run("bundle", "exec", "rake", "db:migrate")
        self.run("bundle", "exec", "rake", "redmine:load_default_data")
        told = self.run("bundle", "exec", "rails", "runner", str(HERE / "redmine.rb"))
        self.ids = json.loads(next(line[4:] for line in told.splitlines() if line.startswith("OUT ")))
        return str(self.ids["version"])

    def environment(self) -> dict[str, str]:
        """Return the environment of a production instance."""
        more = {"RAILS_ENV": "production", "BUNDLE_WITHOUT": "test:development", "REDMINE_LANG": "en"}
        return {**super().environment(), **more, "X_DEBIAN_SITEID": "default"}

    def load(self, tickets: Sequence[Ticket]) -> None:
        """Copy the rows in: an issue each, a journal a note."""
        ids = self.ids
        with self.connect() as connection, connection.cursor() as cursor:
            columns = (
                "id, tracker_id, project_id, subject, description, status_id, priority_id, author_id, assigned_to_id,"
                "created_on, updated_on, start_date, closed_on, lft, rgt, root_id"
            )
            with cursor.copy(f"COPY issues ({columns}) FROM STDIN") as copy:
                for number, ticket in enumerate(tickets, start=1):
                    at, closed = ticket.opened_at.replace(tzinfo=None), ticket.closed_at
                    copy.write_row((
                        number, ids["tracker"], ids["project"], ticket.title, ticket.description,
                        ids["closed"] if closed else ids["open"], ids["priorities"][4 - ticket.priority],
                        ids["user"], ids["user"], at, at, at.date(),
                        closed and closed.replace(tzinfo=None), 1, 2, number,
                    ))  # fmt: skip
            columns = "journalized_id, journalized_type, user_id, notes, created_on"
            with cursor.copy(f"COPY journals ({columns}) FROM STDIN") as copy:
                for number, ticket in enumerate(tickets, start=1):
                    for at, text in ticket.notes:
                        copy.write_row((number, "Issue", ids["user"], text, at.replace(tzinfo=None)))
            cursor.execute("SELECT setval('issues_id_seq', %s)", [len(tickets)])
        with self.connect() as connection:
            connection.autocommit = True
            connection.execute("ANALYZE")

    def serve(self) -> None:
        """Start puma and sign in."""
        self.begin(["puma", "-e", "production", "-t", "5:5", "-b", f"tcp://127.0.0.1:{self.port}"], "/login")
        self.sign_in("/login", {"username": USER, "password": PASSWORD}, hidden="authenticity_token")

    def asks(self, questions: Questions) -> Mapping[str, Ask]:
        """Return the requests: pages by the session, the create by the key."""
        headers = (("Content-Type", "application/json"), ("X-Redmine-API-Key", self.ids["key"]))

        def create(turn: int) -> Request:
            issue = {"project_id": self.ids["project"], "tracker_id": self.ids["tracker"]}
            issue |= {"subject": f"網絡不通 {turn}", "description": "網絡不通"}
            return Request("/issues.json", "POST", json.dumps({"issue": issue}).encode(), headers, (201,))

        return {
            "list": lambda turn: Request("/issues?set_filter=1&status_id=*&per_page=50&sort=id:desc"),
            "detail": lambda turn: Request(f"/issues/{questions.places[turn % len(questions.places)] + 1}"),
            "search": lambda turn: Request(f"/search?q={quote(questions.word)}"),
            "create": create,
        }
