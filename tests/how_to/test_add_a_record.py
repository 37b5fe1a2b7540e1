"""The how-to proves its own claim: its code is taken from the page, counted and used."""

from __future__ import annotations

import re
import sys
import types
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client, override_settings

from opscharter.config.site import CHAPTERS
from opscharter.kernel.access.actor import Actor, Grant, install_provider, system_actor
from opscharter.kernel.api.urls import patterns as api_patterns
from opscharter.kernel.resources.declaration import Resource
from opscharter.kernel.resources.site import Chapter, site
from opscharter.kernel.urls import patterns
from opscharter.kernel.users.models import User
from opscharter.organization import access

PAGE = Path(__file__).parents[2] / "docs/how-to/add-a-record.md"
BLOCKS = re.findall(r"```python\n# (\S+)\n(.*?)```", PAGE.read_text(), re.DOTALL)
ABOUT_THIRTY = 32


def test_a_record_costs_about_thirty_lines():
    lines = [line for _name, block in BLOCKS for line in block.splitlines() if line.strip()]
    assert [name for name, _block in BLOCKS] == ["models/vehicle.py", "resources.py", "chapter.py"]
    assert len(lines) <= ABOUT_THIRTY, len(lines)


@pytest.fixture
def vehicles(transactional_db: None) -> Any:
    """Follow the page: define the model and the resource, make the table, list the resource in a chapter."""
    code = dict(BLOCKS)
    module = types.ModuleType("tests.kernel.testapp.vehicle")
    sys.modules[module.__name__] = module
    exec(compile(code["models/vehicle.py"], "models/vehicle.py", "exec"), module.__dict__)
    space = {"Resource": Resource, "Vehicle": module.Vehicle}
    exec(compile(code["resources.py"], "resources.py", "exec"), space)
    with connection.schema_editor() as editor:
        editor.create_model(module.Vehicle)
    site.install([*CHAPTERS, Chapter(code="garage", label="garage", number=3, resources=[space["vehicles"]])])
    install_provider(lambda user: Actor(user=user, grants=(Grant("*", "*", "all"),)))
    urls = types.ModuleType("how_to_urls")
    from django.urls import include, path

    from opscharter.boards.urls import URLS as BOARDS

    own = [pattern for chapter in site.chapters for pattern in chapter.urls]
    urls.urlpatterns = [
        *BOARDS, path("accounts/", include("allauth.urls")), *own, *patterns(), path("api/v1/", include(api_patterns())),
    ]  # fmt: skip
    sys.modules["how_to_urls"] = urls
    with override_settings(ROOT_URLCONF="how_to_urls"):
        yield module.Vehicle
    with connection.schema_editor() as editor:
        editor.delete_model(module.Vehicle)
    apps.all_models["testapp"].pop("vehicle")
    apps.clear_cache()
    site.install(CHAPTERS)
    install_provider(access.actor_of)


def test_what_comes_out_can_be_used(vehicles):
    user = User.objects.create(username="driver", is_superuser=True)
    browser = Client()
    browser.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    made = browser.post("/garage/vehicles/new/", {"plate": "滬A12345", "model": "Van"})
    assert made.status_code == 302, made.content.decode()[:500]
    vehicle = vehicles.objects.get()
    assert str(vehicle) == "V0001 滬A12345"
    assert "滬A12345" in browser.get("/garage/vehicles/").content.decode()
    assert "滬A12345" in browser.get("/garage/vehicles/?q=Van").content.decode()
    assert browser.get(made.url).status_code == 200
    shown = browser.get(f"/api/v1/garage/vehicles/{vehicle.pk}/").json()
    assert shown["plate"] == "滬A12345"
    refused = browser.post("/garage/vehicles/new/", {"plate": "滬A12345", "model": "Car"})
    assert refused.status_code == 422
    vehicle.archive_as(system_actor(), reason="sold")
    assert browser.get("/api/v1/garage/vehicles/").json()["total"] == 0
