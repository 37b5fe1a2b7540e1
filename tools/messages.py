"""The message catalogues: extracted, merged, checked, filled and compiled with Babel, without GNU gettext.

    messages.py update               merge the texts in the code into every catalogue; translations are kept
    messages.py check                fail, naming every text that is missing, empty, unused or filled in otherwise
    messages.py compile              write the .mo files that Django reads
    messages.py todo LANGUAGE        print what is not translated yet as JSON: {text: ""}
    messages.py fill LANGUAGE FILE   take translations from such a JSON file

A text with a context is keyed "context | text"; of a text with a plural the singular is the key.
"""

from __future__ import annotations

import argparse
import io
import json
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation.template import templatize

SOURCE = Path(__file__).resolve().parents[1] / "src/opscharter"
LOCALE = SOURCE / "locale"
LANGUAGES = ("zh_Hant", "zh_Hans")
KEYWORDS = {
    **dict.fromkeys(("_", "_t", "gettext", "gettext_lazy", "gettext_noop"), None),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), (1, 2)),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), ((1, "c"), 2)),
    **dict.fromkeys(("npgettext", "npgettext_lazy"), ((1, "c"), 2, 3)),
}
PLACEHOLDER = re.compile(r"%(?:\(\w+\))?[sdif]|\{\w*(?:![rs])?(?::[^{}]*)?\}")
DATED = re.compile(
    rb'^"(?:POT-Creation-Date|PO-Revision-Date|Last-Translator|Language-Team|Generated-By|Report-Msgid-Bugs-To):.*\n',
    re.M,
)


def catalogue_file(language: str) -> Path:
    """Return where the catalogue of a language lies."""
    return LOCALE / language / "LC_MESSAGES" / "django.po"


def python_of(template: Path) -> bytes:
    """Return a template as Python source that holds only its texts; one statement a line, whatever its indentation."""
    code = templatize(template.read_text(encoding="utf-8"), origin=str(template))
    return "\n".join(line.lstrip() for line in code.splitlines()).encode()


def sources() -> Iterator[bytes]:
    """Yield the Python source of every module and template of the product."""
    for path in sorted(SOURCE.rglob("*")):
        if path.suffix == ".py" and "migrations" not in path.parts:
            yield path.read_bytes()
        elif path.suffix in (".html", ".txt") and "templates" in path.parts:
            yield python_of(path)


def extracted() -> Catalog:
    """Return every text of the code."""
    found = Catalog()
    for source in sources():
        for _line, text, _comments, context in extract("python", io.BytesIO(source), keywords=KEYWORDS):
            if text and text[0]:
                found.add(text, context=context)
    return found


def read(language: str) -> Catalog:
    """Return the catalogue of a language, empty when there is none yet."""
    file = catalogue_file(language)
    if not file.exists():
        return Catalog(locale=language)
    with file.open("rb") as stream:
        return read_po(stream, locale=language)


def write(language: str, catalogue: Catalog) -> None:
    """Write a catalogue so that only texts make it differ: sorted, without dates and line numbers."""
    catalogue.header_comment = f"# OpsCharter in {catalogue.locale.english_name if catalogue.locale else language}."
    catalogue.fuzzy = False
    catalogue.project, catalogue.version = "OpsCharter", "1"
    stream = io.BytesIO()
    write_po(stream, catalogue, width=110, no_location=True, sort_output=True, ignore_obsolete=True)
    file = catalogue_file(language)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(DATED.sub(b"", stream.getvalue()))


def texts_of(message: Message) -> list[str]:
    """Return the translations of a message: one, or one for each plural form."""
    return [message.string] if isinstance(message.string, str) else list(message.string or [""])


def key_of(message: Message) -> str:
    """Return the name of a message in JSON files and reports."""
    text = message.id if isinstance(message.id, str) else message.id[0]
    return f"{message.context} | {text}" if message.context else text


def placeholders(text: str) -> list[str]:
    """Return what a text is filled in with, in alphabetical order; a doubled percent sign is none."""
    return sorted(set(PLACEHOLDER.findall(text.replace("%%", ""))))


