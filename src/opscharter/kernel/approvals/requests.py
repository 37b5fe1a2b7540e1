"""Asking for approval, voting, and what a step still needs. Decisions are taken by these functions only."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import operator
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.db.models import F, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from opscharter.kernel import moment
from opscharter.kernel.access.actor import Actor, system_actor
from opscharter.kernel.approvals.directory import directory
from opscharter.kernel.approvals.models import ApprovalPolicy, ApprovalRequest, ApprovalSeat, Vote
from opscharter.kernel.audit.trail import plain, write_entry
from opscharter.kernel.controls.wording import keep
from opscharter.kernel.errors import Reason, Refused

COMPARE: dict[str, Any] = {
    "=": operator.eq, "!=": operator.ne, ">": operator.gt, ">=": operator.ge, "<": operator.lt, "<=": operator.le,
    "in": lambda value, wanted: value in wanted,
}  # fmt: skip
ORDERED = (">", ">=", "<", "<=")
on_turn: list[Callable[[ApprovalRequest, Iterable[int]], None]] = []
"""Each hears, in the same transaction, of a request and the persons whose seats it has just come to."""


@dataclass(frozen=True)
class Approval:
    """What a move needs: an approved request over exactly what `binds` shows (fields and related rows)."""

    clause: str
    binds: Sequence[str]

    def missing(self, record: Any, move: str, actor: Actor) -> list[Reason]:
        """Return why the move is not approved yet; empty when it is, for the record as it stands now."""
        said = self.lacking(record, move)
        return [Reason(str(said), "approval", self.clause, kept=keep(said))] if said else []

    def lacking(self, record: Any, move: str) -> Promise | None:
        """Return the sentence that says why the move is not approved yet, if it is not."""
        request = latest(record, move)
        if request is None or request.state == ApprovalRequest.State.WITHDRAWN:
            return gettext_lazy("This step needs an approval; none was asked for.")
        if request.state == ApprovalRequest.State.VOID or request.hash != digest(shown(record, self.binds)):
            return gettext_lazy("What was approved has been changed since; its votes are void.")
        if request.state == ApprovalRequest.State.OPEN:
            return gettext_lazy("The approval is still under way.")
        if request.state == ApprovalRequest.State.REJECTED:
            return gettext_lazy("The approval was rejected.")
        return None

    def recheck(self, record: Any, move: str, actor: Actor) -> None:
        """Void the open request, if any, when the record as stored is no longer what the voters were shown."""
        request = latest(record, move)
        if request is None or request.state != ApprovalRequest.State.OPEN:
            return
        if outdated(request, record):
            _close(request, ApprovalRequest.State.VOID)
            write_entry(actor, f"approval:void:{move}", record=record, changes={"hash": [request.hash, None]})


def _stored(record: Any) -> Any:
    """Return the record as it is stored: what somebody has on a page, or in unsaved changes, binds nobody."""
    return type(record)._base_manager.get(pk=record.pk)


def shown(record: Any, binds: Sequence[str]) -> dict[str, Any]:
    """Return what the voters are shown: plain fields, and the plain fields of related rows in order."""
    content: dict[str, Any] = {}
    for name in binds:
        field = record._meta.get_field(name)
        if field.many_to_many:
            # Which rows are meant is what was agreed; what else happens to them is their own life.
            content[name] = [{"id": row.pk, "name": str(row)} for row in getattr(record, name).order_by("pk")]
        elif field.one_to_many:
            content[name] = [_row(row) for row in getattr(record, field.get_accessor_name()).order_by("pk")]
        else:
            content[name] = getattr(record, field.attname)
    return plain(content)


def _row(row: Any) -> dict[str, Any]:
    passed_over = {"version", "created_at", "created_by_id", "updated_at", "updated_by_id"}
    names = [field.attname for field in row._meta.concrete_fields if field.attname not in passed_over]
    return {name: getattr(row, name) for name in names}


def outdated(request: ApprovalRequest, record: Any) -> bool:
    """Say whether the record, as it is stored, is no longer what the voters were shown."""
    approval: Approval = record.lifecycle.move(request.move).approval
    return request.hash != digest(shown(_stored(record), approval.binds))


def digest(content: Any) -> str:
    """Return the SHA-256 of plain content."""
    return hashlib.sha256(json.dumps(content, sort_keys=True, cls=DjangoJSONEncoder).encode()).hexdigest()


def latest(record: Any, move: str) -> ApprovalRequest | None:
    """Return the newest request for a step of a record."""
    found = ApprovalRequest.objects.filter(record_type=record._meta.label_lower, record_id=record.pk, move=move)
    return found.order_by("-pk").first()


def policy_for(record: Any, move: str) -> ApprovalPolicy | None:
    """Return the first policy whose conditions the record fulfils."""
    rows = ApprovalPolicy.objects.current().filter(record_type=record._meta.label_lower, action=move)
    for policy in rows.order_by("rank", "pk"):
        if all(_holds(_value(record, name), comparison, wanted) for name, comparison, wanted in policy.conditions):
            return policy
    return None


def _value(record: Any, name: str) -> Any:
    return getattr(record, record._meta.get_field(name).attname)


def _holds(value: Any, comparison: str, wanted: Any) -> bool:
    """Compare a field's value; an empty one is neither more nor less than anything."""
    return False if value is None and comparison in ORDERED else COMPARE[comparison](value, wanted)


