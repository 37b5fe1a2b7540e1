"""The page behind a survey's link. Looking at it changes nothing: scanners of mail look at every link."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.translation import override
from django.views import View

from opscharter.kernel import moment
from opscharter.service.satisfaction.asking import answer, survey_of
from opscharter.service.satisfaction.lifecycle import State
from opscharter.service.satisfaction.models import Survey

SCORES = "12345"


class SurveyPage(View):
    """One survey, for whoever holds its link."""

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        """Show the question; `?score=4` from the message only fills it in."""
        survey = self._survey(token)
        asked = request.GET.get("score", "")
        return self._show(request, survey, score=asked if asked in [*SCORES] else "")

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        """Take the answer, once."""
        survey, score, text = self._survey(token), request.POST.get("score", ""), request.POST.get("text", "")
        if score not in [*SCORES]:
            return self._show(request, survey, 422, text=text, missing=True)
        if not answer(survey, int(score), text, request.META.get("REMOTE_ADDR", "")):
            survey.refresh_from_db()
            return self._show(request, survey, 409)
        survey.refresh_from_db()
        return self._show(request, survey, thanks=True)

    def _survey(self, token: str) -> Survey:
        found = survey_of(token)
        if found is None:
            raise Http404
        return found

    def _show(self, request: HttpRequest, survey: Survey, status: int = 200, **more: Any) -> HttpResponse:
        """Return the page in the contact's language, whatever the browser speaks."""
        is_open = survey.state == State.SENT and survey.expires_at >= moment.now()
        page = {"survey": survey, "open": is_open, "scores": SCORES, "company": settings.COMPANY_NAME, **more}
        with override(survey.language):
            response = render(request, "service/satisfaction/survey.html", page, status=status)
        response.headers["Cache-Control"] = "no-store"
        response.headers["Referrer-Policy"] = "same-origin"
        response.headers["X-Robots-Tag"] = "noindex"
        return response


URLS = [path("satisfaction/<str:token>/", SurveyPage.as_view(), name="survey")]
