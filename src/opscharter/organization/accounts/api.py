"""The account of an employee or a contact through the API: the verbs and the refusals of the page."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from opscharter.kernel.api.shapes import ErrorsShape
from opscharter.kernel.resources.declaration import Resource
from opscharter.organization.accounts import services
from opscharter.organization.accounts.services import ACTION, VERBS


class AccountAsked(serializers.Serializer):  # type: ignore[type-arg]
    """What to do with the account; `login` is for opening one, `reason` for what needs one."""

    do = serializers.ChoiceField(choices=sorted(VERBS))
    login = serializers.CharField(required=False, default="", max_length=150, allow_blank=True)
    reason = serializers.CharField(required=False, default="", max_length=2000, allow_blank=True)


class AccountAnswered(serializers.Serializer):  # type: ignore[type-arg]
    """How the account stands; the password is for one sign-in and is told this once."""

    login = serializers.CharField()
    open = serializers.BooleanField()
    must_change_password = serializers.BooleanField()
    password = serializers.CharField(allow_blank=True)


class AccountOfView(APIView):
    """Somebody's account."""

    resource: Resource = None  # type: ignore[assignment]  # given by as_view

    @extend_schema(
        request=AccountAsked,
        responses={200: AccountAnswered, 400: ErrorsShape, 404: ErrorsShape, 409: ErrorsShape},
    )
    def post(self, request: Request, pk: int) -> Response:
        """Open, reset, unlock, sign out, close or open again; refusals answer 409 with their clauses."""
        actor = request._request.actor  # type: ignore[attr-defined]
        person = self.resource.model._default_manager.visible_to(actor, ACTION).filter(pk=pk).first()
        if person is None:
            raise Http404
        asked: Any = AccountAsked(data=request.data)
        asked.is_valid(raise_exception=True)
        told = asked.validated_data
        given = services.handle(person, told["do"], actor, login=told["login"], reason=told["reason"])
        return Response({
            "login": given.user.username, "open": given.user.is_active,
            "must_change_password": given.user.must_change_password, "password": given.password,
        })  # fmt: skip
