"""The documents promise only what is there."""

import re

from django.core.management import get_commands

from tests.architecture.tree import PACKAGE, ROOT, shown, tracked_files

LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
COMMAND = re.compile(r"(?:^|[`\s/])opscharter ([a-z]+(?:-[a-z]+)*)\b", re.MULTILINE)
FENCE = re.compile(r"`([^`\n]+)`|```[a-z]*\n(.*?)```", re.DOTALL)
VARIABLE = re.compile(r'(?:environ(?:ment)?\.get|environ(?:ment)?\[|flag|_needed)\(?(?:environment, )?"([A-Z_]+)"')


def documents():
    return [path for path in tracked_files() if path.suffix == ".md" and PACKAGE not in path.parents]


def anchors(text: str) -> set[str]:
    """Return the anchors that a forge makes of a document's headings."""
    titles = re.findall(r"^#+\s+(.*)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).strip().replace(" ", "-") for title in titles}


def test_every_link_inside_the_repository_leads_somewhere():
    lost = []
    for document in documents():
        for target in LINK.findall(document.read_text(encoding="utf-8")):
            if target.startswith(("http://", "https://", "mailto:")):
                continue
            name, _hash, anchor = target.partition("#")
            goal = (document.parent / name).resolve() if name else document
            if not goal.exists() or (anchor and anchor not in anchors(goal.read_text(encoding="utf-8"))):
                lost.append(f"{shown(document)} → {target}")
    assert not lost, "\n".join(lost)


def test_every_console_command_named_in_a_document_exists():
    known = set(get_commands())
    strange = []
    for document in documents():
        for inline, block in FENCE.findall(document.read_text(encoding="utf-8")):
            strange += [
                f"{shown(document)}: opscharter {n}" for n in COMMAND.findall(inline or block) if n not in known
            ]
    assert not strange, "\n".join(strange)


def test_every_make_target_named_in_a_document_exists():
    targets = set(re.findall(r"^([a-z0-9-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    strange = []
    for document in documents():
        for inline, block in FENCE.findall(document.read_text(encoding="utf-8")):
            named = re.findall(r"(?:^|\s)make ([a-z][a-z0-9-]*)", inline or block)
            strange += [f"{shown(document)}: make {name}" for name in named if name not in targets]
    assert not strange, "\n".join(strange)


def test_configuration_lists_every_environment_variable_and_no_other():
    read = set()
    for path in PACKAGE.rglob("*.py"):
        read |= set(VARIABLE.findall(path.read_text(encoding="utf-8")))
    read -= {"DJANGO_SETTINGS_MODULE"}
    table = (ROOT / "docs/operations/configuration.md").read_text(encoding="utf-8")
    listed = set(re.findall(r"^\| `([A-Z_]+)`", table, re.MULTILINE))
    assert listed == read


def test_every_decision_is_in_the_index():
    index = (ROOT / "docs/README.md").read_text(encoding="utf-8")
    records = sorted((ROOT / "docs/adr").glob("[0-9]*.md"))
    assert records
    assert [path.name for path in records if path.name not in index] == []
    numbers = [int(path.name[:4]) for path in records]
    assert numbers == list(range(1, len(numbers) + 1))
