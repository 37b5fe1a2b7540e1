"""Results of checks and decisions of guards through the API: read only, for they are frozen."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from opscharter.charter.evaluation import digest
from opscharter.charter.guard_log import asked, page_of, step_name
from opscharter.charter.models import CheckResult
from opscharter.charter.pages.results import exceptions_seen
from opscharter.kernel.access.actor import Actor
from opscharter.kernel.api.shapes import ErrorsShape
from opscharter.kernel.controls.models import GuardDecision
from opscharter.kernel.resources.declaration import Resource

MOST = 100
LONGEST_ID = 18


class ExceptionShape(serializers.Serializer):  # type: ignore[type-arg]
    """A record that broke the clause, if the reader may see it; the reason is in the reader's language."""

    name = serializers.CharField()
    kind = serializers.CharField()
    reason = serializers.CharField()
    url = serializers.CharField()


class ResultShape(serializers.ModelSerializer):  # type: ignore[type-arg]
    """One result as it was frozen."""

    numerator = serializers.IntegerField(help_text="How many of the population are no exception.")
    target = serializers.FloatField()

    class Meta:
        model = CheckResult
        fields = (
            "id", "control", "clause", "edition", "collected_at", "expires_at", "state", "value", "numerator",
            "population", "exceptions", "omitted", "target", "parameters", "mode", "error", "hash",
        )  # fmt: skip


class WholeResultShape(ResultShape):
    """One result with the proof of its hash and the exceptions that the reader may see."""

    recomputed = serializers.CharField(help_text="The hash computed now; it equals `hash` when nothing was altered.")
    seen: Any = ExceptionShape(many=True)

    class Meta(ResultShape.Meta):
        fields = (*ResultShape.Meta.fields, "recomputed", "seen")  # type: ignore[assignment]


class ResultsShape(serializers.Serializer):  # type: ignore[type-arg]
    """A page of results, newest first."""

    results: Any = ResultShape(many=True)
    next_before = serializers.IntegerField(allow_null=True, help_text="Ask with this as `before` for the page after.")


def _reader(request: Request) -> Actor:
    actor: Actor = request._request.actor  # type: ignore[attr-defined]
    if not actor.may("charter.checkresult", "view"):
        raise Http404
    return actor


class ResultsView(APIView):
    """Results of checks."""

    resource: Resource = None  # type: ignore[assignment]  # given by as_view

    @extend_schema(
        operation_id="charter_check_results_list",
        parameters=[
            OpenApiParameter("control", OpenApiTypes.STR, description="Only of this check."),
            OpenApiParameter("clause", OpenApiTypes.STR, description="Only of checks that served this clause."),
            OpenApiParameter("before", OpenApiTypes.INT, description="Only results older than the one of this id."),
        ],
        responses={200: ResultsShape, 404: ErrorsShape},
    )
    def get(self, request: Request) -> Response:
        """List results, newest first."""
        _reader(request)
        rows = CheckResult.objects.order_by("-pk")
        for name in ("control", "clause"):
            if value := request.query_params.get(name, ""):
                rows = rows.filter(**{name: value.replace("\x00", "")})
        before = request.query_params.get("before", "")
        if before.isascii() and before.isdecimal() and len(before) <= LONGEST_ID:
            rows = rows.filter(pk__lt=int(before))
        found = list(rows[: MOST + 1])
        following = found[MOST - 1].pk if len(found) > MOST else None
        return Response(ResultsShape({"results": found[:MOST], "next_before": following}).data)


class ResultView(APIView):
    """One result of a check."""

    resource: Resource = None  # type: ignore[assignment]  # given by as_view

    @extend_schema(operation_id="charter_check_results_retrieve", responses={200: WholeResultShape, 404: ErrorsShape})
    def get(self, request: Request, pk: int) -> Response:
        """Return a result, its hash computed anew, and the exceptions that one may see."""
        actor = _reader(request)
        result: Any = CheckResult.objects.filter(pk=pk).first()
        if result is None:
            raise Http404
        result.recomputed, result.seen = digest(result), exceptions_seen(result, actor)
        return Response(WholeResultShape(result).data)


class DecisionShape(serializers.ModelSerializer):  # type: ignore[type-arg]
    """One decision of a guard; the reason is in the reader's language."""

    step_label = serializers.SerializerMethodField()
    reason = serializers.CharField()
    who = serializers.CharField(source="actor_label")

    class Meta:
        model = GuardDecision
        fields = (
            "id", "at", "guard", "clause", "outcome", "step", "step_label", "record_type", "record_id", "number",
            "reason", "inputs", "edition", "via", "who",
        )  # fmt: skip

    def get_step_label(self, row: GuardDecision) -> str:
        """Return what the step is called."""
        return step_name(row)


class DecisionsShape(serializers.Serializer):  # type: ignore[type-arg]
    """A page of decisions, newest first."""

    results: Any = DecisionShape(many=True)
    next_before = serializers.IntegerField(allow_null=True, help_text="Ask with this as `before` for the page after.")


class GuardLogView(APIView):
    """What guards refused, warned of or let pass."""

    resource: Resource = None  # type: ignore[assignment]  # given by as_view

    @extend_schema(
        operation_id="charter_guard_log_list",
        parameters=[
            OpenApiParameter("guard", OpenApiTypes.STR, description="Only of this guard."),
            OpenApiParameter("clause", OpenApiTypes.STR, description="Only of guards that served this clause."),
            OpenApiParameter("outcome", OpenApiTypes.STR, description="refused, warned or overridden."),
            OpenApiParameter("who", OpenApiTypes.STR, description="Only of people whose name holds this."),
            OpenApiParameter("from", OpenApiTypes.DATE, description="From this day on."),
            OpenApiParameter("to", OpenApiTypes.DATE, description="Up to and with this day."),
            OpenApiParameter("before", OpenApiTypes.INT, description="Only decisions older than the one of this id."),
        ],
        responses={200: DecisionsShape, 400: ErrorsShape, 404: ErrorsShape},
    )
    def get(self, request: Request) -> Response:
        """List decisions on records that one may see; whoever supervises the guards sees all."""
        actor: Actor = request._request.actor  # type: ignore[attr-defined]
        if not actor.may("charter.clause", "view"):
            raise Http404
        shown, following = page_of(asked(request.query_params), actor, MOST)
        return Response(DecisionsShape({"results": shown, "next_before": following}).data)
