"""What the API offers for changes beside the derived calls: conflicts, free windows, carrying out step by step."""

from __future__ import annotations

from typing import Any, ClassVar

from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from opscharter.kernel.api.shapes import Call
from opscharter.kernel.api.views import LifecycleViewSet, RecordViewSet
from opscharter.kernel.resources.links import record_url
from opscharter.service.changes import execution
from opscharter.service.changes.conflicts import conflicts_of, free_slots
from opscharter.service.changes.models import Change


class ConflictShape(serializers.Serializer):  # type: ignore[type-arg]
    """One thing that stands in the way of a window."""

    kind = serializers.CharField()
    sentence = serializers.CharField()
    minutes = serializers.IntegerField()
    assets: Any = serializers.ListField(child=serializers.CharField())
    url = serializers.CharField(allow_blank=True)


class SlotShape(serializers.Serializer):  # type: ignore[type-arg]
    """A window in which nothing stands in the way."""

    window_start = serializers.DateTimeField()
    window_end = serializers.DateTimeField()


class StepEnd(serializers.Serializer):  # type: ignore[type-arg]
    """How a step ended; what failed or was left out is explained."""

    result = serializers.ChoiceField([str(value) for value in execution.ENDED])
    deviation = serializers.CharField(max_length=500, allow_blank=True, default="")


class Explanation(serializers.Serializer):  # type: ignore[type-arg]
    """Why a step took longer or went otherwise than planned."""

    deviation = serializers.CharField(max_length=500)


class ChangeViewSet(LifecycleViewSet):
    """A change, and its window held against everything else."""

    calls: ClassVar = {
        "conflicts": Call(answer=ConflictShape(many=True)), "slots": Call(answer=SlotShape(many=True)),
    }  # fmt: skip

    @action(detail=True, methods=["get"])
    def conflicts(self, request: Request, pk: str) -> Response:
        """Return what stands in the way of the change's window at this moment; empty when nothing does."""
        found = conflicts_of(self._mine(pk))
        others = [each.other.pk for each in found if isinstance(each.other, Change)]
        visible = set(Change.objects.visible_to(self.actor).filter(pk__in=others).values_list("pk", flat=True))
        told = [
            {
                "kind": each.kind, "sentence": str(each.sentence), "minutes": each.minutes, "assets": list(each.assets),
                "url": record_url(each.other) if isinstance(each.other, Change) and each.other.pk in visible else "",
            }
            for each in found
        ]  # fmt: skip
        return Response(ConflictShape(told, many=True).data)

    @action(detail=True, methods=["get"])
    def slots(self, request: Request, pk: str) -> Response:
        """Return the next free windows of the same length; put one into `window_start` and `window_end` to take it."""
        found = [{"window_start": start, "window_end": end} for start, end in free_slots(self._mine(pk))]
        return Response(SlotShape(found, many=True).data)

    def _mine(self, pk: str) -> Any:
        """Return the change; what collides with what is the house's own matter, not a customer's."""
        if self.actor.external:
            self.need("edit")
        return self.found(pk)


class ChangeTaskViewSet(RecordViewSet):
    """A step of a plan, and carrying it out; whoever comes second is refused with the clause."""

    calls: ClassVar = {
        "begin": Call(problems=(409,)), "end": Call(request=StepEnd, problems=(400, 409)),
        "explain": Call(request=Explanation, problems=(400, 409)), "go": Call(problems=(409,)),
    }  # fmt: skip

    def _after(self, step: Any) -> Response:
        return self.written(step.pk)

    @action(detail=True, methods=["post"])
    def begin(self, request: Request, pk: str) -> Response:
        """Begin the step at this moment: in order, one at a time, after the go where one is needed."""
        return self._after(execution.begin_step(self.found(pk, "edit"), self.actor))

    @action(detail=True, methods=["post"])
    def end(self, request: Request, pk: str) -> Response:
        """End the step at this moment with its result."""
        step = self.found(pk, "edit")
        given = self._read(StepEnd, request)
        return self._after(execution.end_step(step, self.actor, given["result"], given["deviation"]))

    @action(detail=True, methods=["post"])
    def explain(self, request: Request, pk: str) -> Response:
        """Explain why the step took longer or went otherwise than planned."""
        step = self.found(pk, "edit")
        return self._after(execution.explain_step(step, self.actor, self._read(Explanation, request)["deviation"]))

    @action(detail=True, methods=["post"])
    def go(self, request: Request, pk: str) -> Response:
        """Say go after the step, where the plan asks for it."""
        return self._after(execution.give_go(self.found(pk, "edit"), self.actor))
