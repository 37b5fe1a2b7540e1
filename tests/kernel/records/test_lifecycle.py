"""Steps: their states, inputs, guards, effects, and what is told about them."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from django.db import models

from opscharter.kernel.access.actor import Actor
from opscharter.kernel.audit.models import AuditEntry
from opscharter.kernel.controls.models import GuardDecision
from opscharter.kernel.errors import Refused
from opscharter.kernel.records.lifecycle import Lifecycle, Move
from opscharter.kernel.records.writing import obstacles
from opscharter.kernel.timeline.models import TimelineEntry, Visibility
from tests.conftest import MakeActor
from tests.kernel.library import make_paper, make_shelf
from tests.kernel.testapp.models import Paper


class Light(models.TextChoices):
    """The states of a lamp."""

    ON = "on", "on"
    OFF = "off", "off"


def test_a_step_moves_prepares_audits_and_tells(system: Actor) -> None:
    paper = make_paper(system)
    paper.move("submit", system, reason="ready", pages=5)
    stored = Paper.objects.get()
    assert (stored.state, stored.pages, stored.stamp, stored.version) == ("review", 5, "5 pages", 2)
    entry = AuditEntry.objects.latest("pk")
    assert (entry.action, entry.note) == ("move:submit", "ready")
    assert entry.changes == {"state": ["draft", "review"], "pages": [3, 5], "stamp": ["", "5 pages"]}
    told = TimelineEntry.objects.get(kind=TimelineEntry.Kind.MOVE)
    assert (told.verb, told.data, told.clause) == ("submit", {"from": "draft", "to": "review"}, "9.1.1")
    assert told.visibility == Visibility.SYSTEM


def test_a_step_that_customers_may_see_is_told_to_them(system: Actor) -> None:
    paper = make_paper(system)
    paper.move("submit", system)
    paper.move("publish", system, shelf=make_shelf(system))
    assert TimelineEntry.objects.get(verb="publish").visibility == Visibility.CUSTOMER


def test_a_step_from_a_wrong_state_is_refused_and_logged(system: Actor) -> None:
    paper = make_paper(system)
    with pytest.raises(Refused) as refused:
        paper.move("publish", system, shelf=make_shelf(system))
    assert "draft" in str(refused.value.reasons[0].message)
    assert (paper.state, Paper.objects.get().state) == ("draft", "draft")
    assert AuditEntry.objects.latest("pk").action == "refused:publish"


def test_guards_name_everything_that_is_missing_at_once(system: Actor) -> None:
    paper = make_paper(system, body="Too short", pages=None, author=None)
    with pytest.raises(Refused) as refused:
        paper.move("submit", system)
    assert [(reason.clause, reason.control, reason.message) for reason in refused.value.reasons] == [
        ("9.1.1", "testapp.long-enough", "The body has fewer than 3 words."),
        ("9.1.2", "testapp.complete", "The pages are not counted."),
        ("9.1.2", "testapp.complete", "The paper has no author."),
    ]


def test_guards_see_the_inputs_of_the_step(system: Actor) -> None:
    paper = make_paper(system, pages=None)
    assert paper.move("submit", system, pages=2).state == "review"


def test_what_an_effect_refuses_is_rolled_back_and_still_logged(system: Actor) -> None:
    paper = make_paper(system)
    with pytest.raises(Refused):
        paper.move("submit", system, reason="fire")
    assert (paper.state, paper.version, paper.stamp) == ("draft", 1, "")
    stored = Paper.objects.get()
    assert (stored.state, stored.version) == ("draft", 1)
    assert not TimelineEntry.objects.filter(kind=TimelineEntry.Kind.MOVE).exists()
    decision = GuardDecision.objects.get()
    assert (decision.outcome, decision.guard, decision.step, decision.number) == (
        "refused", "testapp.titled", "submit", paper.number,
    )  # fmt: skip
    assert paper.move("submit", system).version == 2


def test_inputs_are_the_declared_ones_and_the_required_are_given(system: Actor) -> None:
    paper = make_paper(system)
    with pytest.raises(ValidationError) as error:
        paper.move("submit", system, title="Smuggled")
    assert "title" in error.value.message_dict
    paper.move("submit", system)
    with pytest.raises(ValidationError) as error:
        paper.move("publish", system)
    assert "shelf" in error.value.message_dict
    assert Paper.objects.get().state == "review"
    with pytest.raises(ValidationError):
        paper.move("weigh", system, cost="heavy")


def test_a_reason_is_demanded_where_declared(system: Actor) -> None:
    paper = make_paper(system)
    paper.move("submit", system)
    with pytest.raises(Refused) as refused:
        paper.move("return", system, reason="  ")
    assert refused.value.reasons[0].field == "reason"
    assert paper.move("return", system, reason="No figures").state == "draft"


def test_the_author_does_not_publish_himself(make_actor: MakeActor, system: Actor) -> None:
    grant = ("testapp.paper", "*", "all")
    author, editor = make_actor(grant, person=7), make_actor(grant, person=8)
    paper = make_paper(system, author=7)
    paper.move("submit", author)
    with pytest.raises(Refused):
        paper.move("publish", author, shelf=make_shelf(system))
    assert paper.move("publish", editor, shelf=make_shelf(system, "South")).state == "published"


def test_a_step_may_stay(system: Actor) -> None:
    paper = make_paper(system)
    paper.move("weigh", system, cost="12.50")
    assert (paper.state, paper.version) == ("draft", 2)


def test_obstacles_are_asked_without_a_trace(system: Actor) -> None:
    paper = make_paper(system, body="")
    written = AuditEntry.objects.count()
    verdict = obstacles(paper, paper.lifecycle.move("submit"), system)
    assert [reason.clause for reason in verdict.refusals] == ["9.1.1"]
    assert (AuditEntry.objects.count(), GuardDecision.objects.count()) == (written, 0)


def test_buttons_are_the_manual_steps_of_the_state() -> None:
    assert [move.name for move in Paper.lifecycle.moves_from("draft")] == ["submit"]
    assert [move.name for move in Paper.lifecycle.moves_from("review")] == ["publish", "return"]
    assert Paper.lifecycle.open_states == ["draft", "review", "published"]
    diagram = Paper.lifecycle.diagram().splitlines()
    assert "    draft --> review: submit §9.1.1 §9.1.2" in diagram
    assert "    withdrawn --> [*]" in diagram


def test_a_lifecycle_that_makes_no_sense_is_refused_when_declared() -> None:
    switch = Move("switch", Light.ON, Light.OFF, "Switch off")
    with pytest.raises(ValueError, match="no move leads to"):
        Lifecycle(Light, Light.OFF, [switch])
    with pytest.raises(ValueError, match="unknown states"):
        Lifecycle(Light, Light.ON, [switch, Move("break", Light.ON, "broken", "Break")])
    with pytest.raises(TypeError, match="no option"):
        Move("switch", Light.ON, Light.OFF, "Switch off", guard=[])
    with pytest.raises(TypeError, match="required but not inputs"):
        Move("switch", Light.ON, Light.OFF, "Switch off", required=["hand"])