def _refuse(text: str, clause: str = "") -> Refused:
    return Refused([Reason(text, "approval", clause)])


@transaction.atomic
def open_request(record: Any, move: str, actor: Actor) -> ApprovalRequest:
    """Ask for the approval of a step, of the record as it is stored; raises Refused when nobody could give it.

    A request that is open, or approved, over the same content is returned as it is; one open over other content
    becomes void.
    """
    approval: Approval = record.lifecycle.move(move).approval
    record = _stored(record)
    approval.recheck(record, move, actor)
    content = shown(record, approval.binds)
    current = latest(record, move)
    standing = (ApprovalRequest.State.OPEN, ApprovalRequest.State.APPROVED)
    if current is not None and current.state in standing and current.hash == digest(content):
        return current
    policy = policy_for(record, move)
    if policy is None:
        raise _refuse(_("No approval policy covers this step."), approval.clause)
    now = moment.now()
    due = now + dt.timedelta(hours=policy.deadline_hours) if policy.deadline_hours else None
    snapshot = {
        "id": policy.pk,
        "version": policy.version,
        "name": policy.name,
        "steps": policy.steps,
        "four_eyes": policy.four_eyes,
        "escalate_to": policy.escalate_to,
        "by_link": policy.by_link,
        "clause": approval.clause,
        "apart": _apart(record, move, actor) if policy.four_eyes else [],
    }
    request = ApprovalRequest.objects.create(
        record_type=record._meta.label_lower,
        record_id=record.pk,
        move=move,
        subject=str(record)[:200],
        policy=snapshot,
        shown=content,
        hash=digest(content),
        requested_at=now,
        requested_by_id=actor.user_id,
        requested_person=actor.person_id,
        due_at=due,
    )
    for number, step in enumerate(policy.steps):
        people = set(_people(step, record))
        people -= set(snapshot["apart"])
        if len(people) < step.get("quorum", 1):
            raise _refuse(_("Step %(n)s has too few voters for its quorum.") % {"n": number + 1}, approval.clause)
        ApprovalSeat.objects.bulk_create(
            ApprovalSeat(request=request, step=number, person=person) for person in sorted(people)
        )
    write_entry(actor, f"approval:ask:{move}", record=record, changes={"hash": [None, request.hash]})
    _call_up(request)
    return request


def _call_up(request: ApprovalRequest, people: Iterable[int] | None = None) -> None:
    """Let it be heard whose turn it is: everybody of the present step, or those who came to it just now."""
    if people is None:
        people = list(request.seats.filter(step=request.step).values_list("person", flat=True))
    for hear in on_turn:
        hear(request, people)


def _apart(record: Any, move: str, actor: Actor) -> list[int]:
    """Return who may not vote: whoever asks, and whom the step names as separate from its approver."""
    fields = [record._meta.get_field(name) for name in record.lifecycle.move(move).separate_from]
    named = {actor.person_id, *(getattr(record, field.attname) for field in fields)}
    return sorted(person for person in named if person is not None)


def _people(step: dict[str, Any], record: Any) -> list[int]:
    if "role" in step:
        return list(directory().in_role(step["role"], record))
    if "person" in step:
        return [int(step["person"])]
    department = getattr(record, record._meta.get_field(step["head_of"]).attname)
    head = directory().head_of(department) if department else None
    return [head] if head else []


def seat_for(request: ApprovalRequest, actor: Actor) -> int | None:
    """Return the seat the actor may vote for now: their own, or that of somebody they stand in for."""
    if actor.person_id is None or request.state != ApprovalRequest.State.OPEN:
        return None
    if request.votes.filter(step=request.step, person=actor.person_id).exists():
        return None
    represented = set(directory().stands_in_for(actor.person_id))
    apart = set(request.policy.get("apart") or ([request.requested_person] if request.policy["four_eyes"] else []))
    if apart & {actor.person_id, *represented}:
        return None
    taken = set(request.votes.filter(step=request.step).values_list("seat", flat=True))
    seats = set(request.seats.filter(step=request.step).values_list("person", flat=True)) - taken
    if actor.person_id in seats:
        return actor.person_id
    return min(seats & represented, default=None)


