"""The page behind the link of a message. Looking at it changes nothing: scanners of mail look at every link."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views import View

from opscharter.kernel.access.actor import actor_for
from opscharter.kernel.errors import Conflict, NotPermitted, Refused
from opscharter.kernel.notices.answering import ANSWERS, Answer, notice_of
from opscharter.kernel.notices.catalogue import wording
from opscharter.kernel.notices.models import Notice
from opscharter.kernel.notices.sending import mark_read
from opscharter.kernel.web.moving import sentence


@dataclass
class AnswerContext:
    """What the page draws: what is decided, as whom, how; or what was answered."""

    subject: str = ""
    body: str = ""
    who: str = ""
    url: str = ""
    answers: list[Answer] = field(default_factory=list)
    done: str = ""
    problem: str = ""


class AnswerPage(View):
    """Answering one message as the person it was sent to."""

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        """Show what is decided, and the buttons."""
        notice = notice_of(token)
        if notice is None:
            return self._over(request)
        return self._show(request, self._context(notice))

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        """Decide, as the person the message was sent to; somebody else who has signed in may not."""
        notice = notice_of(token)
        if notice is None:
            return self._over(request)
        page = self._context(notice)
        if request.user.is_authenticated and request.user.pk != notice.user_id:
            page.problem = _("This link belongs to somebody else.")
            return self._show(request, page, status=403)
        answer = next((each for each in page.answers if each.code == request.POST.get("answer")), None)
        text = request.POST.get("text", "").strip()
        if answer is None or (answer.needs_text and not text):
            page.problem = _("This step needs a reason.") if answer else _("Choose an answer.")
            return self._show(request, page, status=422)
        actor = actor_for(notice.user).by("link", request.META.get("REMOTE_ADDR", ""))
        try:
            page.done = answer.give(notice, actor, text) or str(answer.label)
        except (Refused, Conflict, NotPermitted) as error:
            page.problem = sentence(error)
            return self._show(request, page, status=409)
        mark_read(notice.user, [notice.pk])
        page.answers = []
        return self._show(request, page)

    def _context(self, notice: Notice) -> AnswerContext:
        subject, body = wording(notice.type, notice.data)
        return AnswerContext(subject, body, str(notice.user), notice.url, list(ANSWERS[notice.type]))

    def _over(self, request: HttpRequest) -> HttpResponse:
        page = AnswerContext(problem=_("This link is no longer valid. Sign in to answer."), url="/inbox/")
        return self._show(request, page, status=410)

    def _show(self, request: HttpRequest, page: AnswerContext, status: int = 200) -> HttpResponse:
        response = TemplateResponse(request, "opscharter/answer.html", {"page": page}, status=status)
        response.headers["Cache-Control"] = "no-store"
        response.headers["Referrer-Policy"] = "same-origin"
        response.headers["X-Robots-Tag"] = "noindex"
        return response
