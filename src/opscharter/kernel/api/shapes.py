"""What the API answers beside records: the steps on offer, the story, the history, refusals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from rest_framework import serializers


@dataclass(frozen=True)
class Call:
    """A call that a viewset offers beyond the derived ones: what it takes, what it answers, how it may fail.

    Without an `answer` it returns the record.
    """

    request: Any = None
    answer: Any = None
    problems: tuple[int, ...] = ()


class ReasonShape(serializers.Serializer):  # type: ignore[type-arg]
    """Why a step is refused, with the control and the clause it cites."""

    message = serializers.CharField()
    control = serializers.CharField(allow_blank=True)
    clause = serializers.CharField(allow_blank=True)
    field = serializers.CharField(allow_blank=True)


class ErrorShape(ReasonShape):
    """One thing wrong with a request; a conflict shows the value both began from, the stored one and the one sent."""

    code = serializers.CharField()
    base = serializers.JSONField(required=False)
    theirs = serializers.JSONField(required=False)
    mine = serializers.JSONField(required=False)


class ErrorsShape(serializers.Serializer):  # type: ignore[type-arg]
    """Everything wrong with a request; after a conflict `version` is the newest one."""

    errors: Any = ErrorShape(many=True)
    version = serializers.IntegerField(required=False)


class MoveShape(serializers.Serializer):  # type: ignore[type-arg]
    """A step the record's state offers, with what stands in its way."""

    name = serializers.CharField()
    label = serializers.CharField()
    inputs = serializers.ListField(child=serializers.CharField())
    required: Any = serializers.ListField(child=serializers.CharField())
    needs_reason = serializers.BooleanField()
    reasons = ReasonShape(many=True)
    warnings = ReasonShape(many=True)


class TimelineShape(serializers.Serializer):  # type: ignore[type-arg]
    """One thing that happened to the record, or was said about it."""

    at = serializers.DateTimeField()
    kind = serializers.CharField()
    visibility = serializers.CharField()
    who = serializers.CharField()
    verb = serializers.CharField(allow_blank=True)
    text = serializers.CharField(allow_blank=True)
    data: Any = serializers.DictField()
    clause = serializers.CharField(allow_blank=True)


class HistoryShape(serializers.Serializer):  # type: ignore[type-arg]
    """One audit entry: who did what, with [before, after] of every field."""

    at = serializers.DateTimeField()
    who = serializers.CharField(source="actor_label")
    action = serializers.CharField()
    via = serializers.CharField()
    note = serializers.CharField(allow_blank=True)
    changes = serializers.DictField()


class CommentShape(serializers.Serializer):  # type: ignore[type-arg]
    """Something to say, to the house or to the customer."""

    text = serializers.CharField(max_length=20_000)
    visibility = serializers.ChoiceField(["customer", "internal"], default="internal")


class ReasonGiven(serializers.Serializer):  # type: ignore[type-arg]
    """Why it is done."""

    reason = serializers.CharField(max_length=2_000)
