"""The Django app of the small library."""

from django.apps import AppConfig


class TestAppConfig(AppConfig):
    """Papers, their sections and topics, and the shelves they stand on."""

    name = "tests.kernel.testapp"
    label = "testapp"
