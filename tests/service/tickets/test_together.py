"""Merging, splitting, linking, mentioning, watching, macros."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.exceptions import ValidationError

from opscharter.customers.models import Customer
from opscharter.kernel.access.actor import system_actor
from opscharter.kernel.clocks.ledger import ledger_of
from opscharter.kernel.errors import Refused
from opscharter.kernel.files.models import Attachment
from opscharter.kernel.notices.models import Notice
from opscharter.kernel.timeline.entries import entries_of
from opscharter.kernel.users.models import User
from opscharter.organization.models import Employee
from opscharter.service.tickets import macros, together
from opscharter.service.tickets.models import Incident, Macro, TicketLink
from tests.service.conftest import bring_to_work

pytestmark = pytest.mark.django_db


@pytest.fixture
def colleague(engineer):
    """Return the engineer with an account."""
    engineer.user = User.objects.create_user("limin")
    return engineer.save_as(system_actor())


def attach_row(ticket, name):
    from opscharter.kernel import moment

    return Attachment.objects.create(
        **together.key_of(ticket), name=name, path="x", size=1, content_type="text/plain", sha256="0" * 64,
        visibility="internal", added_at=moment.now(),
    )  # fmt: skip


def test_a_merge_closes_the_source_and_keeps_comments_files_and_watchers(incident, colleague):
    source, target = incident(title="Twice"), incident()
    source.comment_as(system_actor(), "Seen at ten.", visibility="customer")
    source.comment_as(system_actor(), "Fan is loud.")
    attach_row(source, "log.txt")
    together.watch(source, colleague.user)
    source.refresh_from_db()
    source.move("merge", system_actor(), merged_into=target)
    assert source.state == "CANCELLED"
    carried = entries_of(target).filter(kind="comment")
    assert {(e.text, e.visibility) for e in carried} == {("Seen at ten.", "customer"), ("Fan is loud.", "internal")}
    assert list(Attachment.objects.filter(record_id=target.pk).values_list("name", flat=True)) == ["log.txt"]
    assert together.watchers_of(target) == [colleague.user]
    undo = entries_of(source).get(verb="merged-into").data
    assert (undo["number"], undo["entries"], undo["files"]) == (target.number, 2, 1)
    assert {entry.clock.state for entry in ledger_of(source)} == {"cancelled"}


def test_a_merge_can_be_taken_back(incident):
    source, target = incident(title="Twice"), incident()
    attach_row(source, "log.txt")
    source.move("merge", system_actor(), merged_into=target)
    source.move("unmerge", system_actor(), reason="two faults after all")
    assert (source.state, source.merged_into) == ("IN_PROGRESS", None)
    assert not Attachment.objects.filter(record_id=target.pk, archived_at__isnull=True).exists()
    assert "running" in {entry.clock.state for entry in ledger_of(source)}
    with pytest.raises(Refused):
        target.move("cancel", system_actor(), reason="x").move("unmerge", system_actor(), reason="never merged")


def test_a_merge_across_customers_is_refused_and_moves_nothing(incident):
    other = Customer(name="West Bank").save_as(system_actor())
    source, target = incident(), incident(customer=other)
    source.comment_as(system_actor(), "Secret of the East.", visibility="customer")
    source.refresh_from_db()
    with pytest.raises(Refused) as refused:
        source.move("merge", system_actor(), merged_into=target)
    assert [(r.control, r.clause) for r in refused.value.reasons] == [("request.merge-within-customer", "3.1.2")]
    assert not entries_of(target).filter(kind="comment").exists()


def test_nothing_is_merged_into_what_was_merged_itself(incident):
    first, second, third = incident(), incident(), incident()
    second.move("merge", system_actor(), merged_into=third)
    with pytest.raises(Refused):
        first.move("merge", system_actor(), merged_into=second)
    with pytest.raises(Refused):
        third.move("merge", system_actor(), merged_into=third)


def test_a_split_makes_a_linked_ticket_of_the_same_customer(incident):
    ticket = incident()
    made = together.split(ticket, "Printer too", "", system_actor())
    assert (made.customer, made.service, made.title) == (ticket.customer, ticket.service, "Printer too")
    tie = together.links_of(ticket, system_actor())[0]
    assert (str(tie.words), tie.ticket) == ("was split into", made)


def test_a_link_reads_from_both_ends_once_and_only_for_those_who_see_the_other(incident, make_actor):
    first, second = incident(), incident(title="Same thing")
    together.link(first, second, "duplicates", system_actor())
    together.link(first, second, "duplicates", system_actor())
    assert TicketLink.objects.count() == 1
    assert str(together.links_of(first, system_actor())[0].words) == "duplicates"
    assert str(together.links_of(second, system_actor())[0].words) == "is duplicated by"
    assert together.links_of(first, make_actor()) == []
    with pytest.raises(ValidationError):
        together.link(first, first, "relates", system_actor())
    together.unlink(second, TicketLink.objects.get().pk, system_actor())
    assert together.links_of(first, system_actor()) == []


@pytest.mark.parametrize("text", ["@Li Min please look", "請@Li Min看一下", "cc @Li Min"])
def test_a_mention_tells_the_colleague_and_grants_no_access(incident, colleague, text):
    ticket = incident()
    ticket.comment_as(system_actor(), text)
    notice = Notice.objects.get(type="service.mentioned")
    assert notice.user == colleague.user
    assert notice.data["title"] == "—", "who may not see the ticket does not learn what it is about"
    assert not together.may_see(ticket, colleague.user)


def test_of_names_that_begin_alike_the_longest_is_meant(engineer, colleague, team):
    longer = Employee(name="Li Mingyue", department=team, post=engineer.post, joined_on=dt.date(2020, 1, 1))
    longer.user = User.objects.create_user("mingyue")
    longer.save_as(system_actor())
    assert together.mentioned("ask @Li Mingyue today") == [longer]
    assert together.mentioned("nobody@example.com") == []


def test_who_watches_and_may_see_is_told_of_comments_and_steps_and_others_are_not(incident, colleague):
    ticket = incident()
    together.watch(ticket, colleague.user)
    ticket.comment_as(system_actor(), "Parts ordered.")
    assert not Notice.objects.filter(type="service.watched").exists(), "a watcher without access hears nothing"
    root = User.objects.create_superuser("root")
    from opscharter.organization.models import Role, RoleGrant

    role = Role(code="administrator", name="all").save_as(system_actor())
    RoleGrant(role=role, record_type="*", action="*", reach="all").save_as(system_actor())
    together.watch(ticket, root)
    ticket.comment_as(system_actor(), "Parts came.")
    ticket.refresh_from_db()
    bring_to_work(ticket)
    told = Notice.objects.filter(type="service.watched", user=root).values_list("data__what", flat=True)
    assert set(told) == {"OpsCharter has written", "in progress"}


def test_a_macro_fills_in_the_tickets_words_and_does_all_or_nothing(incident):
    ticket = bring_to_work(incident())
    macro = Macro(
        name="Ask for the log",
        text="{contact}您好，{number} 需要日誌。{unknown}",
        step="wait-customer",
        category="application",
    ).save_as(system_actor())
    ticket.reported_by = "Ann"
    text = macro.filled(ticket, "Li Min")
    assert text == f"Ann您好，{ticket.number} 需要日誌。{{unknown}}"
    ticket.refresh_from_db()
    macros.apply(macro, ticket, system_actor(), text)
    assert (ticket.state, ticket.waiting_for) == ("WAITING", "customer")
    assert entries_of(ticket, ["customer"]).filter(text=text).exists()
    fresh = incident()
    with pytest.raises(Refused):
        macros.apply(macro, fresh, system_actor(), "Hello")
    assert not entries_of(Incident.objects.get(pk=fresh.pk)).filter(text="Hello").exists()


def test_a_macro_that_does_nothing_is_refused(db):
    with pytest.raises(ValidationError):
        Macro(name="Nothing").save_as(system_actor())