def misfilled(message: Message, text: str) -> bool:
    """Say whether a translation is filled in with other things than its text (its plural, if it has one)."""
    original = message.id if isinstance(message.id, str) else message.id[-1]
    return placeholders(original) != placeholders(text)


def untranslated(catalogue: Catalog) -> list[Message]:
    """Return the messages that lack a translation or whose translation is doubtful."""
    return [m for m in catalogue if m.id and (m.fuzzy or not all(texts_of(m)))]


def problems(language: str, wanted: Catalog) -> Iterator[str]:
    """Yield a sentence for everything that keeps a catalogue from being complete and true to the code."""
    kept = read(language)
    ids = {(m.context, m.id): m for m in kept if m.id}
    expected = {(m.context, m.id): m for m in wanted if m.id}
    for key, message in expected.items():
        if key not in ids:
            yield f"missing: {key_of(message)!r} (run `make messages`)"
    for key, message in ids.items():
        if key not in expected:
            yield f"no longer used: {key_of(message)!r} (run `make messages`)"
        elif not all(texts_of(message)):
            yield f"not translated: {key_of(message)!r}"
        elif message.fuzzy:
            yield f"doubtful: {key_of(message)!r}"
        elif any(misfilled(message, text) for text in texts_of(message)):
            yield f"placeholders differ: {key_of(message)!r} → {texts_of(message)}"


def update() -> int:
    """Merge the texts of the code into every catalogue."""
    wanted = extracted()
    for language in LANGUAGES:
        catalogue = read(language)
        catalogue.update(wanted, no_fuzzy_matching=True)
        write(language, catalogue)
        print(f"{language}: {len(catalogue)} texts, {len(untranslated(catalogue))} to translate")
    return 0


def check() -> int:
    """Report every problem of every catalogue; 1 when there is one."""
    wanted = extracted()
    found = [f"{language}: {problem}" for language in LANGUAGES for problem in problems(language, wanted)]
    print(*found, sep="\n", end="\n" if found else "")
    print(f"messages: {len(wanted)} texts, {len(found)} problems")
    return 1 if found else 0


def compile_all() -> int:
    """Write the .mo file of every catalogue."""
    for language in LANGUAGES:
        with catalogue_file(language).with_suffix(".mo").open("wb") as stream:
            write_mo(stream, read(language))
    return 0


def todo(language: str) -> int:
    """Print what is not translated yet."""
    open_texts = {key_of(message): "" for message in untranslated(read(language))}
    print(json.dumps(open_texts, ensure_ascii=False, indent=1))
    return 0


def fill(language: str, file: Path) -> int:
    """Take translations from a JSON file; what does not fit is named and left out, the rest goes in."""
    catalogue = read(language)
    by_key = {key_of(message): message for message in catalogue if message.id}
    refused = []
    for key, text in json.loads(file.read_text(encoding="utf-8")).items():
        message = by_key.get(key)
        if message is None:
            refused.append(f"not in the catalogue: {key!r}")
        elif text and misfilled(message, text):
            refused.append(f"placeholders differ: {key!r} → {text!r}")
        elif text:
            message.string = text if isinstance(message.id, str) else (text,) * catalogue.num_plurals
            message.flags.discard("fuzzy")
    write(language, catalogue)
    print(*refused, sep="\n", end="\n" if refused else "")
    print(f"{language}: {len(untranslated(catalogue))} to translate")
    return 1 if refused else 0


def main() -> int:
    """Run one command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    for name in ("update", "check", "compile"):
        commands.add_parser(name)
    for name in ("todo", "fill"):
        commands.add_parser(name).add_argument("language", choices=LANGUAGES)
    commands.choices["fill"].add_argument("file", type=Path)
    given = parser.parse_args()
    settings.configure(USE_I18N=False)
    actions: dict[str, Callable[[], int]] = {
        "update": update,
        "check": check,
        "compile": compile_all,
        "todo": lambda: todo(given.language),
        "fill": lambda: fill(given.language, given.file),
    }
    return actions[given.command]()


if __name__ == "__main__":
    sys.exit(main())
