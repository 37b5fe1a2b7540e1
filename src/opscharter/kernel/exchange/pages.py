"""The pages of import and export."""

from __future__ import annotations

import datetime as dt
import re
import secrets
import tempfile
from dataclasses import dataclass

from django.contrib import messages
from django.core.files.storage import default_storage
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from opscharter.kernel import moment
from opscharter.kernel.exchange.encodings import UnreadableFile
from opscharter.kernel.exchange.export import KINDS, csv_lines, file_name, write_xlsx
from opscharter.kernel.exchange.importing import ImportResult, import_rows
from opscharter.kernel.exchange.tables import known_columns
from opscharter.kernel.resources.declaration import Resource
from opscharter.kernel.resources.filters import BadFilter
from opscharter.kernel.resources.links import list_url
from opscharter.kernel.resources.lists import ListQuery
from opscharter.kernel.web.base import ResourcePage

MOST_BYTES = 30 * 1024 * 1024
KEPT = dt.timedelta(hours=1)
"""How long a tried file waits for the word to import it."""
IN_MEMORY = 8 * 1024 * 1024


class ExportPage(ResourcePage):
    """The list as it is filtered, as a file."""

    reads_replica = True

    def get(self, request: HttpRequest) -> HttpResponseBase:
        """Send the file."""
        self.need("export")
        kind = "xlsx" if request.GET.get("format") == "xlsx" else "csv"
        wanted = ListQuery(self.resource, self.actor, request.GET, action="export")
        try:
            return self._sheet(wanted) if kind == "xlsx" else self._text(wanted)
        except BadFilter as error:
            messages.error(request, f"{error.name}: {error.message}")
            return HttpResponseRedirect(list_url(self.resource))

    def _text(self, wanted: ListQuery) -> HttpResponseBase:
        headers = {"Content-Disposition": f'attachment; filename="{file_name(self.resource, "csv")}"'}
        return StreamingHttpResponse(csv_lines(wanted), content_type=KINDS["csv"], headers=headers)

    def _sheet(self, wanted: ListQuery) -> HttpResponseBase:
        out = tempfile.SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115  (the response closes it)
        write_xlsx(wanted, out)  # type: ignore[arg-type]
        out.seek(0)
        name = file_name(self.resource, "xlsx")
        return FileResponse(out, as_attachment=True, filename=name, content_type=KINDS["xlsx"])


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
        self._forget_old()
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
        default_storage.save(f"{self._folder}/{token}", uploaded)
        return self._show(result=result, token=token)

    def _do(self, token: str) -> HttpResponse:
        self._forget_old()
        path = f"{self._folder}/{token}"
        if not re.fullmatch(r"[0-9a-f]{32}\.(csv|xlsx)", token) or not default_storage.exists(path):
            return self._show(error=_("The file is no longer here; choose it again."), status=422)
        with default_storage.open(path) as kept:
            result = import_rows(self.resource, self.actor, kept, token, dry_run=False)  # type: ignore[arg-type]
        default_storage.delete(path)
        told = _("%(created)s created, %(changed)s changed, %(refused)s refused.")
        numbers = {"created": result.created, "changed": result.changed, "refused": result.refused}
        messages.success(self.request, told % numbers)
        return self._show(result=result) if result.refused else HttpResponseRedirect(list_url(self.resource))

    @property
    def _folder(self) -> str:
        """Return where files wait: each person's apart, so that nobody imports what another has sent."""
        return f"imports/{self.actor.user_id}/{self.resource.key}"

    def _forget_old(self) -> None:
        """Delete the files that have waited too long."""
        try:
            names = default_storage.listdir(self._folder)[1]
        except FileNotFoundError:
            return
        for path in (f"{self._folder}/{name}" for name in names):
            if moment.now() - default_storage.get_modified_time(path) > KEPT:
                default_storage.delete(path)

    def _show(
        self, *, result: ImportResult | None = None, token: str = "", error: str = "", status: int = 200
    ) -> HttpResponse:
        title = _("Import: %(type)s") % {"type": self.resource.label_plural}
        columns = known_columns(self.resource, self.actor)[0][1:]
        page = ImportContext(self.resource, title, list_url(self.resource), columns, result, token, error)
        return self.render("opscharter/import.html", page, status=status)
