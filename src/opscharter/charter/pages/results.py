"""Results of checks: one as it was frozen, with the proof of its hash, and all of a check one after another."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse

from opscharter.charter.evaluation import canonical, digest
from opscharter.charter.models import CheckResult
from opscharter.charter.pages.seen import seen_among
from opscharter.charter.standing import CheckStanding, latest_results, tone_of
from opscharter.kernel.access.actor import Actor
from opscharter.kernel.audit.trail import write_entry
from opscharter.kernel.controls.decisions import settings_at
from opscharter.kernel.controls.registry import CHECKS, Check
from opscharter.kernel.controls.wording import told
from opscharter.kernel.resources.links import list_url, url_of
from opscharter.kernel.resources.site import site
from opscharter.kernel.web.base import SignedInPage

LENGTH = 60
DRAWN = 120
LONGEST_ID = 18


@dataclass
class ExceptionLine:
    """A record that broke the clause when it was measured."""

    url: str
    name: str
    reason: str
    kind: str


@dataclass
class ResultContext:
    """Everything the page of one result draws."""

    result: CheckResult
    label: Any
    tone: str
    parameters: list[tuple[Any, Any]]
    recomputed: str
    may_prove: bool
    lines: list[ExceptionLine] = field(default_factory=list)
    hidden: int = 0
    """How many exceptions lie outside the reader's reach."""
    lists: list[tuple[str, str]] = field(default_factory=list)
    previous: CheckResult | None = None
    following: CheckResult | None = None

    @property
    def intact(self) -> bool:
        """Say whether the result is as it was frozen."""
        return self.recomputed == self.result.hash


def exceptions_seen(result: CheckResult, actor: Actor) -> list[ExceptionLine]:
    """Return the exceptions that the reader may see, each with its reason in the reader's language."""
    seen = seen_among(((row[0], row[1]) for row in result.sample), actor)
    return [
        ExceptionLine(url_of(label, pk), name, told(reason), str(site.resource(label).label))
        for label, pk, name, reason in result.sample
        if (label, pk) in seen
    ]


class ResultPage(SignedInPage):
    """One result."""

    def result(self, pk: int) -> CheckResult:
        """Return the result asked for; 404 for whoever sees none."""
        found = CheckResult.objects.filter(pk=pk).first()
        if found is None or not self.actor.may("charter.checkresult", "view"):
            raise Http404
        return found

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show it as it was frozen; its hash is computed anew each time it is looked at."""
        result = self.result(pk)
        lines = exceptions_seen(result, self.actor)
        neighbours = CheckResult.objects.filter(control=result.control)
        page = ResultContext(
            result,
            label_of(result.control),
            tone_of(result.state, result),
            parameters_of(result),
            digest(result),
            len(lines) == len(result.sample),
            lines,
            len(result.sample) - len(lines),
            self._lists(result),
            neighbours.filter(pk__lt=result.pk).order_by("-pk").first(),
            neighbours.filter(pk__gt=result.pk).order_by("pk").first(),
        )
        return self.render("charter/result.html", page)

    def _lists(self, result: CheckResult) -> list[tuple[str, str]]:
        """Return the lists of the check's exceptions as they are today."""
        found = []
        for label in dict.fromkeys(row[0] for row in result.sample):
            resource = site.find(label)
            if resource is not None and self.actor.may(label, "view") and result.control in CHECKS:
                found.append(
                    (str(resource.label_plural), list_url(resource, check=result.control, outcome="exception"))
                )
        return found


class ProofPage(ResultPage):
    """The very bytes whose SHA-256 a result bears, for those who may see every record named in them."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Send them; audited as an export."""
        result = self.result(pk)
        if len(exceptions_seen(result, self.actor)) != len(result.sample):
            raise Http404
        changes = {"type": [None, "charter.checkresult"], "hash": [None, result.hash]}
        write_entry(self.actor, "export", record=result, changes=changes)
        name = f"{result.control}-{result.pk}.json"
        return HttpResponse(
            canonical(result), content_type="application/json",
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )  # fmt: skip


@dataclass
class HistoryContext:
    """Everything the page of a check's results draws."""

    control: str
    label: Any
    clause: str
    check: Check | None
    standing: CheckStanding | None
    results: list[tuple[CheckResult, str]]
    chart: dict[str, Any] | None
    older: str


class CheckHistoryPage(SignedInPage):
    """Every result of one check, newest first."""

    def get(self, request: HttpRequest, control: str) -> HttpResponse:
        """Show them, with the share over time; every point opens its result."""
        rows = CheckResult.objects.filter(control=control).order_by("-pk")
        check = CHECKS.get(control)
        if not self.actor.may("charter.checkresult", "view") or (check is None and not rows.exists()):
            raise Http404
        before = request.GET.get("before", "")
        if before.isascii() and before.isdecimal() and len(before) <= LONGEST_ID:
            rows = rows.filter(pk__lt=int(before))
        found = list(rows[: LENGTH + 1])
        shown = found[:LENGTH]
        standing = None
        if check is not None:
            set_so = settings_at([check])[check.id]
            latest = latest_results().get(check.id)
            standing = CheckStanding(check, set_so.mode, set_so.parameters, latest)
        page = HistoryContext(
            control,
            label_of(control),
            shown[0].clause if shown else check.clause if check else "",
            check,
            standing,
            [(result, tone_of(result.state, result)) for result in shown],
            _chart(control),
            f"?before={shown[-1].pk}" if len(found) > LENGTH else "",
        )
        return self.render("charter/check_history.html", page)


def _chart(control: str) -> dict[str, Any] | None:
    """Return the share over the latest results that had one."""
    rows = CheckResult.objects.filter(control=control, value__isnull=False).order_by("-pk")
    drawn = list(rows.only("pk", "collected_at", "value", "population", "parameters")[:DRAWN])[::-1]
    if len(drawn) < 2:
        return None
    points = [
        {
            "x": f"{each.collected_at:%m-%d}",
            "y": float(each.value or 0),
            "url": result_url(each.pk),
            "n": each.population,
        }
        for each in drawn
    ]
    return {"type": "share", "target": drawn[-1].target, "points": points}


def result_url(pk: int) -> str:
    """Return the address of a result's page."""
    return f"/regulation/results/{pk}/"


def label_of(control: str) -> Any:
    """Return what a check asks; of one that no code declares any more, its id."""
    return CHECKS[control].label if control in CHECKS else control


def parameters_of(result: CheckResult) -> list[tuple[Any, Any]]:
    """Return the parameters a result was measured with, in words."""
    check = CHECKS.get(result.control)
    return [(check.figure_label(name) if check else name, value) for name, value in result.parameters.items()]
