"""The API of every resource: the same lists, the same write path and the same reasons as the pages."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from django.db import transaction
from django.http import Http404
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, inline_serializer
from rest_framework import serializers, viewsets
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from opscharter.kernel import moment
from opscharter.kernel.access.actor import Actor
from opscharter.kernel.api.models import IdempotencyKey
from opscharter.kernel.api.serializers import serializer_for
from opscharter.kernel.audit.models import AuditEntry
from opscharter.kernel.records.writing import obstacles
from opscharter.kernel.resources.declaration import Resource
from opscharter.kernel.resources.lists import PAGE_SIZE, ListQuery
from opscharter.kernel.timeline.entries import entries_of
from opscharter.kernel.web.detail import readable

MOST = 200


class RecordViewSet(viewsets.GenericViewSet):  # type: ignore[type-arg]
    """One record type."""

    resource: Resource
    lookup_value_regex = r"\d+"

    @property
    def actor(self) -> Actor:
        """Return who asks."""
        return self.request._request.actor  # type: ignore[attr-defined, no-any-return]

    def get_serializer_class(self) -> Any:
        """Return the resource's serializer."""
        return serializer_for(self.resource)

    def get_serializer_context(self) -> dict[str, Any]:
        """Give the serializer the request with its actor."""
        context = super().get_serializer_context()
        page = getattr(self.request, "_request", None)
        context["request"] = page
        return context

    def found(self, pk: str, wanted: str = "view") -> Any:
        """Return the record within the actor's scope for the action; 404 otherwise."""
        if len(pk) > 18:
            raise Http404
        record = self.resource.model._default_manager.visible_to(self.actor, wanted).filter(pk=pk).first()
        if record is None:
            raise Http404
        return record

    def need(self, wanted: str) -> None:
        """Answer 404 when the action is not granted at all."""
        if not self.actor.may(self.resource.key, wanted):
            raise Http404

    def list(self, request: Request) -> Response:
        """List records; the query takes the same filters as the list page, `after`, `before` and `page_size`."""
        self.need("view")
        wanted = ListQuery(self.resource, self.actor, request.query_params)
        size = self._page_size(request)
        page = wanted.page(size)
        count, capped = wanted.total()
        results = self.get_serializer(page.rows, many=True).data
        return Response(
            {"results": results, "after": page.after, "before": page.before, "total": count, "total_is_capped": capped}
        )

    @staticmethod
    def _page_size(request: Request) -> int:
        text = request.query_params.get("page_size", "")
        if not text:
            return PAGE_SIZE
        if not text.isdecimal() or not 1 <= int(text) <= MOST:
            raise ValidationError({"page_size": [_("Between 1 and %(most)s.") % {"most": MOST}]})
        return int(text)

    def retrieve(self, request: Request, pk: str) -> Response:
        """Return one record."""
        record = self.found(pk)
        return Response(self.get_serializer(record).data, headers={"ETag": f'"{record.version}"'})

    def create(self, request: Request) -> Response:
        """Create a record through the write path; `Idempotency-Key` makes a repetition harmless."""
        self.need("create")
        key = request.headers.get("Idempotency-Key", "")[:100]
        body = hashlib.sha256(json.dumps(request.data, sort_keys=True, default=str).encode()).hexdigest()
        with transaction.atomic():
            if key and (earlier := IdempotencyKey.objects.filter(user_id=self.actor.user_id, key=key).first()):
                return self._again(earlier, body)
            record = self._store(self.resource.model(), request, partial=False)
            if key:
                IdempotencyKey.objects.create(
                    user_id=self.actor.user_id, key=key, record_type=self.resource.key, record_id=record.pk,
                    body_hash=body, created_at=moment.now(),
                )
        return Response(self.get_serializer(record).data, status=201)

    def _again(self, earlier: IdempotencyKey, body: str) -> Response:
        if earlier.body_hash != body or earlier.record_type != self.resource.key:
            raise ValidationError({"Idempotency-Key": [_("This key was used for another request.")]})
        return Response(self.get_serializer(self.found(str(earlier.record_id))).data, status=201)

    def partial_update(self, request: Request, pk: str) -> Response:
        """Change some fields; `version` (or `If-Match`) says which version they were read from."""
        record = self.found(pk, "edit")
        given = request.data.get("version") if isinstance(request.data, dict) else None
        text = str(given or request.headers.get("If-Match", "").strip('W/"'))
        if text:
            if not text.isdecimal() or not 0 < int(text) <= record.version:
                raise ValidationError({"version": [_("There is no such version.")]})
            record = self.resource.model.at_version(record.pk, int(text))
        return Response(self.get_serializer(self._store(record, request, partial=True)).data)

    def _store(self, record: Any, request: Request, *, partial: bool) -> Any:
        serializer = self.get_serializer(record if partial else None, data=request.data, partial=partial)
        serializer.is_valid(raise_exception=True)
        links = {}
        for name, value in serializer.validated_data.items():
            if self.resource.model._meta.get_field(name).many_to_many:
                links[name] = list(value)
            elif name != "version":
                setattr(record, name, value)
        return record.save_as(self.actor, links=links)

    @extend_schema(responses=OpenApiTypes.OBJECT)
    @action(detail=True, methods=["get"])
    def moves(self, request: Request, pk: str) -> Response:
        """Return the steps the record's state offers, each with what stands in its way."""
        record = self.found(pk)
        lifecycle = self.resource.model.lifecycle
        offered = [m for m in lifecycle.moves_from(record.state) if self.actor.may(self.resource.key, m.name)] if lifecycle else []
        return Response([
            {
                "name": move.name, "label": str(move.label), "inputs": list(move.inputs), "required": list(move.required),
                "needs_reason": move.needs_reason,
                "reasons": [reason.as_dict() for reason in obstacles(record, move, self.actor).refusals],
            }
            for move in offered
        ])  # fmt: skip

    @extend_schema(
        request=OpenApiTypes.OBJECT,
        parameters=[OpenApiParameter("name", OpenApiTypes.STR, OpenApiParameter.PATH, pattern="^[a-z-]+$")],
    )
    @action(detail=True, methods=["post"], url_path=r"moves/(?P<name>[a-z-]+)")
    def move(self, request: Request, pk: str, name: str) -> Response:
        """Take a step; the body holds its inputs and `reason`. A refusal answers 409 with every reason and clause."""
        record = self.found(pk, name)
        lifecycle = self.resource.model.lifecycle
        if lifecycle is None or name not in {move.name for move in lifecycle.moves if not move.automatic}:
            raise Http404
        if not isinstance(request.data, dict):
            raise ValidationError({"": [_("The body must be an object.")]})
        given = dict(request.data)
        reason = str(given.pop("reason", ""))
        inputs = self._inputs(record, lifecycle.move(name).inputs, given)
        record.move(name, self.actor, reason=reason, **inputs)
        return Response(self.get_serializer(record).data)

    def _inputs(self, record: Any, allowed: tuple[str, ...], given: dict[str, Any]) -> dict[str, Any]:
        """Read the inputs of a step by the same rules as the record's own fields."""
        if strange := sorted(set(given) - set(allowed)):
            message = _("This step does not take this field.")
            raise ValidationError({name: [message] for name in strange})
        meta = type("Meta", (), {"model": self.resource.model, "fields": list(allowed), "validators": []})
        base: Any = serializer_for(self.resource)
        reader = type("Inputs", (base.__mro__[1],), {"Meta": meta, "resource": self.resource, "url": None, "label": None})
        serializer = reader(record, data=given, partial=True, context=self.get_serializer_context())
        serializer.is_valid(raise_exception=True)
        return dict(serializer.validated_data)

    @extend_schema(responses=OpenApiTypes.OBJECT)
    @action(detail=True, methods=["get"])
    def timeline(self, request: Request, pk: str) -> Response:
        """Return the newest entries of the record's timeline that the actor may read."""
        record = self.found(pk)
        return Response([
            {
                "at": entry.at, "kind": entry.kind, "visibility": entry.visibility, "who": entry.who, "verb": entry.verb,
                "text": entry.text, "data": entry.data, "clause": entry.clause,
            }
            for entry in entries_of(record, readable(self.actor))[:MOST]
        ])  # fmt: skip

    @extend_schema(
        request=inline_serializer("Comment", {
            "text": serializers.CharField(),
            "visibility": serializers.ChoiceField(["customer", "internal"], required=False),
        }),
        responses={201: OpenApiTypes.OBJECT},
    )  # fmt: skip
    @action(detail=True, methods=["post"])
    def comments(self, request: Request, pk: str) -> Response:
        """Say something about the record, to the house or to the customer."""
        record = self.found(pk, "comment")
        data = request.data if isinstance(request.data, dict) else {}
        text, seen = data.get("text", ""), data.get("visibility", "internal")
        if seen not in ("customer", "internal") or not isinstance(text, str):
            raise ValidationError({"visibility": [_("Either customer or internal.")]})
        record.comment_as(self.actor, text, visibility=seen)
        return Response({"text": text.strip(), "visibility": seen}, status=201)

    @extend_schema(responses=OpenApiTypes.OBJECT)
    @action(detail=True, methods=["get"])
    def history(self, request: Request, pk: str) -> Response:
        """Return the newest audit entries of the record."""
        record = self.found(pk)
        if self.actor.external:
            raise Http404
        model = self.resource.model
        hidden = set() if self.actor.may(self.resource.key, "view-protected") else {
            model._meta.get_field(name).attname for name in model.protected_fields
        }  # fmt: skip
        rows = AuditEntry.objects.filter(record_type=self.resource.key, record_id=record.pk).order_by("-id")[:MOST]
        return Response([
            {
                "at": row.at, "who": row.actor_label, "action": row.action, "via": row.via, "note": row.note,
                "changes": {name: pair for name, pair in row.changes.items() if name not in hidden},
            }
            for row in rows
        ])  # fmt: skip

    @extend_schema(request=inline_serializer("Archive", {"reason": serializers.CharField()}), responses={204: None})
    @action(detail=True, methods=["post"])
    def archive(self, request: Request, pk: str) -> Response:
        """Take the record out of use."""
        data = request.data if isinstance(request.data, dict) else {}
        self.found(pk, "archive").archive_as(self.actor, reason=str(data.get("reason", "")))
        return Response(status=204)
