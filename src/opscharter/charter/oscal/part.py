"""OSCAL: the part's table of contents."""

from django.urls import path

from opscharter.charter.oscal.pages import OscalDocumentPage, OscalPage
from opscharter.kernel.resources.site import Page, Part

PART = Part(
    label="OSCAL",
    icon="file-export",
    pages=[Page("OSCAL", "/regulation/oscal/", "file-export", lambda actor: actor.may("charter.clause", "view"))],
    urls=[
        path("regulation/oscal/", OscalPage.as_view(), name="oscal"),
        path("regulation/oscal/<slug:kind>/", OscalDocumentPage.as_view(), name="oscal-document"),
    ],
)
