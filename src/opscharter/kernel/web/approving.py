"""Approvals on a record's page: asking, seeing who answered what, and answering. Decisions are taken by POST only."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from opscharter.kernel import moment
from opscharter.kernel.access.actor import Actor
from opscharter.kernel.approvals.directory import directory
from opscharter.kernel.approvals.models import ApprovalRequest, Vote
from opscharter.kernel.approvals.requests import latest, open_request, outdated, seat_for, vote, withdraw
from opscharter.kernel.errors import Refused
from opscharter.kernel.resources.links import record_url
from opscharter.kernel.web.base import ResourcePage
from opscharter.kernel.web.moving import sentence

Text = str | Promise


@dataclass
class SeatLine:
    """One seat in a step of an approval: whose it is, and the vote cast for it, by a deputy where `by` says so."""

    name: str
    vote: Vote | None = None
    by: str = ""


@dataclass
class Ballot:
    """One step of an approval: how many must agree, how many have, and every seat."""

    quorum: int
    veto: bool
    approvals: int
    current: bool
    seats: list[SeatLine] = field(default_factory=list)


@dataclass
class ApprovalCard:
    """The approval of one step of a record, as its page draws it."""

    move: str
    label: Text
    url: str
    clause: str
    request: ApprovalRequest | None = None
    ballots: list[Ballot] = field(default_factory=list)
    changed: bool = False
    """What was shown to the voters has been changed since: their votes are void."""
    may_ask: bool = False
    may_vote: bool = False
    may_withdraw: bool = False


def cards_of(record: Any, actor: Actor) -> list[ApprovalCard]:
    """Return a card for every step that needs an approval now, or had one asked for; customers see none."""
    lifecycle = type(record).lifecycle
    if lifecycle is None or actor.external:
        return []
    bound = [move for move in lifecycle.moves if move.approval is not None]
    if not bound:
        return []
    asked: dict[str, ApprovalRequest] = {}
    for request in ApprovalRequest.objects.filter(record_type=record._meta.label_lower, record_id=record.pk):
        asked[request.move] = max(request, asked.get(request.move, request), key=lambda each: each.pk)
    offered = {move.name for move in lifecycle.offered_to(record)}
    return [
        _card(record, move, actor, asked.get(move.name), move.name in offered)
        for move in bound
        if move.name in offered or move.name in asked
    ]


def _card(record: Any, move: Any, actor: Actor, request: ApprovalRequest | None, offered: bool) -> ApprovalCard:
    card = ApprovalCard(move.name, move.label, record_url(record, f"approvals/{move.name}"), move.approval.clause)
    card.request = request
    standing = (ApprovalRequest.State.OPEN, ApprovalRequest.State.APPROVED)
    if request is not None:
        card.ballots = _ballots(request)
        decided = request.state == ApprovalRequest.State.VOID
        card.changed = decided or (offered and request.state in standing and outdated(request, record))
    if not offered:
        return card
    valid = request is not None and request.state in standing and not card.changed
    card.may_ask = not valid and actor.may(record._meta.label_lower, move.name)
    if request is not None and request.state == ApprovalRequest.State.OPEN:
        card.may_vote = not card.changed and seat_for(request, actor) is not None
        card.may_withdraw = request.requested_by_id == actor.user_id
    return card


def _ballots(request: ApprovalRequest) -> list[Ballot]:
    """Return the steps of an approval with every seat; seats whose holder is gone keep their vote."""
    votes = {(each.step, each.seat): each for each in request.votes.select_related("user").order_by("at")}
    seats = sorted({*request.seats.values_list("step", "person"), *votes})
    people = {person for _step, person in seats} | {each.person for each in votes.values()}
    names = dict(directory().staff(moment.today()).filter(pk__in=people).values_list("pk", "name"))
    found = []
    for number, step in enumerate(request.policy["steps"]):
        mine = {person: votes.get((number, person)) for at, person in seats if at == number}
        cast = [each for each in mine.values() if each is not None]
        ballot = Ballot(
            step.get("quorum", 1), bool(step.get("veto", False)),
            sum(each.decision == Vote.Decision.APPROVE for each in cast),
            request.state == ApprovalRequest.State.OPEN and request.step == number,
        )  # fmt: skip
        for person, answer in sorted(mine.items(), key=lambda pair: (pair[1] is None, pair[1] and pair[1].at, pair[0])):
            deputy = answer is not None and answer.person != person
            account = str(answer.user) if answer is not None and answer.user else "—"
            name = names.get(person, "—" if deputy else account)
            by = names.get(answer.person, account) if answer is not None and deputy else ""
            ballot.seats.append(SeatLine(name, answer, by))
        found.append(ballot)
    return found


class ApprovalPage(ResourcePage):
    """Asking for the approval of a step, voting on it, or taking the question back."""

    def post(self, request: HttpRequest, pk: int, name: str) -> HttpResponse:
        """Do what was asked and go back to the record."""
        record = self.record(pk)
        lifecycle = self.resource.model.lifecycle
        known = {move.name for move in lifecycle.moves if move.approval is not None} if lifecycle else set()
        if name not in known or self.actor.external:
            raise Http404
        try:
            self._answer(record, name, request.POST.get("do", ""), request.POST.get("comment", ""))
        except Refused as refused:
            messages.error(request, sentence(refused))
        return HttpResponseRedirect(f"{record_url(record)}#approvals")

    def _answer(self, record: Any, name: str, do: str, comment: str) -> None:
        if do == "ask":
            self.need(name)
            open_request(record, name, self.actor)
            messages.success(self.request, _("The approval was asked for."))
            return
        asked = latest(record, name)
        if asked is None:
            raise Http404
        if do == "withdraw":
            withdraw(asked, record, self.actor)
        elif do in Vote.Decision.values:
            vote(asked, record, self.actor, do, comment)
            messages.success(self.request, _("Your vote is cast."))
        else:
            raise Http404
