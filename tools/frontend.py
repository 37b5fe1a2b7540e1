"""Copy the front-end parts that pages use from node_modules into the product's static files.

Only what is used is copied, minified as published. Run by `make setup`; safe to repeat.
"""

import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "node_modules"
TARGET = ROOT / "src/opscharter/kernel/static/vendor"

FILES = {
    "@tabler/core/dist/css/tabler.min.css": "tabler.min.css",
    "@tabler/icons-webfont/dist/tabler-icons.min.css": "tabler-icons.min.css",
    "@tabler/icons-webfont/dist/fonts/tabler-icons.woff2": "fonts/tabler-icons.woff2",
    "echarts/dist/echarts.min.js": "echarts.min.js",
    "htmx.org/dist/htmx.min.js": "htmx.min.js",
    "tom-select/dist/js/tom-select.complete.min.js": "tom-select.min.js",
    "tom-select/dist/css/tom-select.min.css": "tom-select.min.css",
}


def main() -> int:
    """Copy every file that is missing or differs; return 1 when node_modules lacks one."""
    missing = [name for name in FILES if not (SOURCE / name).is_file()]
    if missing:
        print("front-end parts are missing; run `npm ci`:", *missing, sep="\n  ", file=sys.stderr)
        return 1
    for name, end in FILES.items():
        source, target = SOURCE / name, TARGET / end
        if not target.is_file() or target.stat().st_size != source.stat().st_size:
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target)
    return 0


if __name__ == "__main__":
    sys.exit(main())
