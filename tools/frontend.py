"""Copy the front-end parts that pages use, and the fonts of PDF documents, from node_modules into the product.

Only what is used is copied, minified as published. Run by `make setup`; safe to repeat.
"""

import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "node_modules"
KERNEL = ROOT / "src/opscharter/kernel"

FILES = {
    "@tabler/core/dist/css/tabler.min.css": "static/vendor/tabler.min.css",
    "@tabler/icons-webfont/dist/tabler-icons.min.css": "static/vendor/tabler-icons.min.css",
    "@tabler/icons-webfont/dist/fonts/tabler-icons.woff2": "static/vendor/fonts/tabler-icons.woff2",
    "echarts/dist/echarts.min.js": "static/vendor/echarts.min.js",
    "htmx.org/dist/htmx.min.js": "static/vendor/htmx.min.js",
    "tom-select/dist/js/tom-select.complete.min.js": "static/vendor/tom-select.min.js",
    "tom-select/dist/css/tom-select.min.css": "static/vendor/tom-select.min.css",
    "@expo-google-fonts/noto-sans-tc/400Regular/NotoSansTC_400Regular.ttf": "documents/fonts/tc-regular.ttf",
    "@expo-google-fonts/noto-sans-tc/700Bold/NotoSansTC_700Bold.ttf": "documents/fonts/tc-bold.ttf",
    "@expo-google-fonts/noto-sans-sc/400Regular/NotoSansSC_400Regular.ttf": "documents/fonts/sc-regular.ttf",
    "@expo-google-fonts/noto-sans-sc/700Bold/NotoSansSC_700Bold.ttf": "documents/fonts/sc-bold.ttf",
}


def main() -> int:
    """Copy every file that is missing or differs; return 1 when node_modules lacks one."""
    missing = [name for name in FILES if not (SOURCE / name).is_file()]
    if missing:
        print("front-end parts are missing; run `npm ci`:", *missing, sep="\n  ", file=sys.stderr)
        return 1
    for name, end in FILES.items():
        source, target = SOURCE / name, KERNEL / end
        if not target.is_file() or target.stat().st_size != source.stat().st_size:
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target)
    return 0


if __name__ == "__main__":
    sys.exit(main())
