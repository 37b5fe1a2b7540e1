"""Every refusal of the kernel as one shape: {"errors": [{field, message, code, control, clause}]}."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.core.exceptions import ValidationError as ModelError
from django.db import IntegrityError
from django.http import Http404
from django.utils.translation import gettext as _
from rest_framework.exceptions import APIException
from rest_framework.response import Response
from rest_framework.views import exception_handler as default_handler
from rest_framework.views import set_rollback

from opscharter.kernel.errors import Conflict, FieldConflict, NotPermitted, Refused
from opscharter.kernel.resources.filters import BadFilter
from opscharter.kernel.resources.paging import BadCursor

WHOLE = ("non_field_errors", "__all__", "detail")
"""Names under which Django and the framework report what concerns no single field."""


class KeyReused(APIException):
    """An idempotency key came a second time with another request."""

    status_code = 422
    default_code = "key-reused"


def line(message: Any, field: str = "", code: str = "invalid", **more: Any) -> dict[str, Any]:
    """Return one error."""
    return {"field": field, "message": str(message), "code": code, "control": "", "clause": "", **more}


def exception_handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """Turn an exception into an answer; None lets an unknown one through as 500."""
    more: dict[str, Any] = {}
    if isinstance(error, NotPermitted | Http404):
        status, errors = 404, [line(_("There is nothing here, or not for you."), code="not-found")]
    elif isinstance(error, Refused):
        status = 409
        errors = [line(r.message, r.field, "refused", control=r.control, clause=r.clause) for r in error.reasons]
    elif isinstance(error, Conflict):
        status, errors, more = 409, [_difference(each) for each in error.fields], {"version": error.current_version}
    elif isinstance(error, ModelError):
        status, errors = 400, list(_of_model(error))
    elif isinstance(error, BadFilter):
        status, errors = 400, [line(error.message, error.name)]
    elif isinstance(error, BadCursor):
        status, errors = 400, [line(error, "after")]
    elif isinstance(error, IntegrityError):
        status, errors = 409, [line(_("This contradicts another record."), code="conflict")]
    else:
        response = default_handler(error, context)
        if response is not None and isinstance(error, APIException):
            response.data = {"errors": list(_of_framework(error.detail))}
        return response
    set_rollback()
    return Response({"errors": errors, **more}, status=status)


def _difference(conflict: FieldConflict) -> dict[str, Any]:
    message = _("Somebody else changed this field meanwhile.")
    values = {name: _plain(getattr(conflict, name)) for name in ("base", "theirs", "mine")}
    return line(message, conflict.name, "conflict", **values)


def _of_model(error: ModelError) -> Iterator[dict[str, Any]]:
    by_field = error.error_dict if hasattr(error, "error_dict") else {"": error.error_list}
    for name, problems in by_field.items():
        for problem in problems:
            for message in problem.messages:
                yield line(message, "" if name in WHOLE else name, problem.code or "invalid")


def _of_framework(details: Any, field: str = "") -> Iterator[dict[str, Any]]:
    if isinstance(details, dict):
        for name, value in details.items():
            inner = "" if name in WHOLE else str(name)
            yield from _of_framework(value, f"{field}.{inner}" if field and inner else field or inner)
    elif isinstance(details, list):
        for value in details:
            yield from _of_framework(value, field)
    else:
        yield line(details, field, getattr(details, "code", "invalid"))


def _plain(value: Any) -> Any:
    return value if isinstance(value, str | int | float | bool | None) else str(value)
