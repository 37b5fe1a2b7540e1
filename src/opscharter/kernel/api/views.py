"""The API of every resource: the same lists, the same write path and the same reasons as the pages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django.http import Http404
from django.utils.translation import gettext as _
from rest_framework import viewsets
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from opscharter.kernel.access.actor import Actor
from opscharter.kernel.api.idempotency import create_once
from opscharter.kernel.api.schema import MOST
from opscharter.kernel.api.serializers import inputs_serializer_for, read_fields, serializer_for
from opscharter.kernel.api.shapes import Call, CommentShape, HistoryShape, MoveShape, ReasonGiven, TimelineShape
from opscharter.kernel.audit.models import AuditEntry
from opscharter.kernel.records.lifecycle import Move
from opscharter.kernel.records.writing import obstacles, permitted
from opscharter.kernel.resources.declaration import Resource
from opscharter.kernel.resources.filters import id_of
from opscharter.kernel.resources.lists import PAGE_SIZE, ListQuery
from opscharter.kernel.timeline.entries import entries_of, readable

KEY_LENGTH = 100


class RecordViewSet(viewsets.GenericViewSet):  # type: ignore[type-arg]
    """One record type."""

    resource: Resource
    calls: ClassVar[Mapping[str, Call]] = {}
    """What a viewset of a resource's own offers beyond the derived calls, by the name of its method."""
    lookup_value_regex = r"[0-9]+"
    reads_replica = True

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
        context["request"] = getattr(self.request, "_request", None)
        return context

    def found(self, pk: str, wanted: str = "view") -> Any:
        """Return the record within the actor's scope for the action; 404 otherwise."""
        rows = self.loaded(self.resource.model._default_manager.visible_to(self.actor, wanted))
        record = rows.filter(pk=id_of(pk)).first()
        if record is None:
            raise Http404
        return record

    def loaded(self, rows: Any) -> Any:
        """Return the rows with everything an answer shows of them, in a fixed number of queries."""
        found = [self.resource.model._meta.get_field(name) for name in read_fields(self.resource)]
        single = [field.name for field in found if field.many_to_one or field.one_to_one]
        several = [field.name for field in found if field.many_to_many]
        rows = rows.select_related(*single) if single else rows
        return rows.prefetch_related(*several) if several else rows

    def need(self, wanted: str) -> None:
        """Answer 404 when the action is not granted at all."""
        if not self.actor.may(self.resource.key, wanted):
            raise Http404

    def answer(self, record: Any, status: int = 200) -> Response:
        """Return a record; its version is also in ETag."""
        return Response(self.get_serializer(record).data, status=status, headers={"ETag": f'"{record.version}"'})

    def written(self, pk: int, status: int = 200) -> Response:
        """Return a record the actor has just written, even when the change took it out of their sight."""
        return self.answer(self.loaded(self.resource.model._base_manager.all()).get(pk=pk), status)

    def list(self, request: Request) -> Response:
        """List records; the query takes the same filters as the list page, `after`, `before` and `page_size`."""
        self.need("view")
        wanted = ListQuery(self.resource, self.actor, request.query_params)
        size = self._page_size(request)
        page = wanted.page(size, self.loaded)
        count, capped = wanted.total()
        return Response({
            "results": self.get_serializer(page.rows, many=True).data,
            "next": self._place(request, after=page.after), "previous": self._place(request, before=page.before),
            "total": count, "total_is_capped": capped,
        })  # fmt: skip

    @staticmethod
    def _place(request: Request, **place: str) -> str | None:
        """Return the address of a neighbouring page of the same list; None at its ends."""
        if not any(place.values()):
            return None
        query = request.query_params.copy()
        for name in ("after", "before"):
            query.pop(name, None)
        query.update(place)
        return request.build_absolute_uri(f"{request.path}?{query.urlencode()}")

    @staticmethod
    def _page_size(request: Request) -> int:
        text = request.query_params.get("page_size", "")
        if not text:
            return PAGE_SIZE
        size = id_of(text)
        if size is None or not 1 <= size <= MOST:
            raise ValidationError({"page_size": [_("Between 1 and %(most)s.") % {"most": MOST}]})
        return size

    def retrieve(self, request: Request, pk: str) -> Response:
        """Return one record; its version is also in ETag."""
        return self.answer(self.found(pk))

    def create(self, request: Request) -> Response:
        """Create a record through the write path; `Idempotency-Key` makes a repetition harmless."""
        self.need("create")
        key = request.headers.get("Idempotency-Key", "")
        if len(key) > KEY_LENGTH:
            raise ValidationError({"Idempotency-Key": [_("At most %(most)s characters.") % {"most": KEY_LENGTH}]})

        def create() -> Any:
            return self._store(self.resource.model(), request, partial=False)

        if not key:
            return self.written(create().pk, 201)
        pk, fresh = create_once(self.actor, self.resource.key, key, request.data, create)
        return self.written(pk, 201) if fresh else self.answer(self.found(str(pk)), 201)

    def partial_update(self, request: Request, pk: str) -> Response:
        """Change some fields. With the version they were read from, others' changes are merged or shown (409)."""
        record = self.found(pk, "edit")
        given = request.data.get("version") if isinstance(request.data, dict) else None
        text = request.headers.get("If-Match", "").removeprefix("W/").strip('"') if given is None else str(given)
        if text not in ("", "*"):
            version = id_of(text)
            if version is None or not 0 < version <= record.version:
                raise ValidationError({"version": [_("There is no such version.")]})
            record = self.resource.model.at_version(record.pk, version)
        return self.written(self._store(record, request, partial=True).pk)

    def _store(self, record: Any, request: Request, *, partial: bool) -> Any:
        serializer = self.get_serializer(record if partial else None, data=request.data, partial=partial)
        serializer.is_valid(raise_exception=True)
        links = {}
        for name, value in serializer.validated_data.items():
            if name == "version":
                continue
            if self.resource.model._meta.get_field(name).many_to_many:
                links[name] = list(value)
            else:
                setattr(record, name, value)
        return record.save_as(self.actor, links=links)

    @action(detail=True, methods=["get"])
    def timeline(self, request: Request, pk: str) -> Response:
        """Return the newest entries of the record's timeline that the actor may read."""
        entries = entries_of(self.found(pk), readable(self.actor))[:MOST]
        return Response(TimelineShape(entries, many=True).data)

    @action(detail=True, methods=["post"])
    def comments(self, request: Request, pk: str) -> Response:
        """Say something about the record, to the house or to the customer."""
        record = self.found(pk, "comment")
        given = self._read(CommentShape, request)
        record.comment_as(self.actor, given["text"], visibility=given["visibility"])
        return Response(CommentShape(given).data, status=201)

    @action(detail=True, methods=["get"])
    def history(self, request: Request, pk: str) -> Response:
        """Return the newest audit entries of the record."""
        record = self.found(pk)
        if self.actor.external:
            self.need("history")
        rows = AuditEntry.objects.filter(record_type=self.resource.key, record_id=record.pk).order_by("-id")[:MOST]
        return Response(HistoryShape([self._shown(row) for row in rows], many=True).data)

    def _shown(self, row: AuditEntry) -> AuditEntry:
        """Take what the actor may not read out of an entry."""
        model = self.resource.model
        if not self.actor.may(self.resource.key, "view-protected"):
            hidden = {model._meta.get_field(name).attname for name in model.protected_fields}
            row.changes = {name: pair for name, pair in row.changes.items() if name not in hidden}
        return row

    @action(detail=True, methods=["post"])
    def archive(self, request: Request, pk: str) -> Response:
        """Take the record out of use."""
        record = self.found(pk, "archive")
        record.archive_as(self.actor, reason=self._read(ReasonGiven, request)["reason"])
        return Response(status=204)

    @staticmethod
    def _read(shape: type[Any], request: Request) -> Mapping[str, Any]:
        reader = shape(data=request.data)
        reader.is_valid(raise_exception=True)
        return reader.validated_data  # type: ignore[no-any-return]


