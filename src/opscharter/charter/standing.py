"""How every clause stands: from its guards, its checks' latest results, and nothing else."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from django.core.cache import cache
from django.db.models import Count, Max, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from opscharter.charter.models import CheckResult, Clause, Edition
from opscharter.kernel import moment
from opscharter.kernel.controls.decisions import Standing as Setting
from opscharter.kernel.controls.decisions import settings_at
from opscharter.kernel.controls.models import ControlException, GuardDecision
from opscharter.kernel.controls.registry import CHECKS, GUARDS, Check, Guard, Mode
from opscharter.kernel.indicators.periods import Period
from opscharter.kernel.replica import primary

PASS, FAIL, NO_DATA, STALE, ERROR, UNCOVERED = "pass", "fail", "no-data", "stale", "error", "uncovered"
WORST_FIRST = (ERROR, FAIL, STALE, NO_DATA, PASS)
LABELS: dict[str, str | Promise] = {
    PASS: _("met"), FAIL: _("exceptions"), NO_DATA: _("no data"), STALE: _("stale"), ERROR: _("error"),
    UNCOVERED: _("uncovered"),
}  # fmt: skip
NEAR = Decimal(10)
"""A share that misses its target by no more than this is amber, not red."""


attesters: list[Callable[[dt.datetime | None], Mapping[str, str]]] = []
"""Each returns, by clause number, how clauses stand (now, or at a moment) by what people have attested."""


def worst(states: Iterable[str]) -> str:
    """Return the worst of some states, whatever their order; nothing measured is no data."""
    found = set(states)
    return next((state for state in WORST_FIRST if state in found), NO_DATA)


@dataclass
class GuardStanding:
    """A guard with its mode and how often it stopped or let pass a step this month."""

    guard: Guard
    mode: str
    refused: int = 0
    overridden: int = 0


@dataclass
class CheckStanding:
    """A check with its mode, its latest result, and how that stands today."""

    check: Check
    mode: str
    parameters: Mapping[str, object]
    result: CheckResult | None = None
    at: dt.datetime | None = None
    """The moment asked about; none is now."""

    @property
    def state(self) -> str:
        """Return the state at the moment: a result past its time is stale; never measured is no data."""
        if self.result is None:
            return NO_DATA
        if self.result.state == ERROR:
            return ERROR
        return STALE if self.result.expires_at < (self.at or moment.now()) else self.result.state

    @property
    def tone(self) -> str:
        """Return the colour of the dot."""
        return tone_of(self.state, self.result)


def tone_of(state: str, result: CheckResult | None = None) -> str:
    """Return green, amber, red or neutral for a state."""
    if state == FAIL and result is not None and result.value is not None:
        return "a" if result.value >= Decimal(str(result.target)) - NEAR else "r"
    return {PASS: "g", FAIL: "a", STALE: "a", ERROR: "r"}.get(state, "n")


@dataclass
class ClauseStanding:
    """A clause with all that is known of it."""

    clause: Clause
    guards: list[GuardStanding] = field(default_factory=list)
    checks: list[CheckStanding] = field(default_factory=list)
    exceptions_granted: int = 0
    attested: str = ""
    """How it stands by attestation; empty when nobody attests it."""

    @property
    def active_guards(self) -> list[GuardStanding]:
        """Return the guards that are not switched off."""
        return [each for each in self.guards if each.mode != Mode.OFF]

    @property
    def active_checks(self) -> list[CheckStanding]:
        """Return the checks that are not switched off."""
        return [each for each in self.checks if each.mode != Mode.OFF]

    @property
    def covered(self) -> bool:
        """Say whether any control is at work."""
        return bool(self.active_guards or self.active_checks or self.attested)

    @property
    def state(self) -> str:
        """Return the standing: the worst check; with guards alone it holds; with nothing it is uncovered."""
        if self.active_checks:
            return worst(check.state for check in self.active_checks)
        if self.attested:
            return self.attested
        return PASS if self.active_guards else UNCOVERED

    @property
    def worst_check(self) -> CheckStanding | None:
        """Return the check that decides the standing; of several the one with the lowest share."""
        candidates = [check for check in self.active_checks if check.state == self.state]
        return min(candidates, key=_share, default=None)

    @property
    def tone(self) -> str:
        """Return the colour of the dot."""
        check = self.worst_check
        return check.tone if check else tone_of(self.state)

    @property
    def label(self) -> str | Promise:
        """Return the standing in words."""
        return LABELS[self.state]

    @property
    def value(self) -> Decimal | None:
        """Return the share of the deciding check."""
        check = self.worst_check
        return check.result.value if check and check.result else None

    @property
    def modes(self) -> list[tuple[str, str | Promise]]:
        """Return by what the clause is kept: guarded, measured, attested, indicative, or nothing."""
        found: list[tuple[str, str | Promise]] = []
        if self.active_guards:
            found.append(("guarded", _("guarded")))
        if self.active_checks:
            found.append(("measured", _("measured")))
        if self.attested:
            found.append(("attested", _("attested")))
        if not found and self.clause.expectation:
            found.append((self.clause.expectation, self.clause.get_expectation_display()))
        return found or [(UNCOVERED, _("uncovered"))]


def _share(check: CheckStanding) -> Decimal:
    return check.result.value if check.result is not None and check.result.value is not None else Decimal(-1)


def latest_results(at: dt.datetime | None = None) -> dict[str, CheckResult]:
    """Return the newest result of every check, or what was the newest at a moment."""
    rows = CheckResult.objects.filter(collected_at__lte=at) if at else CheckResult.objects.all()
    newest = rows.values("control").annotate(pk_of_newest=Max("pk")).values("pk_of_newest")
    return {result.control: result for result in CheckResult.objects.filter(pk__in=newest)}


def in_force(at: dt.datetime | None = None) -> Edition | None:
    """Return the edition in force, or the one that was at a moment."""
    if at is None:
        return Edition.objects.filter(state=Edition.State.IN_FORCE).order_by("-pk").first()
    return Edition.objects.filter(took_effect_at__lte=at).order_by("-took_effect_at", "-pk").first()


def end_of(day: dt.date) -> dt.datetime | None:
    """Return the last moment of a day by the office's clock; none, that is now, for today and later."""
    return None if day >= moment.today() else moment.last_of(day)


