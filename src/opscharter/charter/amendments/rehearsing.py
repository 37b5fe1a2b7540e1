"""Rehearsing a draft: asked for at once, done by the worker, frozen with a hash."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from opscharter.charter.amendments import replay
from opscharter.charter.content import content_hash
from opscharter.charter.models import Edition, Rehearsal
from opscharter.kernel import moment
from opscharter.kernel.access.actor import Actor, system_actor
from opscharter.kernel.audit.trail import plain
from opscharter.kernel.jobs.queue import job


@transaction.atomic
def ask_for_rehearsal(edition: Edition, actor: Actor) -> Rehearsal:
    """Begin the rehearsal of a draft; one that is under way is returned as it is."""
    under_way = edition.rehearsals.filter(state=Rehearsal.State.WAITING).first()
    if under_way is not None:
        return under_way
    return Rehearsal(edition=edition).save_as(actor)


def rehearse(rehearsal: Rehearsal) -> Rehearsal:
    """Replay the last 90 days under the draft and freeze what was found."""
    actor = system_actor()
    edition = rehearsal.edition
    until = moment.now()
    span = replay.Span(until - dt.timedelta(days=replay.DAYS), until)
    rehearsal.since, rehearsal.until, rehearsal.content = span.since, span.until, content_hash(edition)
    rehearsal.checks = plain(replay.replay_checks(edition, span))
    rehearsal.guards = plain(replay.replay_guards(edition, span))
    rehearsal.newly_failing = replay.newly(rehearsal.checks)
    rehearsal.newly_refused = replay.newly(rehearsal.guards)
    rehearsal.hash = replay.digest(rehearsal.findings())
    rehearsal.save_as(actor)
    return rehearsal.move("finish", actor)


@job(retries=0)
def rehearse_job(pk: int) -> None:
    """Rehearse; what goes wrong is said on the rehearsal, so that nobody waits for it."""
    rehearsal = Rehearsal.objects.select_related("edition").get(pk=pk)
    if rehearsal.state != Rehearsal.State.WAITING:
        return
    try:
        with transaction.atomic():
            rehearse(rehearsal)
    except Exception as problem:
        failed = Rehearsal.objects.get(pk=pk)
        failed.problem = f"{type(problem).__name__}: {problem}"[:200]
        failed.save_as(system_actor())
        failed.move("fail", system_actor())
