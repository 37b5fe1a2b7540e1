"""The pages of import and export."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass

from django.contrib import messages
from django.core.files.storage import default_storage
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.utils.translation import gettext as _

from opscharter.kernel.exchange.export import KINDS, columns_of, csv_lines, file_name, xlsx_bytes
from opscharter.kernel.exchange.importing import ImportResult, UnreadableFile, import_rows
from opscharter.kernel.resources.declaration import Resource
from opscharter.kernel.resources.filters import BadFilter
from opscharter.kernel.resources.links import list_url
from opscharter.kernel.resources.lists import ListQuery
from opscharter.kernel.web.base import ResourcePage

MOST_BYTES = 30 * 1024 * 1024


class ExportPage(ResourcePage):
    """The list as it is filtered, as a file."""

    def get(self, request: HttpRequest) -> HttpResponse | StreamingHttpResponse:
        """Send the file."""
        self.need("export")
        kind = request.GET.get("format", "csv")
        wanted = ListQuery(self.resource, self.actor, request.GET, action="export")
        try:
            wanted.rows, wanted.order  # noqa: B018  (conditions are read here, before the answer has begun)
        except BadFilter as error:
            messages.error(request, f"{error.name}: {error.message}")
            return HttpResponseRedirect(list_url(self.resource))
        name = file_name(self.resource, "xlsx" if kind == "xlsx" else "csv")
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        if kind == "xlsx":
            return HttpResponse(xlsx_bytes(wanted), content_type=KINDS["xlsx"], headers=headers)
        return StreamingHttpResponse(csv_lines(wanted), content_type=KINDS["csv"], headers=headers)


@dataclass
class ImportContext:
    """Everything the import page draws: the file to choose, or what a trial found."""

    resource: Resource
    title: str
    cancel_url: str
    columns: list[str]
    result: ImportResult | None = None
    token: str = ""
    error: str = ""


class ImportPage(ResourcePage):
    """Choosing a file, seeing what it would do, and doing it."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Ask for a file."""
        self.need("import")
        return self._show()

    def post(self, request: HttpRequest) -> HttpResponse:
        """Try the file sent, or do what was tried."""
        self.need("import")
        token = request.POST.get("token", "")
        return self._do(token) if token else self._try(request)

    def _try(self, request: HttpRequest) -> HttpResponse:
        uploaded = request.FILES.get("file")
        if uploaded is None or (uploaded.size or 0) > MOST_BYTES:
            return self._show(error=_("Choose a CSV or XLSX file of at most 30 MB."), status=422)
        suffix = "xlsx" if (uploaded.name or "").lower().endswith(".xlsx") else "csv"
        token = f"{secrets.token_hex(16)}.{suffix}"
        try:
            result = import_rows(self.resource, self.actor, uploaded.file, token, dry_run=True)  # type: ignore[arg-type]
        except UnreadableFile as error:
            return self._show(error=str(error), status=422)
        uploaded.seek(0)
        default_storage.save(self._path(token), uploaded)
        return self._show(result=result, token=token)

    def _do(self, token: str) -> HttpResponse:
        path = self._path(token)
        if not re.fullmatch(r"[0-9a-f]{32}\.(csv|xlsx)", token) or not default_storage.exists(path):
            return self._show(error=_("The file is no longer here; choose it again."), status=422)
        with default_storage.open(path) as kept:
            result = import_rows(self.resource, self.actor, kept, token, dry_run=False)  # type: ignore[arg-type]
        default_storage.delete(path)
        told = _("%(created)s created, %(changed)s changed, %(refused)s refused.")
        messages.success(self.request, told % {"created": result.created, "changed": result.changed, "refused": result.refused})
        if result.refused:
            return self._show(result=result)
        return HttpResponseRedirect(list_url(self.resource))

    def _path(self, token: str) -> str:
        return f"imports/{self.actor.user_id}/{self.resource.key}/{token}"

    def _show(self, *, result: ImportResult | None = None, token: str = "", error: str = "", status: int = 200) -> HttpResponse:
        title = _("Import: %(type)s") % {"type": self.resource.label_plural}
        page = ImportContext(
            self.resource, title, list_url(self.resource), columns_of(self.resource), result, token, error
        )
        return self.render("opscharter/import.html", page, status=status)
