"""The API held to its own OpenAPI document: every operation answers what the document says, and never breaks."""

from __future__ import annotations

import datetime as dt
import os
from typing import Any

import pytest
import schemathesis
from django.urls import clear_url_caches
from hypothesis import HealthCheck, Phase, settings
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from opscharter.config.wsgi import application
from opscharter.kernel.access.actor import actor_for
from opscharter.kernel.api import tokens
from opscharter.kernel.users.models import User
