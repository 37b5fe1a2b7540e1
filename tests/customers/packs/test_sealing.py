"""A pack proves by itself, without the platform, whether it is as it was made, and names what was altered."""

from __future__ import annotations

import io
import json
import zipfile

import pytest
from django.core.management import CommandError, call_command

from opscharter.customers.packs.sealing import MANIFEST, SUMS, seal, verify

FILES = {"report.pdf": b"%PDF-1.7", "results.json": b"{}", "evidence/exceptions.json": b"[1, 2]"}


def altered(content: bytes, change) -> io.BytesIO:
    """Return the pack with its files changed by a function on {name: content}."""
    with zipfile.ZipFile(io.BytesIO(content)) as pack:
        files = {name: pack.read(name) for name in pack.namelist()}
    change(files)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as pack:
        for name, text in files.items():
            pack.writestr(name, text)
    out.seek(0)
    return out


@pytest.fixture
def sealed():
    return seal({"number": "CP-2026-0001", "customer": "East", "period": "2026-Q3"}, FILES)


def test_a_pack_as_it_was_made_is_whole(sealed):
    content, manifest = sealed
    found = verify(io.BytesIO(content), manifest)
    assert (found.intact, found.whole, found.manifest) == (True, 3, manifest)
    assert found.about["number"] == "CP-2026-0001"
    assert seal({"number": "CP-2026-0001", "customer": "East", "period": "2026-Q3"}, FILES) == sealed


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda f: f.update({"results.json": b'{"exceptions": 0}'}), ("altered", ["results.json"])),
        (lambda f: f.update({"results.json": b"[]"}), ("altered", ["results.json"])),
        (lambda f: f.pop("evidence/exceptions.json"), ("missing", ["evidence/exceptions.json"])),
        (lambda f: f.update({"evidence/praise.json": b"{}"}), ("added", ["evidence/praise.json"])),
        (lambda f: f.update({SUMS: b""}), ("altered", [SUMS])),
        (lambda f: f.pop(SUMS), ("missing", [SUMS])),
    ],
)
def test_what_was_altered_taken_out_or_put_in_is_named(sealed, change, told):
    found = verify(altered(sealed[0], change))
    what, names = told
    assert not found.intact
    assert getattr(found, what) == names
    assert sum(len(getattr(found, each)) for each in ("altered", "missing", "added")) == 1


def test_a_list_of_hashes_that_was_made_to_fit_is_found_by_the_hash_the_platform_kept(sealed):
    forged, _manifest = seal({"number": "CP-2026-0001"}, {**FILES, "results.json": b'{"exceptions": 0}'})
    assert verify(io.BytesIO(forged)).intact
    assert verify(io.BytesIO(forged), sealed[1]).altered == [MANIFEST]


@pytest.mark.parametrize("text", [b"", b"PK\x05\x06", b"no zip at all", b"PK\x03\x04" + b"\x00" * 60])
def test_what_is_no_pack_is_told_as_such(text):
    found = verify(io.BytesIO(text))
    assert (found.intact, found.whole) == (False, 0)
    assert found.problem


@pytest.mark.parametrize("manifest", [b"{}", b"[]", b"\xff", b'{"format": "opscharter-compliance-pack"}'])
def test_a_pack_with_a_broken_list_is_told_as_such(sealed, manifest):
    assert verify(altered(sealed[0], lambda f: f.update({MANIFEST: manifest}))).problem


def test_bytes_damaged_on_the_way_are_found(sealed):
    content = bytearray(sealed[0])
    place = content.find(b"results.json", content.find(b"SHA256SUMS")) + len("results.json")
    content[place] ^= 0xFF
    assert not verify(io.BytesIO(bytes(content))).intact


def test_the_command_names_what_was_altered_and_fails(sealed, tmp_path, capsys):
    good, bad = tmp_path / "good.zip", tmp_path / "bad.zip"
    good.write_bytes(sealed[0])
    bad.write_bytes(altered(sealed[0], lambda f: f.update({"report.pdf": b"%PDF-1.7 all is well"})).read())
    call_command("verify-pack", str(good), manifest=sealed[1])
    assert "3 files are as listed" in capsys.readouterr().out
    with pytest.raises(CommandError, match="not as it was made"):
        call_command("verify-pack", str(bad), json=True)
    told = json.loads(capsys.readouterr().out)
    assert (told["intact"], told["altered"]) == (False, ["report.pdf"])
    with pytest.raises(CommandError):
        call_command("verify-pack", str(tmp_path / "absent.zip"))
