"""Nobody waits unseen, and the figure of §3.1.1 tells it."""

import datetime as dt

import pytest
from django.utils import timezone

from opscharter.kernel import moment
from opscharter.kernel.access.actor import actor_for
from opscharter.kernel.controls.registry import CHECKS
from opscharter.kernel.indicators import figures
from opscharter.kernel.indicators.periods import Period
from opscharter.kernel.live.channels import channel_of
from opscharter.kernel.live.models import Presence
from opscharter.kernel.live.presence import be_here
from opscharter.kernel.notices.models import Notice
from opscharter.service.chat.conversation import say
from opscharter.service.chat.lifecycle import State
from opscharter.service.chat.tasks import chats_to_answer
from opscharter.service.chat.watching import notice_who_gave_up, warn_of_waiting
from tests.service.chat.conftest import OPEN_AT

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _on_a_tuesday_at_ten():
    with moment.at(OPEN_AT):
        yield


def later(seconds):
    return moment.at(OPEN_AT + dt.timedelta(seconds=seconds))


def test_after_the_seconds_promised_the_team_is_told_once(chat, agent, hire):
    hire("Only Reads", "auditor")
    with later(60):
        assert warn_of_waiting() == 0
    with later(61):
        assert warn_of_waiting() == 1
        assert warn_of_waiting() == 0
    assert [n.user for n in Notice.objects.filter(type="service.chat-waiting")] == [agent.user]
    chat.refresh_from_db()
    assert chat.answered_in_time is False


def test_taken_and_still_not_answered_the_one_who_has_it_is_told(chat, agent, hire):
    hire("Colleague")
    chat.move("take", agent)
    with later(100):
        warn_of_waiting()
    assert [n.user for n in Notice.objects.filter(type="service.chat-waiting")] == [agent.user]


def test_answered_in_time_counts_for_the_check_and_the_figure_and_late_against_them(chat, agent, desk, enrol, customer):
    from opscharter.service.chat import doors

    chat.move("take", agent)
    with later(20):
        say(chat, agent, "Hello")
        late = doors.begin(desk, agent, "Hello?", contact=enrol(customer, "Second Person"))
    with later(120):
        late.move("take", agent)
        say(late, agent, "Sorry")
    october = Period(dt.date(2025, 10, 1), 1)
    figure = figures.value("service.chat-answered", october)
    assert (figure.numerator, figure.population, str(figure.value)) == (1, 2, "50.00")
    measure = CHECKS["chat.answered-in-time"].measures({})[0]
    assert list(measure.records.filter(measure.exception)) == [late]


def age(chat, minutes):
    Presence.objects.filter(channel=channel_of(chat)).update(seen_at=timezone.now() - dt.timedelta(minutes=minutes))


def test_who_closed_the_page_for_ten_minutes_has_given_up_and_who_waits_has_not(chat, agent):
    be_here(channel_of(chat), f"u{chat.contact.user_id}", "He", "views")
    with later(3600):
        assert notice_who_gave_up() == 0, "the page is open"
        age(chat, 11)
        be_here(channel_of(chat), f"u{agent.user_id}", "Wang", "views")  # an agent looking is no customer waiting
        assert notice_who_gave_up() == 1
    chat.refresh_from_db()
    assert chat.state == State.ABANDONED


def test_waiting_chats_are_work_for_the_team_and_own_ones_for_their_agent(chat, agent, hire):
    assert [task.clause for task in chats_to_answer(agent)] == ["3.1.1"]
    chat.move("take", agent)
    assert len(chats_to_answer(agent)) == 1
    assert chats_to_answer(actor_for(hire("Colleague").user)) == []
