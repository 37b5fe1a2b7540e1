"""The regulation as a file, as the chapter lists it."""

from django.urls import path
from django.utils.translation import gettext_lazy as _

from opscharter.charter.texts import pages
from opscharter.kernel.resources.site import Part

PART = Part(
    label=_("Text"),
    icon="file-text",
    urls=[
        path("regulation/editions/<int:pk>.md", pages.MarkdownPage.as_view(), name="regulation-markdown"),
        path("regulation/editions/<int:pk>.pdf", pages.PdfPage.as_view(), name="regulation-pdf"),
        path("regulation/drafts/<int:pk>/redline.pdf", pages.RedlinePdfPage.as_view(), name="redline-pdf"),
        path("regulation/import/", pages.ImportPage.as_view(), name="regulation-import"),
        path("regulation/search/", pages.SearchPage.as_view(), name="regulation-search"),
    ],
)
