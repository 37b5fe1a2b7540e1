"""The library's pages and API, beside the product's."""

from django.urls import include, path

from opscharter.config.urls import urlpatterns as product
from opscharter.kernel.api.urls import patterns
from opscharter.kernel.resources.site import site
from opscharter.kernel.urls import pages_of
from tests.kernel.api.site import LIBRARY

own = [pages_of(site.resource(resource.model)) for resource in LIBRARY.resources]
urlpatterns = [*own, path("api/v1/", include(patterns())), *product]
