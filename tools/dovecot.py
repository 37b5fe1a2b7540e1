"""A private IMAP server for tests: Debian's dovecot in a temporary folder, on free ports of 127.0.0.1, for one user.

Any user can run it; as root its processes and the mail belong to Debian's user dovecot.
"""

from __future__ import annotations

import grp
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

USER, PASSWORD = "desk", "correct-horse"
CONFIGURATION = """
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
protocols = imap
ssl = yes
ssl_cert = <{folder}/cert.pem
ssl_key = <{folder}/key.pem
disable_plaintext_auth = no
auth_failure_delay = 0
mail_location = maildir:{folder}/mail/%u
mail_uid = {uid}
mail_gid = {gid}
first_valid_uid = 1
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}/mail/%u
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    address = 127.0.0.1
    port = {port}
  }}
  inet_listener imaps {{
    address = 127.0.0.1
    port = {tls_port}
  }}
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
"""


@dataclass(frozen=True)
class Dovecot:
    """A running server: its folder, its plain and its TLS port, and the certificate that vouches for it."""

    folder: Path
    port: int
    tls_port: int
    certificate: Path
    user: str = USER
    password: str = PASSWORD


def found() -> bool:
    """Say whether there is a dovecot with IMAP on this machine."""
    return program() is not None and Path("/usr/lib/dovecot/imap").exists()


def program() -> str | None:
    """Return the server's program; Debian keeps it out of users' way."""
    return shutil.which("dovecot", path=f"{os.environ.get('PATH', '')}:/usr/sbin")


def _free_ports() -> tuple[int, int]:
    with socket.socket() as one, socket.socket() as two:
        one.bind(("127.0.0.1", 0))
        two.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1]), int(two.getsockname()[1])


def _certify(folder: Path) -> None:
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
               "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", "key.pem",
               "-out", "cert.pem"]  # fmt: skip
    subprocess.run(command, cwd=folder, check=True, capture_output=True)


TOKENS = """
auth_mechanisms = xoauth2 oauthbearer
passdb {{
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = {folder}/oauth2.conf
}}
"""


@contextmanager
def running(tokens: str = "") -> Iterator[Dovecot]:
    """Run a server until the context ends. With `tokens`, where one asks whose a token is, tokens sign in."""
    with tempfile.TemporaryDirectory(prefix="imap", dir="/tmp") as name:
        folder = Path(name)
        user = pwd.getpwnam("dovecot" if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name)
        for each in ("mail", "run", "state"):
            (folder / each).mkdir()
        _certify(folder)
        port, tls_port = _free_ports()
        names = {
            "user": user.pw_name,
            "group": grp.getgrgid(user.pw_gid).gr_name,
            "uid": user.pw_uid,
            "gid": user.pw_gid,
        }
        (folder / "dovecot.conf").write_text(
            CONFIGURATION.format(folder=folder, password=PASSWORD, port=port, tls_port=tls_port, **names)
        )
        if tokens:
            with (folder / "dovecot.conf").open("a") as configuration:
                configuration.write(TOKENS.format(folder=folder))
            (folder / "oauth2.conf").write_text(f"tokeninfo_url = {tokens}\nusername_attribute = username\n")
        if os.geteuid() == 0:
            folder.chmod(0o755)
            os.chown(folder / "mail", user.pw_uid, user.pw_gid)
        command = [str(program()), "-F", "-c", str(folder / "dovecot.conf")]
        server = subprocess.Popen(command, stderr=subprocess.DEVNULL)
        try:
            _wait(server, port, folder)
            yield Dovecot(folder, port, tls_port, folder / "cert.pem")
        finally:
            server.terminate()
            server.wait(10)


def _wait(server: subprocess.Popen[bytes], port: int, folder: Path) -> None:
    until = time.monotonic() + 20
    while time.monotonic() < until and server.poll() is None:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=5) as probe:
                if probe.recv(40).startswith(b"* OK"):
                    return
        except OSError:
            time.sleep(0.05)
    log = folder / "log"
    raise RuntimeError(f"dovecot does not answer: {log.read_text()[-2000:] if log.exists() else ''}")
