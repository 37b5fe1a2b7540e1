"""The file itself: a ZIP with a list of hashes, and reading one again without anything of the installation."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import IO, Any

FORMAT = "opscharter-compliance-pack"
MANIFEST, SUMS = "MANIFEST.json", "SHA256SUMS"
CHUNK = 1 << 20
MOST_MANIFEST = 16 << 20
"""A list of hashes larger than this is none."""
STAMP = (1980, 1, 1, 0, 0, 0)
"""The same for every file, so that the same content makes the same bytes."""


def seal(about: Mapping[str, Any], files: Mapping[str, bytes]) -> tuple[bytes, str]:
    """Return a pack with its files and the list of their hashes, and the SHA-256 of that list."""
    listed = [
        {"path": path, "size": len(content), "sha256": hashlib.sha256(content).hexdigest()}
        for path, content in sorted(files.items())
    ]
    manifest = json.dumps(
        {"format": FORMAT, "version": 1, "algorithm": "SHA-256", **about, "files": listed}, ensure_ascii=False, indent=1
    ).encode()
    sums = "".join(f"{each['sha256']}  {each['path']}\n" for each in listed).encode()
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as made:
        for path, content in [(MANIFEST, manifest), (SUMS, sums), *sorted(files.items())]:
            entry = zipfile.ZipInfo(path, STAMP)
            entry.compress_type = zipfile.ZIP_DEFLATED
            made.writestr(entry, content)
    return buffer.getvalue(), hashlib.sha256(manifest).hexdigest()


@dataclass
class Verdict:
    """What reading a pack again found; a pack is whole when nothing is altered, missing or added."""

    about: dict[str, Any] = field(default_factory=dict)
    manifest: str = ""
    whole: int = 0
    altered: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    added: list[str] = field(default_factory=list)
    problem: str = ""

    @property
    def intact(self) -> bool:
        """Say whether the pack is as it was made."""
        return not (self.problem or self.altered or self.missing or self.added)


def verify(file: IO[bytes], expected: str = "") -> Verdict:
    """Read a pack and compare every file with the list; `expected` is the list's own hash, as the platform shows it."""
    found = Verdict()
    try:
        with zipfile.ZipFile(file) as pack:
            _verify(pack, found, expected)
    except (zipfile.BadZipFile, EOFError, OSError, ValueError, KeyError, TypeError, RuntimeError) as error:
        found.problem = f"not a pack that can be read: {error}"
    return found


def _verify(pack: zipfile.ZipFile, found: Verdict, expected: str) -> None:
    names = pack.namelist()
    if len(names) != len(set(names)):
        raise ValueError("a name occurs twice")
    if MANIFEST not in names:
        raise ValueError(f"there is no {MANIFEST}")
    if pack.getinfo(MANIFEST).file_size > MOST_MANIFEST:
        raise ValueError(f"{MANIFEST} is too large")
    manifest = pack.read(MANIFEST)
    found.manifest = hashlib.sha256(manifest).hexdigest()
    if expected and found.manifest != expected.strip().lower():
        found.altered.append(MANIFEST)
    told = json.loads(manifest)
    if not isinstance(told, dict) or told.get("format") != FORMAT:
        raise ValueError(f"{MANIFEST} does not speak of a compliance pack")
    listed = {str(each["path"]): each for each in told.pop("files")}
    found.about = told
    for path, each in listed.items():
        if path not in names:
            found.missing.append(path)
        elif _digest(pack, path, int(each["size"])) == each["sha256"]:
            found.whole += 1
        else:
            found.altered.append(path)
    sums = "".join(f"{each['sha256']}  {path}\n" for path, each in listed.items()).encode()
    if SUMS not in names:
        found.missing.append(SUMS)
    elif pack.getinfo(SUMS).file_size != len(sums) or pack.read(SUMS) != sums:
        found.altered.append(SUMS)
    found.added += [name for name in names if name not in {*listed, MANIFEST, SUMS}]


def _digest(pack: zipfile.ZipFile, path: str, size: int) -> str:
    """Return the SHA-256 of a file within; one that is longer than listed is read no further."""
    hashed, read = hashlib.sha256(), 0
    try:
        with pack.open(path) as file:
            while chunk := file.read(CHUNK):
                read += len(chunk)
                if read > size:
                    return "longer than listed"
                hashed.update(chunk)
    except zipfile.BadZipFile:
        return "damaged"
    return hashed.hexdigest()
