"""Acceptance case 13: the resolve gate, and the confirmation that closes by itself after three working days."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from opscharter.kernel import moment
from opscharter.kernel.access.actor import system_actor
from opscharter.kernel.errors import Refused
from opscharter.service.tickets.models import TestStep
from opscharter.service.tickets.services import close_unanswered
from tests.service.conftest import bring_to_work, pass_tests, resolve

pytestmark = pytest.mark.django_db


def local(year, month, day, hour, minute=0):
    return timezone.make_aware(dt.datetime(year, month, day, hour, minute))


def reasons(ticket, **inputs):
    with pytest.raises(Refused) as refused:
        ticket.move("resolve", system_actor(), **inputs)
    return {(reason.clause, str(reason.message)) for reason in refused.value.reasons}


def test_without_cause_fix_and_full_checklist_resolve_is_refused_with_each_reason_and_clause(incident):
    ticket = bring_to_work(incident())
    assert reasons(ticket) == {
        ("3.3.2", "Record the cause."),
        ("3.3.2", "Record what was done to repair it."),
        ("3.3.3", "Finish the test checklist: 0 of 2 steps have a result."),
    }
    assert reasons(ticket, fix="replaced") == {
        ("3.3.2", "Record the cause."),
        ("3.3.3", "Finish the test checklist: 0 of 2 steps have a result."),
    }
    ticket.refresh_from_db()
    assert ticket.state == "IN_PROGRESS"


def test_one_failed_test_blocks_until_it_passes(incident):
    ticket = bring_to_work(incident())
    pass_tests(ticket)
    failed = TestStep.objects.filter(incident=ticket).first()
    failed.result = "failed"
    failed.save_as(system_actor())
    assert reasons(ticket, cause="c", fix="f") == {("3.3.3", "A test step has failed; repair it and test again.")}
    failed.result = "passed"
    failed.save_as(system_actor())
    assert ticket.move("resolve", system_actor(), cause="c", fix="f").state == "RESOLVED"


def test_an_unanswered_confirmation_closes_after_3_working_days(incident):
    """Resolved Thu 16 Oct 2025 17:00: three working days are over on Tue 21 Oct 17:00, the weekend does not count."""
    with moment.at(local(2025, 10, 16, 9)):
        ticket = bring_to_work(incident())
    with moment.at(local(2025, 10, 16, 17)):
        resolve(ticket)
    with moment.at(local(2025, 10, 21, 16, 59)):
        assert close_unanswered() == 0
    with moment.at(local(2025, 10, 21, 17)):
        assert close_unanswered() == 1
    ticket.refresh_from_db()
    assert (ticket.state, ticket.confirmed_at) == ("CLOSED", None)
