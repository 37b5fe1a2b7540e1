"""The regulation as lived for a year: confirmed by all, amended once, and about to be amended again."""

from __future__ import annotations

import datetime as dt
import random

from opscharter.charter.acknowledgements.campaign import confirm, follow_the_staff, remind, waiting_for
from opscharter.charter.amendments import drafts
from opscharter.charter.amendments.rehearsing import rehearse
from opscharter.charter.models import Clause, Edition, Rehearsal
from opscharter.charter.standing import in_force
from opscharter.demo.life import World
from opscharter.kernel import moment
from opscharter.kernel.access.actor import Actor, actor_for, system_actor
from opscharter.kernel.approvals.requests import open_request, vote
from opscharter.kernel.controls.registry import find
from opscharter.kernel.users.models import User
from opscharter.organization.models import Employee

IN_FORCE_FOR = 16
"""Days since the second edition took effect: two more than people have to confirm it."""
MISSING = 3
TELL_SOONER = {"zh-hant": ("每三十分鐘", "每二十分鐘"), "zh-hans": ("每三十分钟", "每二十分钟"),
               "en": ("every thirty minutes", "every twenty minutes")}  # fmt: skip
VERIFY_SOONER = {"zh-hant": ("三個工作日", "一個工作日"), "zh-hans": ("三个工作日", "一个工作日"),
                 "en": ("three working days", "one working day")}  # fmt: skip


def confirm_first_edition(world: World, begin: dt.datetime) -> None:
    """Ask everyone to confirm the edition the company began with; all do within the time."""
    _campaign(world, begin, 0)


def amend(world: World) -> None:
    """Publish the second edition, see it confirmed by nearly everyone, and draft a third."""
    quality, director = _account("quality"), _account("director")
    took_effect = _workday(world, world.until - dt.timedelta(days=IN_FORCE_FOR))
    with moment.at(took_effect - dt.timedelta(days=6)):
        second = drafts.start_draft(quality, "客戶在緊急故障中得到通報太遲，季度評審決定明確通報間隔。")
        clause = second.clauses.get(number="3.3.2")
        clause.texts = _reworded(clause, TELL_SOONER)
        clause.save_as(quality)
    with moment.at(took_effect - dt.timedelta(days=5)):
        rehearse(Rehearsal(edition=second).save_as(quality))
        request = open_request(second, "publish", quality)
    with moment.at(took_effect - dt.timedelta(days=3)):
        vote(request, second, director, "approve", "同意，請各部門組織學習。")
    with moment.at(took_effect):
        second.move("publish", quality, effective_on=moment.today(), interpreter="總經理辦公會")
    _campaign(world, took_effect, MISSING)
    _draft_third(world, quality)


def _reworded(clause: Clause, pairs: dict[str, tuple[str, str]]) -> dict[str, str]:
    return {code: text.replace(*pairs[code]) for code, text in clause.texts.items()}


def _draft_third(world: World, quality: Actor) -> None:
    with moment.at(world.until - dt.timedelta(days=2)):
        third: Edition = drafts.start_draft(quality, "變更完成後的效果驗證提前，盡早發現遺留問題。")
        clause = third.clauses.get(number="3.4.3")
        clause.texts = _reworded(clause, VERIFY_SOONER)
        clause.save_as(quality)
        check = find("change.verified-in-time")
        present = drafts.setting_in(third, check)
        wanted = {"mode": present["mode"], "parameters": {**present["parameters"], "days": 1}}
        drafts.set_control(third, check, quality, wanted, check.clause)
    with moment.at(world.until - dt.timedelta(days=1)):
        rehearse(Rehearsal(edition=third).save_as(quality))
        open_request(third, "publish", quality)


def _campaign(world: World, begin: dt.datetime, missing: int) -> None:
    """Let people confirm over the days they have, most of them soon; the morning's reminder goes out in between."""
    dice = random.Random(world.company.employees[0].pk + missing)
    edition = in_force()
    assert edition is not None
    with moment.at(begin):
        follow_the_staff(edition, system_actor("demo"))
    answers = list(waiting_for(edition).order_by("pk"))
    staff = {person.pk: person for person in Employee.objects.select_related("user")}
    accounts = {pk for pk, person in staff.items() if person.user_id}
    # Who signs in to look around has mostly confirmed; the engineer on the demo's front page has not.
    late = [answer for answer in answers if answer.person not in accounts][: max(0, missing - 1)]
    if missing:
        late += [answer for answer in answers if staff[answer.person].user_id and _is(staff[answer.person], "engineer")]
    at = {a.pk: begin + dt.timedelta(hours=min(dice.expovariate(1 / 60), 300)) for a in answers if a not in late}
    for day in range(1, IN_FORCE_FOR):
        end = min(begin + dt.timedelta(days=day), world.until)
        for answer in [a for a in answers if a.pk in at and at[a.pk] <= end]:
            with moment.at(at.pop(answer.pk)):
                confirm(answer, world.actor(staff[answer.person]))
        with moment.at(end):
            remind(edition, system_actor("demo"))


def _is(person: Employee, username: str) -> bool:
    return person.user is not None and person.user.username == username


def _account(username: str) -> Actor:
    return actor_for(User.objects.get(username=username))


def _workday(world: World, at: dt.datetime) -> dt.datetime:
    """Return ten o'clock of the last working day not after a moment."""
    local = moment.in_office(at).replace(hour=10, minute=0, second=0, microsecond=0)
    while not world.office.is_workday(local.date()):
        local -= dt.timedelta(days=1)
    return local
