"""Where the installation keeps its data and secrets; everything is settable by environment variables."""

import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import dj_database_url
from django.core.exceptions import ImproperlyConfigured

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


def replica_database(url: str, primary: Mapping[str, Any]) -> dict[str, Any]:
    """Return a replica's settings (`DATABASE_REPLICA_URL`); raises ImproperlyConfigured where it is not PostgreSQL.

    A replica that is gone is noticed within seconds, and nothing is written by mistake where the URL names no replica.
    """
    replica: dict[str, Any] = dict(dj_database_url.parse(url, conn_max_age=60, conn_health_checks=True))
    if not all(each["ENGINE"].endswith("postgresql") for each in (primary, replica)):
        raise ImproperlyConfigured("DATABASE_REPLICA_URL needs PostgreSQL, there and in DATABASE_URL.")
    quick = {"connect_timeout": 2, "tcp_user_timeout": 5000, "options": "-c default_transaction_read_only=on"}
    replica["OPTIONS"] = {**quick, **replica.get("OPTIONS", {})}
    replica["TEST"] = {"MIRROR": "default"}
    return replica
