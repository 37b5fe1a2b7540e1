"""What the OpenAPI document says of each resource beyond what its serializer says."""

from __future__ import annotations

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_serializer
from rest_framework import serializers

from opscharter.kernel.api.serializers import inputs_serializer_for, serializer_for
from opscharter.kernel.api.shapes import (
    CommentShape,
    ErrorsShape,
    HistoryShape,
    MoveShape,
    ReasonGiven,
    TimelineShape,
)
from opscharter.kernel.resources.declaration import Resource
from opscharter.kernel.resources.filters import Filter, filters_of
from opscharter.kernel.resources.lists import sortable_fields

MOST = 200
"""The longest page of a list, and the most lines of a timeline or history."""
TEXT, NUMBER, DAY = OpenApiTypes.STR, OpenApiTypes.INT, OpenApiTypes.DATE


def described(resource: Resource) -> dict[str, Any]:
    """Return the decorator of every operation of a resource, by the name of its method."""
    record = serializer_for(resource)
    said: dict[str, Any] = {
        "list": _answers(list_shape(resource), 400, parameters=list_parameters(resource)),
        "retrieve": _answers(record),
        "create": _answers({201: record}, 400, 409, 422, parameters=[IDEMPOTENCY]),
        "partial_update": _answers(record, 400, 409, parameters=[IF_MATCH]),
        "timeline": _answers(TimelineShape(many=True)),
        "comments": _answers({201: CommentShape}, 400, request=CommentShape),
        "history": _answers(HistoryShape(many=True)),
        "archive": _answers({204: None}, 400, 409, request=ReasonGiven),
    }
    lifecycle = resource.model.lifecycle
    if lifecycle is not None:
        names = [move.name for move in lifecycle.moves if not move.automatic]
        step = OpenApiParameter("name", TEXT, OpenApiParameter.PATH, enum=names)
        said["moves"] = _answers(MoveShape(many=True))
        said["move"] = _answers(record, 400, 409, request=inputs_serializer_for(resource), parameters=[step])
    for name, call in resource.viewset_class.calls.items() if resource.viewset_class else ():
        said[name] = _answers(call.answer or record, *call.problems, request=call.request)
    return {name: extend_schema(tags=[resource.chapter], **options) for name, options in said.items()}


def list_shape(resource: Resource) -> type[serializers.Serializer[Any]]:
    """Return the shape of one page of a list."""
    fields: dict[str, Any] = {
        "results": serializer_for(resource)(many=True),
        "next": serializers.URLField(allow_null=True, help_text="The address of the next page."),
        "previous": serializers.URLField(allow_null=True, help_text="The address of the page before."),
        "total": serializers.IntegerField(),
        "total_is_capped": serializers.BooleanField(help_text="There are more records than were counted."),
    }
    shape = type(f"{resource.model.__name__}List", (serializers.Serializer,), fields)
    return extend_schema_serializer(many=False)(shape)


def _answers(good: Any, *problems: int, **more: Any) -> dict[str, Any]:
    """Return the answers of an operation: the good one, and the shape of errors for every way it may fail."""
    answers = good if isinstance(good, dict) else {200: good}
    return {"responses": {**answers, **dict.fromkeys((*problems, 401, 403, 404), ErrorsShape)}, **more}


IDEMPOTENCY = OpenApiParameter(
    "Idempotency-Key", {"type": "string", "maxLength": 100}, OpenApiParameter.HEADER,
    description="The same key with the same body creates nothing a second time, for a day.",
)  # fmt: skip
IF_MATCH = OpenApiParameter(
    "If-Match", TEXT, OpenApiParameter.HEADER,
    description="The version that was read, as in ETag; `version` in the body says the same.",
)  # fmt: skip


def list_parameters(resource: Resource) -> list[OpenApiParameter]:
    """Return the query of a list: its filters, search, order and place."""
    orders = sorted(sortable_fields(resource))
    found = [parameter for each in filters_of(resource) for parameter in _of_filter(each)]
    found += [
        OpenApiParameter("q", TEXT, description="Words that all must occur."),
        OpenApiParameter("id", NUMBER, many=True, description="Only these records."),
        OpenApiParameter("order", TEXT, enum=[sign + name for name in orders for sign in ("", "-")]),
        OpenApiParameter("archived", TEXT, enum=["1"], description="The archived records instead of those in use."),
        OpenApiParameter("after", TEXT, description="A place, as in `next`."),
        OpenApiParameter("before", TEXT, description="A place, as in `previous`."),
        OpenApiParameter("page_size", {"type": "integer", "minimum": 1, "maximum": MOST}),
    ]
    if resource.views:
        found.append(OpenApiParameter("view", TEXT, enum=[view.name for view in resource.views]))
    return found


def _of_filter(each: Filter) -> list[OpenApiParameter]:
    label = str(each.label)
    if each.kind == "date":
        return [OpenApiParameter(key, DAY, description=label) for key in each.keys]
    if each.kind == "relation":
        several = {"type": "array", "items": {"type": "string", "pattern": "^([0-9]{1,18}|none|me)$"}}
        return [OpenApiParameter(each.name, several, explode=True, description=label)]
    values = [value for value, _label in each.choices()]
    return [OpenApiParameter(each.name, TEXT, enum=values, many=each.kind == "choice", description=label)]
