"""What of a customer's records falls under which of the customer's contracts, so that all of them together tell all.

The contract in force for a service at a time is chosen as service levels choose it (`chosen`). Where none is in force,
what happens falls under the one that was in force last, or, before all of them, under the first.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from django.db.models import Q

from opscharter.customers.models import Contract
from opscharter.kernel import moment
from opscharter.kernel.timeline.models import TimelineEntry

DAY = dt.timedelta(days=1)


def chosen(holding: Sequence[Contract], service_id: int | None) -> Contract | None:
    """Return the contract that holds for a service among those in force, newest first; one naming it goes before."""
    named = [contract for contract in holding if any(service.pk == service_id for service in contract.services.all())]
    return next(iter(named or holding), None)


@dataclass(frozen=True)
class Span:
    """A time from which (None: ever since) until which (None: for good) a contract covers some services."""

    begin: dt.datetime | None
    end: dt.datetime | None
    services: frozenset[int]
    others: bool = False
    """Covered is every service, or none at all, except `services`."""

    def covers(self, service_id: int | None) -> bool:
        """Say whether something of a service is covered."""
        return (service_id in self.services) is not self.others

    def holds_at(self, at: dt.datetime) -> bool:
        """Say whether a moment lies in the span."""
        return (self.begin is None or self.begin <= at) and (self.end is None or at < self.end)


WHOLE = Span(None, None, frozenset(), others=True)


@dataclass(frozen=True)
class Coverage:
    """What falls under a contract, as spans of time that do not overlap."""

    spans: tuple[Span, ...] = (WHOLE,)

    @property
    def whole(self) -> bool:
        """Say whether everything of the customer falls under the contract."""
        return self.spans == (WHOLE,)

    def includes(self, at: dt.datetime, service_id: int | None) -> bool:
        """Say whether what happened at a moment with a service falls under the contract."""
        return any(span.holds_at(at) and span.covers(service_id) for span in self.spans)

    def condition(self, at: str) -> Q:
        """Return the condition on rows that have a `service_id` and the moment `at`."""
        if self.whole:
            return Q()
        found = Q(pk__in=[])
        for span in self.spans:
            here = ~Q(service_id__in=span.services) if span.others else Q(service_id__in=span.services)
            if span.begin is not None:
                here &= Q(**{f"{at}__gte": span.begin})
            if span.end is not None:
                here &= Q(**{f"{at}__lt": span.end})
            found |= here
        return found


def coverage_of(contract: Contract) -> Coverage:
    """Return what falls under a contract; however many there are, it costs three queries at most."""
    rows = Contract.objects.current().filter(customer_id=contract.customer_id)
    contracts = list(
        rows.exclude(state=Contract.State.DRAFT).order_by("-starts_on", "-pk").prefetch_related("services")
    )
    if len(contracts) < 2:
        return Coverage()
    ends = _ends(contracts)
    days = sorted({each.starts_on for each in contracts} | {ends[each.pk] + DAY for each in contracts})
    spans: list[Span] = []
    for first, following in pairwise([None, *days, None]):
        day = first or days[0] - DAY
        span = _span(contract, _in_force(contracts, ends, day), _midnight(first), _midnight(following))
        if span is None:
            continue
        last = spans[-1] if spans else None
        if last and last.end == span.begin and (last.services, last.others) == (span.services, span.others):
            spans[-1] = Span(last.begin, span.end, span.services, span.others)
        else:
            spans.append(span)
    return Coverage(tuple(spans))


def _ends(contracts: Sequence[Contract]) -> dict[int, dt.date]:
    """Return the last day of each contract: as agreed, or the day on which it was ended before."""
    ends = {contract.pk: contract.ends_on for contract in contracts}
    ended = [contract.pk for contract in contracts if contract.state == Contract.State.ENDED]
    steps = TimelineEntry.objects.filter(record_type=Contract._meta.label_lower, record_id__in=ended, verb="end")
    for pk, at in steps.values_list("record_id", "at") if ended else ():
        ends[pk] = min(ends[pk], moment.in_office(at).date())
    return ends


def _in_force(contracts: Sequence[Contract], ends: dict[int, dt.date], day: dt.date) -> list[Contract]:
    found = [each for each in contracts if each.starts_on <= day <= ends[each.pk]]
    begun = [each for each in contracts if each.starts_on <= day]
    return found or ([max(begun, key=lambda each: (ends[each.pk], each.pk))] if begun else [contracts[-1]])


def _span(
    contract: Contract, holding: Sequence[Contract], begin: dt.datetime | None, end: dt.datetime | None
) -> Span | None:
    """Return what a contract covers among those in force, or None for nothing."""
    named = {service.pk for each in holding for service in each.services.all()}
    own = {pk for pk in named if chosen(holding, pk) == contract}
    if chosen(holding, None) == contract:
        return Span(begin, end, frozenset(named - own), others=True)
    return Span(begin, end, frozenset(own)) if own else None


def _midnight(day: dt.date | None) -> dt.datetime | None:
    return moment.first_of(day) if day else None
