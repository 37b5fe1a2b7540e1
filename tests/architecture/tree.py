"""The tree under test: where it lies, which files are tracked, which layer a package belongs to."""

import ast
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src/opscharter"
KERNEL = PACKAGE / "kernel"


def tracked_files() -> list[Path]:
    """Return every file of the repository, those about to be added too."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout.decode().split("\0")
    return sorted({ROOT / name for name in names if name and (ROOT / name).is_file()})


def layers() -> list[set[str]]:
    """Return the layers of the house from the top down, as import-linter reads them; siblings share one."""
    linter = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    house = next(contract for contract in linter["contracts"] if contract["id"] == "house")
    return [{name.strip() for name in line.replace(":", "|").split("|")} for line in house["layers"]]


def modules(folder: Path) -> Iterator[tuple[Path, ast.Module]]:
    """Yield each module below a folder with its syntax tree, migrations left out."""
    for path in sorted(folder.rglob("*.py")):
        if "migrations" not in path.parts:
            yield path, ast.parse(path.read_text(encoding="utf-8"))


def shown(path: Path, line: int = 0) -> str:
    """Return a place for a failure message."""
    return f"{path.relative_to(ROOT)}:{line}" if line else str(path.relative_to(ROOT))
