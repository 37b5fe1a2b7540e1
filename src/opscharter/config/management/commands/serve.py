"""`opscharter serve`: bring the database up to date, then serve pages and work jobs until stopped."""

from __future__ import annotations

import os
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from opscharter.config.processes import Processes, port_is_free, web_command
from opscharter.demo.found import founded, install_foundation
from opscharter.kernel.templatetags.demo_accounts import demo_listing
from opscharter.kernel.users.models import User
from opscharter.service.mailbox.fetching import fetched_mailboxes


class Command(BaseCommand):
    help = "Bring the database up to date, then serve pages and work jobs until stopped (Ctrl-C)."
    requires_system_checks: list[str] = []
    """The children run them; here they would only delay the start."""

    def add_arguments(self, parser: CommandParser) -> None:
        environ = os.environ
        parser.add_argument("--host", default=environ.get("HOST", "127.0.0.1"), help="address to listen on (HOST)")
        parser.add_argument("--port", type=int, default=environ.get("PORT", "8000"), help="port to listen on (PORT)")
        parser.add_argument(
            "--workers", type=int, default=environ.get("WEB_WORKERS", "1"), help="web processes (WEB_WORKERS)"
        )
        parser.add_argument("--no-worker", action="store_true", help="do not work jobs here; `opscharter worker` does")
        parser.add_argument(
            "--no-demo", action="store_true", help="do not load the demo company into an empty database"
        )

    def handle(self, *args: Any, host: str, port: int, workers: int, **options: Any) -> None:
        if not port_is_free(host, port):
            raise CommandError(f"Port {port} of {host} is in use. Choose another one: PORT={port + 1}")
        try:
            self._prepare(with_demo=settings.DEMO_MODE and not options["no_demo"])
        except KeyboardInterrupt:
            raise CommandError("Stopped before it was ready.", returncode=130) from None
        connection.close()
        processes = Processes()
        processes.listen_for_stop()
        try:
            processes.start("web", web_command(host, port, workers))
            if processes.wait_until_up(host, port):
                self._greet(host, port)
            if not options["no_worker"]:
                processes.start("worker", ["-m", "django", "worker"])
                if fetched_mailboxes():
                    processes.start("mail", ["-m", "django", "fetch-mail", "--watch"])
                connection.close()
            fallen = processes.watch()
        finally:
            processes.stop()
        if fallen:
            raise CommandError(
                f"The {fallen} process ended unexpectedly; everything was stopped. Its own words are above."
            )
        self.stdout.write("OpsCharter has stopped.")

    def _prepare(self, *, with_demo: bool) -> None:
        """Migrate what is to be migrated, and found the demo company or what every installation has."""
        settings.STATIC_ROOT.mkdir(exist_ok=True)
        executor = MigrationExecutor(connection)
        behind = bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))
        if behind:
            self.stdout.write("Bringing the database up to date …")
            call_command("migrate", verbosity=0, interactive=False)
        nobody = not founded() and not User.objects.filter(is_superuser=True).exists()
        if nobody and with_demo:
            self.stdout.write("Founding the demo company and living its year (half a minute) …")
            call_command("demo", verbosity=0)
        elif nobody or behind:
            install_foundation()

    def _greet(self, host: str, port: int) -> None:
        shown = f"[{host}]" if ":" in host else "localhost" if host == "0.0.0.0" else host
        self.stdout.write(self.style.SUCCESS(f"\nOpsCharter is ready: http://{shown}:{port}/\n"))
        known = demo_listing()
        if known and User.objects.filter(username=known[0][1]).exists():
            self.stdout.write("Sign in as")
            for role, username, password in known:
                self.stdout.write(f"  {username:<12} {password:<18} {role}")
        self.stdout.write("\nCtrl-C stops it.")
        connection.close()
