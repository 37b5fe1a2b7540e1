"""All addresses: sign-in, the chapters' own pages, then what the kernel derives from each resource."""

from django.urls import include, path

from opscharter.kernel.resources.site import site
from opscharter.kernel.web.urls import patterns

urlpatterns = [
    path("accounts/", include("allauth.urls")),
    *(pattern for chapter in site.chapters for pattern in chapter.urls),
    *patterns(),
]
