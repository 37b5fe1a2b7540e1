"""The addresses of the API, one set for each resource, and its OpenAPI document."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from django.urls import include, path, re_path
from drf_spectacular.utils import extend_schema, extend_schema_view
from drf_spectacular.views import SpectacularJSONAPIView
from rest_framework.request import Request
from rest_framework.routers import SimpleRouter
from rest_framework.views import APIView

from opscharter.kernel.api.schema import described
from opscharter.kernel.api.views import LifecycleViewSet, RecordViewSet
from opscharter.kernel.resources.declaration import Resource
from opscharter.kernel.resources.site import site


@extend_schema(exclude=True)
class NothingHere(APIView):
    """Every address the API does not know, answered in the API's own way."""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Say that there is nothing, after asking who wants to know."""
        super().initial(request, *args, **kwargs)
        raise Http404


def viewset_for(resource: Resource) -> type[RecordViewSet]:
    """Return the viewset of one resource, described for the OpenAPI document."""
    model = resource.model
    base = resource.viewset_class or (RecordViewSet if model.lifecycle is None else LifecycleViewSet)
    content = {"resource": resource, "queryset": model._default_manager.none(), "__doc__": model.__doc__}
    made: Any = type(f"{model.__name__}ViewSet", (base,), content)
    return extend_schema_view(**described(resource))(made)  # type: ignore[no-any-return]


def addresses_of(resource: Resource) -> Any:
    """Return the addresses of one resource under one prefix, its own ones first."""
    router = SimpleRouter(use_regex_path=True)
    router.register("", viewset_for(resource), f"api-{resource.key}")
    own = [path(end, view.as_view(resource=resource)) for end, view in resource.api.items()]
    return path(f"{resource.chapter}/{resource.slug}/", include([*own, *router.urls]))


def patterns() -> list[Any]:
    """Return the API's url patterns."""
    document = path("schema/", SpectacularJSONAPIView.as_view(), name="api-schema")
    return [*map(addresses_of, site.resources), document, re_path("", NothingHere.as_view())]