def standings(
    edition: Edition, numbers: Iterable[str] | None = None, at: dt.datetime | None = None
) -> list[ClauseStanding]:
    """Return how the clauses of an edition stand, in order; seven queries whatever their number.

    For a moment of the past it is told from the settings, frozen results and decisions of that time alone, so that
    it comes out as it was shown then, whatever was amended or edited since.
    """
    clauses = Clause.objects.filter(edition=edition, archived_at__isnull=True).order_by("position")
    if numbers is not None:
        clauses = clauses.filter(number__in=list(numbers))
    settings = settings_at([*GUARDS.values(), *CHECKS.values()], at)
    results = latest_results(at)
    decided = _decisions_of_month(at)
    granted = dict(exceptions_at(at).values_list("clause").annotate(n=Count("pk")).order_by())
    attested = {number: state for attester in attesters for number, state in attester(at).items()}
    guards: dict[str, list[Guard]] = {}
    checks: dict[str, list[Check]] = {}
    for guard in GUARDS.values():
        guards.setdefault(edition.clause_of(guard), []).append(guard)
    for check in CHECKS.values():
        checks.setdefault(edition.clause_of(check), []).append(check)
    found = []
    for clause in clauses:
        standing = ClauseStanding(clause, exceptions_granted=granted.get(clause.number, 0))
        standing.attested = attested.get(clause.number, "")
        standing.guards = [_guard(each, settings, decided) for each in guards.get(clause.number, ())]
        standing.checks = [
            CheckStanding(each, settings[each.id].mode, settings[each.id].parameters, results.get(each.id), at)
            for each in checks.get(clause.number, ())
        ]
        found.append(standing)
    return found


def exceptions_at(at: dt.datetime | None = None) -> QuerySet[ControlException]:
    """Return the exceptions that let a record pass a guard at a moment (default: now)."""
    at = at or moment.now()
    return ControlException.objects.filter(granted_at__lte=at, expires_at__gt=at)


