"""Where the installation keeps its data and secrets; everything is settable by environment variables."""

import os
import secrets
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[3]


def data_folder() -> Path:
    """Return the folder of the embedded database, files and generated secrets (`OPSCHARTER_DATA`, default `var/`)."""
    folder = Path(os.environ.get("OPSCHARTER_DATA") or CHECKOUT / "var").resolve()
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def secret_key(folder: Path) -> str:
    """Return `SECRET_KEY`, or the key generated once and kept readable by the owner only."""
    if given := os.environ.get("SECRET_KEY"):
        return given
    kept = folder / "secret_key"
    try:
        descriptor = os.open(kept, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return kept.read_text().strip()
    key = secrets.token_urlsafe(50)
    with os.fdopen(descriptor, "w") as file:
        file.write(key)
    return key


def flag(name: str, default: bool = False) -> bool:
    """Read a yes/no environment variable."""
    value = os.environ.get(name)
    return default if value is None else value.strip().lower() in {"1", "true", "yes", "on"}
