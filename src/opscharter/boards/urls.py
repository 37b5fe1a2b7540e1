"""The boards' addresses."""

from django.urls import path

from opscharter.boards.cockpit import CockpitPage
from opscharter.boards.my_work import MyWorkPage

URLS = [
    path("", CockpitPage.as_view(), name="cockpit"),
    path("my-work/", MyWorkPage.as_view(), name="my-work"),
]
