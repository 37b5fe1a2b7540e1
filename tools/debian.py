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
from collections.abc import Callable


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


def has_dovecot() -> bool:
    """Say whether there is an IMAP server for the tests of mailboxes."""
    return shutil.which("dovecot", path=f"{os.environ.get('PATH', '')}:/usr/sbin") is not None


KNOWN: dict[str, Callable[[], bool]] = {
    "chromium": has_chromium,
    "dovecot-imapd": has_dovecot,
    "fonts-noto-cjk": has_cjk_fonts,
    "nginx": lambda: shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin") is not None,
    "postgresql": lambda: bool(postgresql_folder()),
    "xmlsec1": lambda: shutil.which("xmlsec1") is not None,
    "prometheus-alertmanager": lambda: shutil.which("prometheus-alertmanager") is not None,
}


def ensure(*packages: str, if_root: bool = False) -> None:
    """Install what is missing; where that cannot be done the program ends with a sentence, unless only `if_root`."""
    missing = [package for package in packages if not KNOWN[package]()]
    if not missing:
        return
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        if if_root:
            return
        sys.exit(f"Needed and not found: {', '.join(missing)}. On Debian: sudo apt-get install {' '.join(missing)}")
    print(f"installing {', '.join(missing)} …", flush=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for arguments in (["update", "-qq"], ["install", "-qq", "-y", "--no-install-recommends", *missing]):
        done = subprocess.run(["apt-get", *arguments], env=environment, stdout=subprocess.DEVNULL, check=False)
        if done.returncode and if_root:
            print(f"{', '.join(missing)} could not be installed; what needs it is skipped", flush=True)
            return
        if done.returncode:
            sys.exit(f"apt-get {' '.join(arguments)} failed")


if __name__ == "__main__":
    ensure(*[each for each in sys.argv[1:] if each != "--if-root"], if_root="--if-root" in sys.argv)
