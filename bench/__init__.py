"""Benchmarks of the product; see README.md. The tools of the repository (`postgres`, `debian`) can be imported here."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tools"))
