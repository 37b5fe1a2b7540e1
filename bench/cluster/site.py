"""The installation: a primary and its replica, web nodes, workers, and nginx in front."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from debian import ensure
from postgres import Cluster, free_port, replicated

from bench.lib.places import Place
from bench.lib.server import start, stop, wait_until_up
from opscharter.config.processes import web_command

NODES = WORKERS = 2
DURABLE = "-c max_connections=100 -c shared_buffers=256MB -c hot_standby_feedback=on"
"""Unlike in tests, a commit is on disk when it is answered: otherwise the figures would promise too much."""

CONFIGURATION = """
{user}
worker_processes 1;
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/nginx.log warn;
events {{ worker_connections 512; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
    upstream web {{
{servers}
        keepalive 32;
    }}
    server {{
        listen 127.0.0.1:{port};
        location / {{
            proxy_pass http://web;
            proxy_http_version 1.1;
            proxy_set_header Connection "";
            proxy_set_header Host $http_host;
            proxy_set_header X-Forwarded-For $remote_addr;
            proxy_connect_timeout 2s;
            proxy_next_upstream error timeout;
            proxy_next_upstream_tries 2;
        }}
    }}
}}
"""
"""What a node cannot answer, nginx asks of the other one, but never a POST that may have been heard already."""


@dataclass
class Site:
    """Everything that runs, and a way to kill it and to start it again."""

    place: Place
    primary: Cluster
    replica: Cluster
    port: int
    ports: list[int] = field(default_factory=list)
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def start(self, name: str) -> None:
        """Start `web 0`, `worker 1` …, with the same command each time, as a service manager does."""
        kind, _space, number = name.partition(" ")
        read_from = {"DATABASE_REPLICA_URL": self.replica.url}
        if kind == "web":
            port = self.ports[int(number)]
            self.running[name] = start(self.place, web_command("127.0.0.1", port, 1), **read_from)
            wait_until_up(port, self.running[name])
        else:
            self.running[name] = start(self.place, ["-m", "django", "worker"])

    def kill(self, name: str) -> None:
        """Kill a process and all it has started, as a power cut does."""
        process = self.running[name]
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def stop(self, name: str) -> None:
        """Tell a process to finish and wait for it."""
        stop(self.running[name])


def front(folder: Path, port: int, ports: list[int]) -> subprocess.Popen[bytes]:
    """Start nginx before the web nodes."""
    servers = "\n".join(f"        server 127.0.0.1:{each} max_fails=1 fail_timeout=2s;" for each in ports)
    user = "user root;" if os.geteuid() == 0 else ""
    written = CONFIGURATION.format(folder=folder, port=port, servers=servers, user=user)
    (folder / "nginx.conf").write_text(written)
    program = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin") or "nginx"
    command = [program, "-p", str(folder), "-c", str(folder / "nginx.conf"), "-e", str(folder / "nginx.log")]
    return subprocess.Popen(command, start_new_session=True)


@contextmanager
def servers(folder: Path) -> Iterator[Site]:
    """Start the primary with an empty database and its replica; nothing of it is left afterwards."""
    ensure("nginx", "postgresql")
    with replicated(DURABLE) as (primary, replica):
        site = Site(Place("postgresql", folder, primary.url), primary, replica, free_port())
        try:
            yield site
        finally:
            for name in site.running:
                site.stop(name)


def open_up(site: Site) -> None:
    """Start web nodes, workers and the front."""
    for number in range(NODES):
        site.ports.append(free_port())
        site.start(f"web {number}")
    for number in range(WORKERS):
        site.start(f"worker {number}")
    site.running["nginx"] = front(site.place.folder, site.port, site.ports)
    wait_until_up(site.port, site.running["nginx"])
