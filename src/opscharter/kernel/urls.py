"""The addresses that the kernel derives from every resource."""

from __future__ import annotations

from typing import Any

from django.urls import include, path

from opscharter.kernel.account import URLS as ACCOUNT
from opscharter.kernel.exchange.pages import ExportPage, ImportPage
from opscharter.kernel.live.pages import URLS as LIVE
from opscharter.kernel.oversight.pages import URLS as OVERSIGHT
from opscharter.kernel.resources.declaration import Resource
from opscharter.kernel.resources.site import site
from opscharter.kernel.web.answering import AnswerPage
from opscharter.kernel.web.approving import ApprovalPage
from opscharter.kernel.web.bulk import BulkPage
from opscharter.kernel.web.cards import CardsPage
from opscharter.kernel.web.detail import DetailPage
from opscharter.kernel.web.editing import CreatePage, EditPage
from opscharter.kernel.web.extras import (
    CommentPage,
    DeleteViewPage,
    DownloadPage,
    FilesPage,
    FindPage,
    OptionsPage,
    SaveViewPage,
)
from opscharter.kernel.web.history import HistoryPage
from opscharter.kernel.web.listing import ListPage
from opscharter.kernel.web.moving import ArchivePage, MovePage

PAGES: dict[str, Any] = {
    "": ListPage,
    "new/": CreatePage,
    "options/": OptionsPage,
    "bulk/": BulkPage,
    "export/": ExportPage,
    "import/": ImportPage,
    "views/": SaveViewPage,
    "views/<int:pk>/delete/": DeleteViewPage,
    "<int:pk>/": DetailPage,
    "<int:pk>/cards/": CardsPage,
    "<int:pk>/edit/": EditPage,
    "<int:pk>/history/": HistoryPage,
    "<int:pk>/moves/<slug:name>/": MovePage,
    "<int:pk>/approvals/<slug:name>/": ApprovalPage,
    "<int:pk>/comments/": CommentPage,
    "<int:pk>/files/": FilesPage,
    "<int:pk>/archive/": ArchivePage,
}


def pages_of(resource: Resource) -> Any:
    """Return the addresses of one resource; `resource.pages` may put another page class in a place.

    They stand under one prefix, so that Django compares an address with a hundred prefixes and not with all pages.
    """
    chosen = {**PAGES, **resource.pages}
    pages = [path(end, page.as_view(resource=resource)) for end, page in chosen.items()]
    return path(f"{resource.chapter}/{resource.slug}/", include(pages))


def patterns() -> list[Any]:
    """Return the pages of every resource, and those that span all of them."""
    return [
        *(pages_of(resource) for resource in site.resources),
        *ACCOUNT,
        *OVERSIGHT,
        *LIVE,
        path("find/", FindPage.as_view(), name="find"),
        path("answers/<str:token>/", AnswerPage.as_view(), name="answer"),
        path("files/<int:pk>/", DownloadPage.as_view(), name="file"),
    ]
