"""The page behind the link of a message. Looking at it changes nothing: scanners of mail look at every link."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from django.views import View

from opscharter.kernel.access.actor import actor_for
from opscharter.kernel.errors import Conflict, NotPermitted, Refused
from opscharter.kernel.notices.answering import ANSWERS, Answer, expired, notice_of
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
    facts: Sequence[tuple[Any, Any]] = ()
    answers: list[Answer] = field(default_factory=list)
    done: str = ""
    over: str = ""
    """Why it can be answered no more; nothing is wrong then."""
    problem: str = ""
    text: str = ""
    """What was written before it was refused; nothing typed is lost."""

    @property
    def takes_text(self) -> bool:
        """Say whether an answer needs words."""
        return any(answer.needs_text for answer in self.answers)


class AnswerPage(View):
    """Answering one message as the person it was sent to, in that person's language."""

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        """Show what is decided, and the buttons; nothing of it to somebody else who has signed in."""
        return self._in_language(request, token, self._look)

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        """Decide, as the person the message was sent to; somebody else who has signed in may not."""
        return self._in_language(request, token, self._decide)

    def _in_language(self, request: HttpRequest, token: str, do: Any) -> HttpResponse:
        notice = notice_of(token)
        if notice is None:
            page = AnswerContext(problem=_("This link is no longer valid. Sign in to answer."), url="/inbox/")
            return self._show(request, page, status=410)
        if request.user.is_authenticated and request.user.pk != notice.user_id:
            page = AnswerContext(problem=_("This link belongs to somebody else."))
            return self._show(request, page, status=403)
        with override(notice.user.language or get_language()):
            page = self._context(notice)
            if expired(notice):
                page.over = _("This link is no longer valid. Sign in to answer.")
                return self._show(request, page, status=410)
            answer: HttpResponse = do(request, notice, page)
            return answer

    def _look(self, request: HttpRequest, notice: Notice, page: AnswerContext) -> HttpResponse:
        actor, kind = actor_for(notice.user), ANSWERS[notice.type]
        page.over = kind.closed(notice, actor)
        if not page.over:
            page.answers, page.facts = list(kind.answers), kind.facts(notice, actor)
        return self._show(request, page)

    def _decide(self, request: HttpRequest, notice: Notice, page: AnswerContext) -> HttpResponse:
        actor = actor_for(notice.user).by("link", request.META.get("REMOTE_ADDR", ""))
        kind = ANSWERS[notice.type]
        page.over = kind.closed(notice, actor)
        if page.over:
            return self._show(request, page, status=409)
        answer = next((each for each in kind.answers if each.code == request.POST.get("answer")), None)
        page.text = request.POST.get("text", "").strip()
        try:
            if answer is None or (answer.needs_text and not page.text):
                page.problem = _("This step needs a reason.") if answer else _("Choose an answer.")
                status = 422
            else:
                page.done = answer.give(notice, actor, page.text) or str(answer.label)
                mark_read(notice.user, [notice.pk])
                return self._show(request, page)
        except (Refused, Conflict, NotPermitted) as error:
            page.problem, status = sentence(error), 409
            page.over = kind.closed(notice, actor)
        if not page.over:
            page.answers, page.facts = list(kind.answers), kind.facts(notice, actor)
        return self._show(request, page, status=status)

    def _context(self, notice: Notice) -> AnswerContext:
        subject, body = wording(notice.type, notice.data)
        return AnswerContext(subject, body, str(notice.user), notice.url)

    def _show(self, request: HttpRequest, page: AnswerContext, status: int = 200) -> HttpResponse:
        response = TemplateResponse(request, "opscharter/answer.html", {"page": page}, status=status)
        response.headers["Cache-Control"] = "no-store"
        response.headers["Referrer-Policy"] = "same-origin"
        response.headers["X-Robots-Tag"] = "noindex"
        return response.render()  # here, because the language is the reader's only within this call
