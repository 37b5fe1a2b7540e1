"""The mailbox's own pages: setting a password, looking for mail now, and handing out what a message holds."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from opscharter.kernel.audit.trail import write_entry
from opscharter.kernel.errors import NotPermitted
from opscharter.kernel.files.attachments import safe_name
from opscharter.kernel.resources.links import record_url
from opscharter.kernel.web.base import SignedInPage
from opscharter.kernel.web.moving import sentence
from opscharter.service.mailbox import fetching
from opscharter.service.mailbox.models import Mailbox, MailboxProgress, MailMessage
from opscharter.service.mailbox.reading.mail import Unreadable, part_at, read
from opscharter.service.mailbox.secrets import set_secret


def _mailbox(actor: Any, pk: int) -> Mailbox:
    mailbox = Mailbox.objects.visible_to(actor, "edit").filter(pk=pk).first()
    if mailbox is None:
        raise Http404
    return mailbox


class SecretPage(SignedInPage):
    """Setting the password of a mailbox."""

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Keep it, encrypted; it is never shown again."""
        mailbox = _mailbox(self.actor, pk)
        try:
            set_secret(mailbox, self.actor, request.POST.get("secret", ""))
        except NotPermitted as error:
            raise Http404 from error
        except ValidationError as error:
            messages.error(request, sentence(error))
        else:
            messages.success(request, _("The password is kept."))
        return HttpResponseRedirect(record_url(mailbox))


class LookPage(SignedInPage):
    """Looking for mail now; of a mailbox that is not fetched only the connection is tried."""

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Connect, and say what came of it."""
        mailbox = _mailbox(self.actor, pk)
        if mailbox.state == Mailbox.State.ON:
            count = fetching.fetch(mailbox)
            if count < 0:
                messages.error(request, MailboxProgress.objects.get(mailbox=mailbox).error)
            else:
                messages.success(request, _("%(n)s messages were fetched.") % {"n": count})
            return HttpResponseRedirect(record_url(mailbox))
        try:
            with fetching.connected(mailbox) as client:
                found = client.folder_status(mailbox.folder, ["MESSAGES"])
        except fetching.TROUBLES as error:
            messages.error(request, f"{type(error).__name__}: {error}"[:300])
        else:
            n = found.get(b"MESSAGES", 0)
            messages.success(request, _("The mailbox answers; %(n)s messages lie in it.") % {"n": n})
        return HttpResponseRedirect(record_url(mailbox))


def _handed_out(content: bytes, name: str, content_type: str) -> HttpResponse:
    """Return a file that no browser opens as a page of ours."""
    response = HttpResponse(content, content_type=content_type)
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=safe_name(name))
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox"
    return response


class RawPage(SignedInPage):
    """A message as it came, and the files in it, for whoever may see the message. Audited."""

    def get(self, request: HttpRequest, pk: int, place: int | None = None) -> HttpResponse:
        """Hand out the message, or one of its files."""
        message = MailMessage.objects.visible_to(self.actor).filter(pk=pk).select_related("raw").first()
        if message is None or self.actor.external:
            raise Http404
        content = bytes(message.raw.content)
        if place is None:
            name, kind = f"{message.number}.eml", "message/rfc822"
        else:
            try:
                found = part_at(read(content), place)
            except Unreadable as error:
                raise Http404 from error
            if found is None:
                raise Http404
            name, kind, content = found.name, "application/octet-stream", found.content
        write_entry(self.actor, "download", record=message, changes={"file": [None, name]})
        return _handed_out(content, name, kind)


URLS = [
    path("service/mailboxes/<int:pk>/secret/", SecretPage.as_view(), name="mailbox-secret"),
    path("service/mailboxes/<int:pk>/look/", LookPage.as_view(), name="mailbox-look"),
    path("service/mail-messages/<int:pk>/raw/", RawPage.as_view(), name="mail-raw"),
    path("service/mail-messages/<int:pk>/files/<int:place>/", RawPage.as_view(), name="mail-file"),
]