def _guard(guard: Guard, settings: dict[str, Setting], decided: dict[tuple[str, str], int]) -> GuardStanding:
    refused = decided.get((guard.id, GuardDecision.Outcome.REFUSED), 0)
    overridden = decided.get((guard.id, GuardDecision.Outcome.OVERRIDDEN), 0)
    return GuardStanding(guard, settings[guard.id].mode, refused, overridden)


def _decisions_of_month(at: dt.datetime | None) -> dict[tuple[str, str], int]:
    """Count the guards' decisions of the month, up to the moment."""
    at = at or moment.now()
    start = Period.month_of(moment.in_office(at).date()).start
    rows = GuardDecision.objects.filter(at__gte=start, at__lte=at).values_list("guard", "outcome")
    return {(guard, outcome): n for guard, outcome, n in rows.annotate(n=Count("pk")).order_by()}


@dataclass
class Coverage:
    """How many clauses are kept by what: stated in figures, never flattered."""

    clauses: int = 0
    guarded: int = 0
    measured: int = 0
    covered: int = 0
    indicative: int = 0
    attested: int = 0
    uncovered: int = 0


def coverage(found: Iterable[ClauseStanding]) -> Coverage:
    """Count the clauses by how they are kept."""
    counted = Coverage()
    for standing in found:
        counted.clauses += 1
        counted.guarded += bool(standing.active_guards)
        counted.measured += bool(standing.active_checks)
        counted.covered += standing.covered
        counted.attested += bool(standing.attested)
        if not standing.covered:
            counted.indicative += standing.clause.expectation == Clause.Expectation.INDICATIVE
            counted.uncovered += standing.clause.expectation != Clause.Expectation.INDICATIVE
    return counted


@dataclass
class ChapterBar:
    """A chapter as the cockpit draws it: one cell a clause, and the worst in words."""

    number: int
    title: str
    cells: list[ClauseStanding]

    @property
    def met(self) -> int:
        """Return how many clauses stand well."""
        return sum(cell.state == PASS for cell in self.cells)

    @property
    def tone(self) -> str:
        """Return the chapter's dot: the worst of its covered clauses."""
        tones = {cell.tone for cell in self.cells if cell.covered}
        return next((tone for tone in "rag" if tone in tones), "n")

    @property
    def trouble(self) -> ClauseStanding | None:
        """Return the clause that stands worst, if any does not stand well."""
        bad = [cell for cell in self.cells if cell.covered and cell.tone in "ra"]
        return min(bad, key=lambda cell: ("ra".index(cell.tone), cell.value or Decimal(0)), default=None)


def bars(edition: Edition, found: Iterable[ClauseStanding]) -> list[ChapterBar]:
    """Group clauses by chapter."""
    by_chapter: dict[int, ChapterBar] = {}
    for standing in found:
        number = standing.clause.chapter
        bar = by_chapter.setdefault(number, ChapterBar(number, edition.heading(str(number)), []))
        bar.cells.append(standing)
    return list(by_chapter.values())


RAIL_KEY, RAIL_SECONDS = "charter.rail", 60


def rail() -> dict[int, str]:
    """Return the dot of every chapter, kept for a minute: the rail is on every page."""
    kept: dict[int, str] | None = cache.get(RAIL_KEY)
    if kept is None:
        edition = in_force()
        kept = {bar.number: bar.tone for bar in bars(edition, standings(edition))} if edition else {}
        cache.set(RAIL_KEY, kept, RAIL_SECONDS)
    return kept


def edition_label() -> str:
    """Return the version in force, for the audit trail; looked up once a minute at most."""
    kept: str | None = cache.get("charter.edition")
    if kept is None:
        with primary():
            edition = in_force()
        kept = edition.label if edition else ""
        cache.set("charter.edition", kept, RAIL_SECONDS)
    return kept


def bindings() -> dict[str, str]:
    """Return which controls serve another clause than their code names, kept for a minute: every step asks."""
    kept: dict[str, str] | None = cache.get("charter.bindings")
    if kept is None:
        with primary():
            edition = in_force()
        kept = dict(edition.bindings) if edition else {}
        cache.set("charter.bindings", kept, RAIL_SECONDS)
    return kept
