"""All addresses: sign-in, the chapters' own pages, then what the kernel derives from each resource."""

from django.urls import include, path

from opscharter.boards.urls import URLS as BOARDS
from opscharter.config.health import health
from opscharter.kernel.api.urls import patterns as api_patterns
from opscharter.kernel.resources.site import site
from opscharter.kernel.urls import patterns
from opscharter.kernel.web.saml import urls as saml_urls

urlpatterns = [
    *BOARDS,
    path("health", health, name="health"),
    *saml_urls(),
    path("accounts/", include("allauth.urls")),
    *(pattern for part in site.parts for pattern in part.urls),
    *patterns(),
    path("api/v1/", include(api_patterns())),
]
