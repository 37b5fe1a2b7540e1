"""What every tracked file must be like."""

import itertools
import re

from tests.architecture.tree import ROOT, shown, tracked_files

LONGEST = 400
CODE = {".py", ".html", ".css", ".js", ".sh"}
MACHINE_PATHS = re.compile("|".join(rf"(?<![\w.~/*-])/{folder}/" for folder in ("work", "root", "tmp", "home")))
HOSTS = [
    ".".join(parts) for parts in (("pypi", "org"), ("pythonhosted", "org"), ("npmjs", "org"), ("deb", "debian", "org"))
]


def test_no_file_of_code_has_more_than_400_lines():
    long = []
    for path in tracked_files():
        if path.suffix in CODE and "migrations" not in path.parts:
            count = len(path.read_text(encoding="utf-8").splitlines())
            if count > LONGEST:
                long.append(f"{shown(path)}: {count} lines")
    assert not long, "a file over 400 lines has two subjects:\n" + "\n".join(long)


def test_no_file_names_a_registry_host_or_a_path_of_somebodys_machine():
    found = []
    for path in tracked_files():
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        for number, line in enumerate(text.splitlines(), start=1):
            if MACHINE_PATHS.search(line) or any(host in line for host in HOSTS):
                found.append(f"{shown(path, number)}: {line.strip()[:100]}")
    assert not found, "\n".join(found)


def test_the_machine_path_pattern_finds_what_it_should():
    assert MACHINE_PATHS.search("data = '" + "/tmp" + "/x'")
    assert not MACHINE_PATHS.search("see docs/work/flow.md and a-root/x")


def test_lock_files_pin_every_package_by_hash():
    for name in ("requirements.lock", "requirements-dev.lock", "requirements-ldap.lock"):
        lines = (ROOT / name).read_text().splitlines()
        for line, following in itertools.pairwise(lines):
            if not line.startswith(" "):
                assert "==" in line, f"{name}: {line}"
                assert following.startswith("    --hash=sha256:"), f"{name}: {line}"
