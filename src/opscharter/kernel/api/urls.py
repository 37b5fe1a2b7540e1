"""The addresses of the API, one set for each resource, and its OpenAPI document."""

from __future__ import annotations

from typing import Any

from django.urls import path
from drf_spectacular.utils import extend_schema, extend_schema_view
from drf_spectacular.views import SpectacularJSONAPIView
from rest_framework.routers import SimpleRouter

from opscharter.kernel.api.serializers import serializer_for
from opscharter.kernel.api.views import RecordViewSet
from opscharter.kernel.resources.declaration import Resource
from opscharter.kernel.resources.site import site


def viewset_for(resource: Resource) -> type[RecordViewSet]:
    """Return the viewset of one resource, named and tagged for the OpenAPI document."""
    name = resource.model.__name__
    made: Any = type(
        f"{name}ViewSet", (RecordViewSet,),
        {"resource": resource, "queryset": resource.model._default_manager.none(), "__doc__": resource.model.__doc__},
    )  # fmt: skip
    tagged = {
        method: extend_schema(tags=[resource.chapter])
        for method in (
            "list", "retrieve", "create", "partial_update", "moves", "move", "timeline", "comments", "history", "archive"
        )
    }  # fmt: skip
    reading = extend_schema(tags=[resource.chapter], responses=serializer_for(resource))
    tagged["move"] = reading
    return extend_schema_view(**tagged)(made)  # type: ignore[no-any-return]


def patterns() -> list[Any]:
    """Return the API's url patterns."""
    router = SimpleRouter(use_regex_path=True)
    for resource in site.resources:
        router.register(f"{resource.chapter}/{resource.slug}", viewset_for(resource), f"api-{resource.key}")
    return [*router.urls, path("schema/", SpectacularJSONAPIView.as_view(), name="api-schema")]
