"""Debian's packages of the peers, installed without questions and without touching a database server."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping


def install(*packages: str, answers: Mapping[str, str]) -> None:
    """Install what is missing; RuntimeError where that cannot be done. `answers` are debconf's, `owner/name` each."""
    if all(_there(package) for package in packages):
        return
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        raise RuntimeError(f"not installed, and only root may: apt-get install {' '.join(packages)}")
    print(f"installing {', '.join(packages)} …", flush=True)
    lines = "".join(f"{name.partition('/')[0]} {name} boolean {value}\n" for name, value in answers.items())
    subprocess.run(["debconf-set-selections"], input=lines, text=True, check=False)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for arguments in (["update", "-qq"], ["install", "-qq", "-y", "--no-install-recommends", *packages]):
        done = subprocess.run(["apt-get", *arguments], env=environment, capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(f"apt-get {arguments[0]}: {done.stderr.strip()[-300:]}")


def _there(package: str) -> bool:
    asked = ["dpkg-query", "-W", "-f", "${Status}", package]
    if shutil.which("dpkg-query") is None:
        return False
    return "install ok installed" in subprocess.run(asked, capture_output=True, text=True, check=False).stdout