class LifecycleViewSet(RecordViewSet):
    """One record type with a lifecycle."""

    @action(detail=True, methods=["get"])
    def moves(self, request: Request, pk: str) -> Response:
        """Return the steps the record's state offers the actor, each with what stands in its way."""
        record = self.found(pk)
        lifecycle = self.resource.model.lifecycle
        assert lifecycle is not None
        moves = [move for move in lifecycle.offered_to(record) if permitted(record, self.actor, move.name)]
        return Response(MoveShape([self._offer(record, move) for move in moves], many=True).data)

    def _offer(self, record: Any, move: Move) -> dict[str, Any]:
        verdict = obstacles(record, move, self.actor)
        return {
            "name": move.name, "label": str(move.label), "inputs": move.inputs, "required": move.required,
            "needs_reason": move.needs_reason, "reasons": [reason.as_dict() for reason in verdict.refusals],
            "warnings": [reason.as_dict() for reason in verdict.warnings],
        }  # fmt: skip

    @action(detail=True, methods=["post"], url_path=r"moves/(?P<name>[a-z0-9_-]+)")
    def move(self, request: Request, pk: str, name: str) -> Response:
        """Take a step; the body holds its inputs and `reason`. A refusal answers 409 with every reason and clause."""
        lifecycle = self.resource.model.lifecycle
        assert lifecycle is not None
        if name not in {move.name for move in lifecycle.moves if not move.automatic}:
            raise Http404
        record = self.found(pk, name)
        reader = inputs_serializer_for(self.resource)(
            record, data=request.data, partial=True, context=self.get_serializer_context()
        )
        reader.is_valid(raise_exception=True)
        inputs = dict(reader.validated_data)
        reason = inputs.pop("reason", "")
        record.move(name, self.actor, reason=reason, **inputs)
        return self.written(record.pk)
