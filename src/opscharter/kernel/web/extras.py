"""The small pages around lists and records: comments, files, options as one types, saved views, finding anything."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.utils.translation import gettext as _

from opscharter.kernel.errors import Refused
from opscharter.kernel.files.attachments import attach, download
from opscharter.kernel.resources.declaration import find_field
from opscharter.kernel.resources.links import list_url, record_url, url_of
from opscharter.kernel.resources.models import SavedView
from opscharter.kernel.resources.site import site
from opscharter.kernel.resources.targets import allowed_targets, matching
from opscharter.kernel.search.find import find
from opscharter.kernel.web.base import ResourcePage, SignedInPage
from opscharter.kernel.web.moving import sentence

OPTIONS = 20


class CommentPage(ResourcePage):
    """Saying something about a record."""

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Add a comment for the house or for the customer, with its files; a file that cannot be kept stops both."""
        record = self.record(pk, "comment")
        seen = "customer" if request.POST.get("visibility") == "customer" else "internal"
        text, named = request.POST.get("text", ""), ""
        try:
            with transaction.atomic():
                for uploaded in request.FILES.getlist("file") if text.strip() else ():
                    named = f"{uploaded.name}: "
                    attach(record, self.actor, uploaded, visibility=seen)
                named = ""
                record.comment_as(self.actor, text, visibility=seen)
        except (ValidationError, Refused) as error:
            messages.error(request, f"{named}{sentence(error)}")
        return HttpResponseRedirect(record_url(record))


class FilesPage(ResourcePage):
    """Adding files to a record."""

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Attach the uploaded files."""
        record = self.record(pk, "comment")
        seen = "customer" if request.POST.get("visibility") == "customer" or self.actor.external else "internal"
        for uploaded in request.FILES.getlist("file"):
            try:
                attach(record, self.actor, uploaded, visibility=seen)
            except (ValidationError, Refused) as error:
                messages.error(request, f"{uploaded.name}: {sentence(error)}")
        return HttpResponseRedirect(record_url(record))


class DownloadPage(SignedInPage):
    """A file, through the scope of the record it belongs to."""

    def get(self, request: HttpRequest, pk: int) -> Any:
        """Send the file."""
        return download(pk, self.actor)


class OptionsPage(ResourcePage):
    """What a relation field may point to, as one types: only rows within the actor's scope."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Return up to 20 options as JSON."""
        if not (self.may("view") or self.may("create")):
            raise Http404
        name = request.GET.get("field", "")
        known = {*self.resource.form_fields, *self.resource.filters}
        lifecycle = self.resource.model.lifecycle
        if lifecycle is not None:
            known |= {each for move in lifecycle.moves for each in move.inputs}
        if name not in known or not find_field(self.resource.model, name).is_relation:
            raise Http404
        rows = matching(allowed_targets(self.resource, name, self.actor), request.GET.get("q", "").strip())
        found = [{"value": row.pk, "text": str(row)} for row in rows.order_by("pk")[:OPTIONS]]
        return JsonResponse({"results": found})


class SaveViewPage(ResourcePage):
    """Keeping the list as it is now under a name."""

    def post(self, request: HttpRequest) -> HttpResponse:
        """Keep or replace the person's own view of that name."""
        self.need("view")
        name, query = request.POST.get("name", "").strip()[:60], request.POST.get("query", "").lstrip("?")
        if name and request.user.pk:
            SavedView.objects.update_or_create(
                user_id=request.user.pk,
                resource=self.resource.key,
                name=name,
                defaults={"query": query, "shared": request.POST.get("shared") == "1" and self.may("share-view")},
            )
            messages.success(request, _("The view “%(name)s” is kept.") % {"name": name})
        else:
            messages.error(request, _("A view needs a name."))
        return HttpResponseRedirect(f"{list_url(self.resource)}?{query}" if query else list_url(self.resource))


class DeleteViewPage(ResourcePage):
    """Forgetting a view of one's own."""

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Delete the view."""
        SavedView.objects.filter(pk=pk, user_id=request.user.pk or 0, resource=self.resource.key).delete()
        return HttpResponseRedirect(list_url(self.resource))


class FindPage(SignedInPage):
    """The palette behind Ctrl-K: records, lists and pages by what they are called."""

    reads_replica = True

    def get(self, request: HttpRequest) -> HttpResponse:
        """Return what matches, as a fragment for the palette or as a page of its own."""
        text = request.GET.get("q", "").strip()
        places = [place for place in self._places() if text.casefold() in place[0].casefold()][:8] if text else []
        hits = [(hit, url_of(hit.record_type, hit.record_id)) for hit in find(self.actor, text)] if text else []
        template = "opscharter/find.html#results" if request.headers.get("HX-Request") else "opscharter/find.html"
        return self.render(template, {"query": text, "places": places, "hits": hits})

    def _places(self) -> list[tuple[str, str]]:
        places = []
        for chapter in site.chapters:
            places += [(str(page.label), page.url) for page in chapter.every("pages") if page.visible(self.actor)]
            places += [
                (str(resource.label_plural), list_url(resource))
                for resource in chapter.every("resources")
                if self.actor.may(resource.key, "view")
            ]
        return places
