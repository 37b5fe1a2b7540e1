"""Every refusal of the kernel as one shape: {"errors": [{field, message, clause, control}]}."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError as ModelError
from django.db import IntegrityError
from django.http import Http404
from django.utils.translation import gettext as _
from rest_framework.exceptions import APIException, ValidationError
from rest_framework.response import Response
from rest_framework.views import exception_handler as default_handler
from rest_framework.views import set_rollback

from opscharter.kernel.errors import Conflict, NotPermitted, Refused
from opscharter.kernel.resources.filters import BadFilter
from opscharter.kernel.resources.paging import BadCursor


def line(message: Any, field: str = "", **more: Any) -> dict[str, Any]:
    """Return one error."""
    return {"field": field, "message": str(message), "control": "", "clause": "", **more}


def _from_details(details: Any, field: str = "") -> list[dict[str, Any]]:
    if isinstance(details, dict):
        return [entry for name, value in details.items() for entry in _from_details(value, _name(field, name))]
    if isinstance(details, list):
        return [entry for value in details for entry in _from_details(value, field)]
    return [line(details, field)]


def _name(outer: str, name: str) -> str:
    inner = "" if name in ("non_field_errors", "__all__", "detail") else str(name)
    return f"{outer}.{inner}" if outer and inner else outer or inner


def exception_handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """Turn an exception into an answer; None lets an unknown one through as 500."""
    if isinstance(error, NotPermitted | Http404):
        status, errors = 404, [line(_("There is nothing here, or not for you."))]
    elif isinstance(error, Refused):
        status, errors = 409, [line(r.message, r.field, control=r.control, clause=r.clause) for r in error.reasons]
    elif isinstance(error, Conflict):
        status = 409
        errors = [
            line(_("Somebody else changed this field meanwhile."), c.name, base=_plain(c.base), theirs=_plain(c.theirs), mine=_plain(c.mine))
            for c in error.fields
        ]  # fmt: skip
    elif isinstance(error, ModelError):
        status, errors = 400, _from_details(error.message_dict if hasattr(error, "error_dict") else error.messages)
    elif isinstance(error, BadFilter):
        status, errors = 400, [line(error.message, error.name)]
    elif isinstance(error, BadCursor):
        status, errors = 400, [line(error, "after")]
    elif isinstance(error, IntegrityError):
        status, errors = 409, [line(_("This contradicts another record."))]
    elif isinstance(error, ValidationError):
        status, errors = 400, _from_details(error.detail)
    else:
        response = default_handler(error, context)
        if response is not None and isinstance(error, APIException):
            response.data = {"errors": _from_details(error.detail)}
        return response
    set_rollback()
    return Response({"errors": errors}, status=status)


def _plain(value: Any) -> Any:
    return value if isinstance(value, str | int | float | bool | None) else str(value)
