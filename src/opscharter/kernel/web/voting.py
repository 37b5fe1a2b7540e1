"""Telling voters that it is their turn, and their vote by the link of that message: the same rules as on the page."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from opscharter.kernel import moment
from opscharter.kernel.access.actor import Actor, actor_for
from opscharter.kernel.approvals.directory import directory
from opscharter.kernel.approvals.models import ApprovalRequest, Vote
from opscharter.kernel.approvals.requests import on_turn, outdated, seat_for, vote
from opscharter.kernel.errors import Reason, Refused
from opscharter.kernel.notices.answering import Answer, answerable
from opscharter.kernel.notices.catalogue import notice_type
from opscharter.kernel.notices.models import Notice
from opscharter.kernel.notices.sending import send
from opscharter.kernel.resources.links import url_of
from opscharter.kernel.resources.site import site
from opscharter.kernel.web.cells import Cell, facts_for

State = ApprovalRequest.State
ASKED = notice_type(
    "kernel.approval-asked", label=_("My vote is asked for"),
    subject=_("Your vote is asked for: %(subject)s"), body=_("Asked by %(who)s. To be decided by: %(due)s"),
)  # fmt: skip
LIFETIME = dt.timedelta(days=14)
"""Boards vote over days; what decides is the request, which ends the link when it is decided, changed or taken back."""


def call_up(request: ApprovalRequest, people: Iterable[int]) -> None:
    """Tell those whose turn it is, and who stands in for them, once each for one step over one content."""
    users = [user for user in directory().voices_of(people) if seat_for(request, actor_for(user)) is not None]
    due = f"{moment.in_office(request.due_at):%Y-%m-%d %H:%M}" if request.due_at else "—"
    data = {
        "subject": request.subject, "who": str(request.requested_by or "OpsCharter"), "due": due,
        "request": request.pk, "step": request.step, "hash": request.hash,
    }  # fmt: skip
    url = url_of(request.record_type, request.record_id)
    send(
        ASKED, users, key=f"{request.pk}:{request.step}:{request.hash[:16]}", url=f"{url}#approvals" if url else "",
        data=data,
    )  # fmt: skip


def _request(notice: Notice, *, locked: bool = False) -> ApprovalRequest | None:
    rows = ApprovalRequest.objects.select_for_update() if locked else ApprovalRequest.objects
    return rows.filter(pk=notice.data.get("request")).first()


def _record(request: ApprovalRequest, actor: Actor) -> Any:
    """Return the record within the actor's scope, as its page would; None when they do not see it any more."""
    resource = site.find(request.record_type)
    rows = resource.model._default_manager.visible_to(actor, "view") if resource else None
    return rows.filter(pk=request.record_id).first() if rows is not None else None


def closed(notice: Notice, actor: Actor) -> str:
    """Say why the voter cannot vote by this message any more, or nothing."""
    request = _request(notice)
    if request is None or (record := _record(request, actor)) is None:
        return _t("You do not see this record any more.")
    mine = request.votes.filter(step=notice.data["step"], person=actor.person_id or 0).first()
    if mine is not None:
        at = f"{moment.in_office(mine.at):%Y-%m-%d %H:%M}"
        return _t("You have voted already: %(what)s (%(when)s).") % {"what": mine.get_decision_display(), "when": at}
    if request.state == State.WITHDRAWN:
        return _t("The question was taken back.")
    if request.state == State.VOID or (request.state == State.OPEN and outdated(request, record)):
        return _t("It has been changed since this message was sent: the votes are void, and you will be asked again.")
    if request.state != State.OPEN or request.step != notice.data["step"]:
        said = request.get_state_display() if request.state != State.OPEN else _t("the next step is asked")
        return _t("This approval is decided: %(how)s.") % {"how": said}
    if seat_for(request, actor) is None:
        return _t("You may not vote here: not a voter, already voted, or the request is your own.")
    return ""


def facts(notice: Notice, actor: Actor) -> list[tuple[Any, Any]]:
    """Return what is decided: the step, and everything the vote is bound to, as it is now and as it was asked."""
    request = _request(notice)
    record = _record(request, actor) if request is not None else None
    if request is None or record is None:
        return []
    move = record.lifecycle.move(request.move)
    found: list[tuple[Any, Any]] = [(_t("step"), Cell("text", str(move.label)))]
    for name in move.approval.binds:
        field = record._meta.get_field(name)
        if field.one_to_many:
            rows = getattr(record, field.get_accessor_name()).order_by("pk")
            label = field.related_model._meta.verbose_name_plural
            found.append((label, Cell("long", "\n".join(f"{n}. {row}" for n, row in enumerate(rows, start=1)))))
        else:
            found += facts_for(record, name)
    return [(label, _plain(cell)) for label, cell in found if cell.value not in (None, "", [])]


def _plain(cell: Cell) -> Cell:
    """Without links: whoever reads the message has not signed in."""
    return Cell(cell.kind, cell.value, tone=cell.tone)


def _give(decision: str) -> Any:
    @transaction.atomic
    def give(notice: Notice, actor: Actor, text: str) -> str:
        request = _request(notice, locked=True)
        record = _record(request, actor) if request is not None else None
        bound = request is not None and (request.step, request.hash) == (notice.data["step"], notice.data["hash"])
        if request is None or record is None or not bound:
            raise Refused([Reason(_t("This message is out of date."), "approval")])
        vote(request, record, actor, decision, text)
        return str(Vote.Decision(decision).label)

    return give


def offered(notice: Notice) -> bool:
    """Say whether the policy lets people vote by the link of the message."""
    request = _request(notice)
    return request is not None and bool(request.policy.get("by_link", True))


answerable(
    ASKED,
    Answer("approve", _("Approve"), _give("approve")),
    Answer("reject", _("Reject"), _give("reject"), needs_text=True),
    Answer("abstain", _("Abstain"), _give("abstain")),
    closed=closed, facts=facts, offered=offered, lifetime=LIFETIME,
)  # fmt: skip


def install() -> None:
    """Let voters be told; called once by config/site.py."""
    if call_up not in on_turn:
        on_turn.append(call_up)