@transaction.atomic
def vote(request: ApprovalRequest, record: Any, actor: Actor, decision: str, comment: str = "") -> ApprovalRequest:
    """Answer an open request; Refused to the requester, deputies and strangers, twice, and over changed content."""
    request = ApprovalRequest.objects.select_for_update().get(pk=request.pk)
    clause = request.policy["clause"]
    if request.state != ApprovalRequest.State.OPEN:
        raise _refuse(_("This approval is decided."), clause)
    if outdated(request, record):
        text = _("What was shown has been changed; the votes are void and approval must be asked for again.")
        raise _refuse(text, clause)
    seat = seat_for(request, actor)
    if seat is None or actor.person_id is None:
        raise _refuse(_("You may not vote here: not a voter, already voted, or the request is your own."), clause)
    if decision == Vote.Decision.REJECT and not comment.strip():
        raise _refuse(_("A rejection needs a reason."), clause)
    Vote.objects.create(
        request=request,
        step=request.step,
        seat=seat,
        person=actor.person_id,
        user_id=actor.user_id,
        decision=Vote.Decision(decision),
        comment=comment.strip(),
        at=moment.now(),
        hash=request.hash,
    )
    changes = {"decision": [None, decision], "seat": [None, seat], "hash": [None, request.hash]}
    write_entry(actor, f"approval:vote:{request.move}", record=record, changes=changes, note=comment)
    _settle(request)
    if request.state != ApprovalRequest.State.OPEN:
        _stored(record).on_approval(actor, request.move, request.state)
    return request


def _settle(request: ApprovalRequest) -> None:
    """Go on to the next step, approve or reject, when the votes of this step say so."""
    step = request.policy["steps"][request.step]
    answers = list(request.votes.filter(step=request.step).values_list("decision", flat=True))
    seats = request.seats.filter(step=request.step).count()
    quorum = step.get("quorum", 1)
    approvals, rejections = answers.count(Vote.Decision.APPROVE), answers.count(Vote.Decision.REJECT)
    could_still = approvals + seats - len(answers)
    if (rejections and step.get("veto", False)) or could_still < quorum:
        _close(request, ApprovalRequest.State.REJECTED)
    elif approvals >= quorum:
        if request.step + 1 < len(request.policy["steps"]):
            request.step += 1
            request.save(update_fields=["step"])
            _call_up(request)
        else:
            _close(request, ApprovalRequest.State.APPROVED)


def _close(request: ApprovalRequest, state: str) -> None:
    request.state, request.decided_at = state, moment.now()
    request.save(update_fields=["state", "decided_at"])


@transaction.atomic
def withdraw(request: ApprovalRequest, record: Any, actor: Actor) -> None:
    """Take back an open request of one's own."""
    if request.state != ApprovalRequest.State.OPEN or request.requested_by_id != actor.user_id:
        raise _refuse(_("Only the requester can withdraw an open approval."), request.policy["clause"])
    _close(request, ApprovalRequest.State.WITHDRAWN)
    write_entry(actor, f"approval:withdraw:{request.move}", record=record)


def waiting_for(actor: Actor) -> QuerySet[ApprovalRequest]:
    """Return the open requests that wait for the actor's vote, the most urgent first."""
    if actor.person_id is None:
        return ApprovalRequest.objects.none()
    people = {actor.person_id, *directory().stands_in_for(actor.person_id)}
    seats = ApprovalSeat.objects.filter(person__in=people).values("request_id")
    found = ApprovalRequest.objects.filter(state=ApprovalRequest.State.OPEN, pk__in=seats)
    ids = [request.pk for request in found if seat_for(request, actor) is not None]
    return ApprovalRequest.objects.filter(pk__in=ids).order_by(F("due_at").asc(nulls_last=True), "pk")


@transaction.atomic
def escalate_overdue() -> list[ApprovalRequest]:
    """Give overdue requests the voters of the role they escalate to, once; returns them for notices."""
    late = ApprovalRequest.objects.filter(
        state=ApprovalRequest.State.OPEN, due_at__lt=moment.now(), escalated_at__isnull=True
    )
    escalated = list(late.select_for_update(skip_locked=True))
    for request in escalated:
        role = request.policy["escalate_to"]
        apart = {request.requested_person, *request.policy.get("apart", ())}
        people = set(directory().in_role(role, None)) - apart if role else set()
        ApprovalSeat.objects.bulk_create(
            [ApprovalSeat(request=request, step=request.step, person=person) for person in sorted(people)],
            ignore_conflicts=True,
        )
        request.escalated_at = moment.now()
        request.save(update_fields=["escalated_at"])
        record = apps.get_model(request.record_type)._base_manager.get(pk=request.record_id)
        changes = {"voters": [None, sorted(people)]}
        write_entry(system_actor(), f"approval:escalate:{request.move}", record=record, changes=changes)
        _call_up(request, people)
    return escalated
