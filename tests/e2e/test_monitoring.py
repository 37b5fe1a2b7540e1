"""Monitoring journeys: Debian's Alertmanager delivers to a source made in the browser, and an incident opens."""

from __future__ import annotations

import json
import re
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request
from contextlib import suppress
from pathlib import Path

import pytest

from tests.e2e.conftest import SignIn

PROGRAM = shutil.which("prometheus-alertmanager")
needs_alertmanager = pytest.mark.skipif(
    PROGRAM is None, reason="prometheus-alertmanager is not installed: tools/debian.py prometheus-alertmanager"
)
CONFIG = """
route: {{receiver: opscharter, group_by: [alertname], group_wait: 0s, group_interval: 1s, repeat_interval: 1h}}
receivers:
  - name: opscharter
    webhook_configs:
      - url: {url}
        http_config: {{authorization: {{credentials: {token}}}}}
"""


@needs_alertmanager
def test_alertmanager_fires_at_the_webhook_and_its_delivery_is_there_as_it_came(
    sign_in: SignIn, address: str, tmp_path: Path
) -> None:
    page = sign_in("service")
    page.goto(f"{address}/service/alert-sources/")
    page.get_by_role("link", name=re.compile("Prometheus")).first.click()
    page.locator("form[action$='/token/'] button").click()
    token = page.locator(".refusal code").inner_text().strip()
    assert token.startswith("oca_")
    config = tmp_path / "alertmanager.yml"
    config.write_text(CONFIG.format(url=f"{address}/hooks/alerts/prometheus-sh/", token=token))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [str(PROGRAM), f"--config.file={config}", f"--storage.path={tmp_path}", "--cluster.listen-address=",
         f"--web.listen-address=127.0.0.1:{port}"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        fire(f"http://127.0.0.1:{port}/api/v2/alerts")
        for _glance in range(40):
            page.goto(f"{address}/service/alert-deliveries/")
            page.locator("tbody a").first.click()
            if "JourneyDown" in page.locator("pre").first.inner_text():
                break
            time.sleep(0.25)
    finally:
        process.kill()
        process.wait()
    assert '"version": "4"' in page.locator("pre").first.inner_text()
    assert "Alertmanager/" in page.locator("main").inner_text()


def fire(url: str) -> None:
    """Let Alertmanager know of an alert, as soon as it answers."""
    alert = [{"labels": {"alertname": "JourneyDown", "severity": "critical"}, "annotations": {"summary": "Down"}}]
    request = urllib.request.Request(url, json.dumps(alert).encode(), {"Content-Type": "application/json"})
    for _try in range(80):
        with suppress(urllib.error.URLError, ConnectionError):
            urllib.request.urlopen(request, timeout=5)
            return
        time.sleep(0.25)
    raise AssertionError("Alertmanager does not answer")
