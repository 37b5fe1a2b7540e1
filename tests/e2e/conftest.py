"""A running product with its demo company, and a real browser."""

from __future__ import annotations

import fcntl
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

CHROMIUM = next((path for path in ("chromium", "chromium-browser") if shutil.which(path)), None)
CONSOLE = Path(sys.executable).parent / "opscharter"
PASSWORD = "opscharter-demo"
WIDE, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}

SignIn = Callable[..., Page]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything here is a journey: it runs with `make e2e` only."""
    here = Path(__file__).parent
    for item in items:
        if item.path.is_relative_to(here):
            item.add_marker(pytest.mark.e2e)


@pytest.fixture(scope="session")
def address(tmp_path_factory: pytest.TempPathFactory, testrun_uid: str) -> Iterator[str]:
    """Start the product on a free port with a small demo company in a folder of its own."""
    data = tmp_path_factory.mktemp("data")
    shutil.copytree(
        _company(tmp_path_factory.getbasetemp().parent / f"company-{testrun_uid}"), data, dirs_exist_ok=True
    )
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {**_environment(data), "PORT": str(port)}
    server = subprocess.Popen([CONSOLE, "serve"], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}"
    try:
        _wait(url)
        yield url
    finally:
        server.terminate()
        server.wait(20)


def _environment(data: Path) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if k not in ("DATABASE_URL", "DJANGO_SETTINGS_MODULE")}
    return {**kept, "OPSCHARTER_DATA": str(data), "DJANGO_SETTINGS_MODULE": "opscharter.config.settings"}


def _company(folder: Path) -> Path:
    """Return a folder with a founded company; the first of several test processes founds it, the others wait."""
    with folder.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            begun = folder.with_suffix(".begun")
            subprocess.run([CONSOLE, "migrate", "-v0"], env=_environment(begun), check=True)
            subprocess.run([CONSOLE, "demo", "--scale", "0.25", "-v0"], env=_environment(begun), check=True)
            begun.rename(folder)
    return folder


def _wait(url: str) -> None:
    for _try in range(120):
        try:
            urllib.request.urlopen(f"{url}/accounts/login/", timeout=2)
            return
        except OSError:
            time.sleep(0.5)
    raise TimeoutError(url)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Start Debian's Chromium."""
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed; `make e2e` installs it")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=shutil.which(CHROMIUM), args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture
def sign_in(address: str, browser: Browser) -> Iterator[SignIn]:
    """Return a way to sign in as a demo account: `sign_in("engineer", viewport=PHONE)`; any script error fails."""
    errors: list[str] = []
    contexts = []

    def enter(account: str, viewport: dict[str, int] = WIDE, language: str = "en", dark: bool = False) -> Page:
        context = browser.new_context(
            base_url=address, viewport=viewport, locale=language, color_scheme="dark" if dark else "light",
            extra_http_headers={"Accept-Language": language},
        )  # type: ignore[arg-type]  # fmt: skip
        contexts.append(context)
        context.add_cookies([{"name": "django_language", "value": language, "url": address}])
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto("/accounts/login/")
        page.fill("[name=login]", account)
        page.fill("[name=password]", PASSWORD)
        page.press("[name=password]", "Enter")
        page.wait_for_selector("nav.rail", state="attached")
        return page

    yield enter
    for context in contexts:
        context.close()
    assert not errors, errors
