"""Programs of the machine that tests need: found, or installed from Debian's packages by root, or asked for by name.

debian.py chromium fonts-noto-cjk      make sure of both
debian.py --if-root dovecot-imapd      install it where that is possible; without it some tests are skipped
"""

from __future__ import annotations

import glob
import os
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

NO_SERVICES = Path("/usr/sbin/policy-rc.d")
"""Debian asks this program whether a service may be started."""
ANSWERS = "slapd slapd/no_configuration boolean true\n"
"""What packages ask when they are installed: none may set up a directory that would serve from the next start on."""


def has_chromium() -> bool:
    """Say whether there is a browser for the journeys."""
    return shutil.which("chromium") is not None


def has_cjk_fonts() -> bool:
    """Say whether Chinese is drawn with a font of its own."""
    if shutil.which("fc-list") is None:
        return False
    return bool(subprocess.run(["fc-list", ":lang=zh-tw"], capture_output=True, check=False).stdout.strip())


def postgresql_folder() -> str:
    """Return the folder of the newest PostgreSQL server's programs, or an empty text."""
    folders = glob.glob("/usr/lib/postgresql/*/bin/initdb")
    if folders:
        return os.path.dirname(max(folders, key=lambda path: int(path.split("/")[4])))
    found = shutil.which("initdb")
    return os.path.dirname(os.path.realpath(found)) if found else ""


def _program(name: str) -> bool:
    return shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin") is not None


def has_python_header() -> bool:
    """Say whether what is compiled for this Python finds its header; only Debian's own has it in a package."""
    return Path(sysconfig.get_paths()["include"], "Python.h").exists()


KNOWN: dict[str, Callable[[], bool]] = {
    "chromium": has_chromium,
    "dovecot-imapd": lambda: _program("dovecot"),
    "fonts-noto-cjk": has_cjk_fonts,
    "gcc": lambda: _program("gcc"),
    "libc6-dev": lambda: Path("/usr/include/stdio.h").exists(),
    "libldap2-dev": lambda: Path("/usr/include/ldap.h").exists(),
    "libsasl2-dev": lambda: Path("/usr/include/sasl/sasl.h").exists(),
    "nginx": lambda: _program("nginx"),
    "postgresql": lambda: bool(postgresql_folder()),
    "prometheus-alertmanager": lambda: _program("prometheus-alertmanager"),
    "python3-dev": lambda: has_python_header() or sys.base_prefix != "/usr",
    "slapd": lambda: _program("slapd"),
    "xmlsec1": lambda: _program("xmlsec1"),
}
LDAP_EXTRA = ("gcc", "libc6-dev", "libldap2-dev", "libsasl2-dev", "python3-dev")
"""What the extra `ldap` is compiled with; together they are asked for as `ldap-extra`."""


def can_compile_ldap() -> bool:
    """Say whether the extra `ldap` can be installed."""
    return has_python_header() and all(KNOWN[package]() for package in LDAP_EXTRA)


@contextmanager
def no_services() -> Iterator[None]:
    """Let no package start its service while the block lasts: tests run programs of their own."""
    if NO_SERVICES.exists():
        yield
        return
    NO_SERVICES.write_text("#!/bin/sh\nexit 101\n")
    NO_SERVICES.chmod(0o755)
    try:
        yield
    finally:
        NO_SERVICES.unlink()


def ensure(*packages: str, if_root: bool = False) -> None:
    """Install what is missing; where that cannot be done the program ends with a sentence, unless only `if_root`."""
    named = [each for package in packages for each in (LDAP_EXTRA if package == "ldap-extra" else (package,))]
    missing = [package for package in named if not KNOWN[package]()]
    if not missing:
        return
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        if if_root:
            return
        sys.exit(f"Needed and not found: {', '.join(missing)}. On Debian: sudo apt-get install {' '.join(missing)}")
    print(f"installing {', '.join(missing)} …", flush=True)
    with no_services():
        failed = _install(missing)
    if failed and if_root:
        print(f"{', '.join(missing)} could not be installed; what needs it is skipped", flush=True)
    elif failed:
        sys.exit(f"{failed} failed")


def _install(packages: list[str]) -> str:
    """Install packages, and return the command that failed, if one did."""
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    if "slapd" in packages:
        subprocess.run(["debconf-set-selections"], input=ANSWERS, text=True, check=False)
    for arguments in (["update", "-qq"], ["install", "-qq", "-y", "--no-install-recommends", *packages]):
        command = ["apt-get", *arguments]
        if subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, check=False).returncode:
            return " ".join(command)
    return ""


if __name__ == "__main__":
    ensure(*[each for each in sys.argv[1:] if each != "--if-root"], if_root="--if-root" in sys.argv)
