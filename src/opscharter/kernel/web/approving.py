"""Approvals on a record's page: asking, seeing who answered what, and answering. Decisions are taken by POST only."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from opscharter.kernel.access.actor import Actor
from opscharter.kernel.approvals.models import ApprovalRequest, Vote
from opscharter.kernel.approvals.requests import latest, open_request, seat_for, vote, withdraw
from opscharter.kernel.errors import Refused
from opscharter.kernel.resources.links import record_url
from opscharter.kernel.web.base import ResourcePage
from opscharter.kernel.web.moving import sentence

Text = str | Promise


@dataclass
class ApprovalCard:
    """The approval of one step of a record, as its page draws it."""

    move: str
    label: Text
    url: str
    clause: str
    request: ApprovalRequest | None = None
    votes: list[Vote] = field(default_factory=list)
    may_ask: bool = False
    may_vote: bool = False
    may_withdraw: bool = False


def cards_of(record: Any, actor: Actor) -> list[ApprovalCard]:
    """Return a card for every step from the present state that needs an approval; customers see none."""
    lifecycle = type(record).lifecycle
    if lifecycle is None or actor.external:
        return []
    return [_card(record, move, actor) for move in lifecycle.offered_to(record) if move.approval is not None]


def _card(record: Any, move: Any, actor: Actor) -> ApprovalCard:
    card = ApprovalCard(move.name, move.label, record_url(record, f"approvals/{move.name}"), move.approval.clause)
    card.request = request = latest(record, move.name)
    under_way = request is not None and request.state == ApprovalRequest.State.OPEN
    missing = bool(move.approval.missing(record, move.name, actor))
    card.may_ask = missing and not under_way and actor.may(record._meta.label_lower, move.name)
    if request is not None:
        card.votes = list(request.votes.select_related("user").order_by("at"))
        card.may_vote = seat_for(request, actor) is not None
        card.may_withdraw = under_way and request.requested_by_id == actor.user_id
    return card


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
