"""A named person confirms on a schedule what nothing can measure, with evidence attached."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile

from opscharter.charter import standing
from opscharter.charter.attestations.models import Attestation, AttestationPlan
from opscharter.charter.attestations.services import ask_due
from opscharter.kernel import moment
from opscharter.kernel.access.actor import system_actor
from opscharter.kernel.errors import Refused
from opscharter.kernel.files.attachments import attach
from opscharter.kernel.notices.models import Notice

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("regulation")]


@pytest.fixture
def owner(make_actor):
    """Return the person who confirms."""
    return make_actor(("charter.attestation", "view", "all"), ("charter.attestation", "confirm", "all"),
                      ("charter.attestation", "deny", "all"), ("charter.attestation", "comment", "all"))  # fmt: skip


@pytest.fixture
def plan(owner):
    """Return a half-yearly plan for a clause that nothing measures, due in ten days."""
    due = moment.today() + dt.timedelta(days=10)
    return AttestationPlan(
        clause="4.5.1", statement="We do.", owner=owner.user, every_months=6, next_due_on=due
    ).save_as(system_actor())


def state_of_4_5_1():
    return standing.standings(standing.in_force(), ["4.5.1"])[0].state


def asked():
    assert ask_due(system_actor()) == 1
    return Attestation.objects.latest("pk")


def test_it_is_asked_once_fourteen_days_before_and_the_owner_is_told(plan, owner):
    attestation = asked()
    assert ask_due(system_actor()) == 0
    assert (attestation.state, attestation.owner, attestation.due_on) == (
        "DUE", owner.user, moment.today() + dt.timedelta(days=10)
    )  # fmt: skip
    assert Notice.objects.filter(user=owner.user, type="charter.attestation-due").count() == 1


def test_without_evidence_it_is_refused_and_with_a_file_confirmed(plan, owner):
    attestation = asked()
    with pytest.raises(Refused) as refused:
        attestation.move("confirm", owner)
    assert [reason.control for reason in refused.value.reasons] == ["attestation.evidence"]
    attach(attestation, owner, SimpleUploadedFile("list.txt", b"names"))
    assert state_of_4_5_1() == "no-data"
    attestation.move("confirm", owner)
    assert state_of_4_5_1() == "pass"


def test_nobody_confirms_for_the_named_person(plan, make_actor):
    attestation = asked()
    other = make_actor(("*", "*", "all"))
    attach(attestation, other, SimpleUploadedFile("list.txt", b"names"))
    with pytest.raises(Refused) as refused:
        attestation.move("confirm", other)
    assert [reason.control for reason in refused.value.reasons] == ["attestation.by-its-owner"]


def test_an_answer_that_is_late_leaves_the_clause_stale_and_a_denial_fails_it(plan, owner):
    attestation = asked()
    with moment.at(moment.now() + dt.timedelta(days=11)):
        assert state_of_4_5_1() == "stale"
    attestation.move("deny", owner, reason="We do not.")
    assert state_of_4_5_1() == "fail"


def test_a_measured_clause_takes_no_attestation(owner):
    with pytest.raises(ValidationError):
        AttestationPlan(clause="3.1.2", statement="x", owner=owner.user, next_due_on=moment.today()).save_as(
            system_actor()
        )
