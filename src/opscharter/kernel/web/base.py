"""What every page of a resource shares: who asks, which resource, and rows that exist only within their scope."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.template.response import TemplateResponse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views import View

from opscharter.kernel.access.actor import Actor
from opscharter.kernel.resources.declaration import Resource


class SignedInPage(View):
    """A page for people who have signed in."""

    request: HttpRequest
    reads_replica = False
    """Whether GET may be answered from a replica: for pages that only read and are not told to look again."""

    @property
    def actor(self) -> Actor:
        """Return who asks."""
        return self.request.actor  # type: ignore[attr-defined, no-any-return]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Send visitors to the sign-in page and back afterwards, also in the middle of a form or a part of a page."""
        if request.user.is_authenticated:
            return super().dispatch(request, *args, **kwargs)
        answer = redirect_to_login(_place(request))
        if request.headers.get("HX-Request"):
            return HttpResponse(status=204, headers={"HX-Redirect": answer.url})
        return answer

    def render(self, template: str, page: Any, status: int = 200, **context: Any) -> HttpResponse:
        """Return a template filled with the page's context."""
        return TemplateResponse(self.request, template, {"page": page, **context}, status=status)


def _place(request: HttpRequest) -> str:
    """Return where a visitor was: this page, or for what cannot be repeated after signing in the page it came from."""
    whole_page = request.method == "GET" and not request.headers.get("HX-Request")
    came_from = request.headers.get("Referer", "")
    if whole_page or not url_has_allowed_host_and_scheme(came_from, {request.get_host()}):
        return request.get_full_path() if whole_page else "/"
    parts = urlsplit(came_from)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


class ResourcePage(SignedInPage):
    """A page of one resource."""

    resource: Resource = None  # type: ignore[assignment]  # given by as_view

    def may(self, action: str) -> bool:
        """Say whether the action is granted at all on this record type."""
        return self.actor.may(self.resource.key, action)

    def need(self, action: str) -> None:
        """Answer 404 when the action is not granted: what one may not do does not exist."""
        if not self.may(action):
            raise Http404

    def record(self, pk: int, action: str = "view", related: bool = False) -> Any:
        """Return the record within the scope for the action (404 otherwise); `related` joins what its facts name."""
        rows = self.resource.model._default_manager.visible_to(self.actor, action)
        if related:
            told = {*self.resource.fact_fields, *self.resource.related}
            names = [f.name for f in self.resource.model._meta.concrete_fields if f.many_to_one and f.name in told]
            rows = rows.select_related(*names) if names else rows
        record = rows.filter(pk=pk).order_by().first()
        if record is None:
            raise Http404
        return record
