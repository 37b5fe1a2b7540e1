"""There is one way to write a record, and it leaves nothing half done."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction

from opscharter.kernel.access.actor import Actor
from opscharter.kernel.audit.models import AuditEntry
from opscharter.kernel.errors import NotPermitted, Refused, WritePathError
from opscharter.kernel.search.models import SearchDocument
from opscharter.kernel.timeline.models import TimelineEntry
from tests.conftest import MakeActor
from tests.kernel.library import make_paper, make_shelf
from tests.kernel.testapp.models import Paper, Shelf, Topic

ROUND_ABOUT: dict[str, Any] = {
    "save": lambda paper: paper.save(),
    "delete": lambda paper: paper.delete(),
    "create": lambda paper: Paper.objects.create(title="x"),
    "get_or_create": lambda paper: Paper.objects.get_or_create(title="x"),
    "update_or_create": lambda paper: Paper.objects.update_or_create(title="x"),
    "update": lambda paper: Paper.objects.filter(pk=paper.pk).update(title="x"),
    "queryset delete": lambda paper: Paper.objects.filter(pk=paper.pk).delete(),
    "bulk_create": lambda paper: Paper.objects.bulk_create([Paper(title="x")]),
    "bulk_update": lambda paper: Paper.objects.bulk_update([paper], ["title"]),
    "visible rows": lambda paper: Paper.objects.current().update(title="x"),
    "base manager": lambda paper: Paper._base_manager.update(title="x"),
    "related update": lambda paper: paper.shelf.papers.update(title="x"),
    "related create": lambda paper: paper.shelf.papers.create(title="x"),
    "related add": lambda paper: Shelf.objects.get(name="South").papers.add(paper),
    "related clear": lambda paper: paper.shelf.papers.clear(),
    "related of links": lambda paper: paper.topics.update(name="x"),
}


@pytest.mark.parametrize("way", ROUND_ABOUT)
def test_every_other_way_to_write_is_refused(system: Actor, way: str) -> None:
    make_shelf(system, "South")
    paper = make_paper(system, shelf=make_shelf(system))
    before = Paper.objects.values().get()
    with pytest.raises(WritePathError):
        ROUND_ABOUT[way](paper)
    assert Paper.objects.values().get() == before


def test_a_new_record_gets_number_version_audit_timeline_and_search_document(make_actor: MakeActor) -> None:
    actor = make_actor(("testapp.paper", "create", "all")).by("api", "10.0.0.9")
    paper = Paper(title="On clocks", pages=3).save_as(actor, note="by hand")
    assert (paper.version, paper.state, paper.created_by) == (1, "draft", actor.user)
    assert paper.number.startswith("PAP-")
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.record_type, entry.record_id) == ("create", "testapp.paper", paper.pk)
    assert (entry.user, entry.via, entry.address, entry.note) == (actor.user, "api", "10.0.0.9", "by hand")
    assert (entry.number, entry.changes["title"], entry.changes["pages"]) == (
        paper.number,
        [None, "On clocks"],
        [None, 3],
    )
    assert "body" not in entry.changes
    assert TimelineEntry.objects.get().kind == TimelineEntry.Kind.CREATED
    assert SearchDocument.objects.get().title == "On clocks"


def test_an_edit_says_what_was_and_what_is(system: Actor) -> None:
    paper = make_paper(system, cost="10.50")
    shelf = make_shelf(system)
    paper.pages, paper.shelf = 4, shelf
    paper.save_as(system)
    entry = AuditEntry.objects.latest("pk")
    assert (entry.action, entry.record_version) == ("edit", 2)
    assert entry.changes == {"pages": [3, 4], "shelf_id": [None, shelf.pk]}
    assert paper.told == {"pages": [3, 4], "shelf_id": [None, shelf.pk]}
    told = TimelineEntry.objects.get(kind=TimelineEntry.Kind.FIELD)
    assert told.data == {"changes": {"shelf": ["", "North"]}}


def test_saving_without_a_change_writes_nothing(system: Actor) -> None:
    paper = make_paper(system)
    written = AuditEntry.objects.count()
    paper.save_as(system)
    assert (paper.version, AuditEntry.objects.count()) == (1, written)


def test_a_change_inside_a_list_is_a_change_also_right_after_creation(system: Actor) -> None:
    paper = Paper(title="On clocks", words=["time"]).save_as(system)
    paper.words.append("night")
    paper.save_as(system)
    assert Paper.objects.get().words == ["time", "night"]
    assert AuditEntry.objects.latest("pk").changes == {"words": [["time"], ["time", "night"]]}


def test_links_are_audited_with_what_they_were(system: Actor) -> None:
    time, night = (Topic(name=name).save_as(system) for name in ("time", "night"))
    paper = Paper(title="On clocks").save_as(system, links={"topics": [time]})
    assert AuditEntry.objects.latest("pk").changes["topics"] == [[], [time.pk]]
    paper.save_as(system, links={"topics": [time]})
    assert paper.version == 1
    paper.save_as(system, links={"topics": [time, night]})
    assert AuditEntry.objects.latest("pk").changes == {"topics": [[time.pk], [time.pk, night.pk]]}
    assert paper.told == {"topics": [[time.pk], [time.pk, night.pk]]}
    assert paper.version == 2


@pytest.mark.parametrize(
    ("values", "field"),
    [({"title": ""}, "title"), ({"title": "LOUD"}, "title"), ({"pages": -1}, "pages"), ({"cost": "much"}, "cost")],
)
def test_what_is_not_valid_is_not_stored(system: Actor, values: dict[str, Any], field: str) -> None:
    with pytest.raises(ValidationError) as error:
        Paper(**{"title": "On clocks", **values}).save_as(system)
    assert field in error.value.message_dict
    assert not Paper.objects.exists()
    assert not AuditEntry.objects.exists()


def test_uniqueness_is_said_in_words_though_the_shelf_is_known_or_untouched(system: Actor) -> None:
    shelf = make_shelf(system)
    make_paper(system, "One", shelf=shelf)
    with pytest.raises(ValidationError):
        Paper(title="One", shelf=shelf).save_as(system)
    two = make_paper(system, "Two", shelf=shelf)
    two.title = "One"
    with pytest.raises(ValidationError):
        two.save_as(system)
    with pytest.raises(ValidationError) as error:
        Shelf(name="North").save_as(system)
    assert "name" in error.value.message_dict


def test_what_fails_late_leaves_the_record_in_hand_as_it_was(system: Actor) -> None:
    paper = Paper(title="Too late")
    with pytest.raises(Refused):
        paper.save_as(system)
    assert (paper.pk, paper.version, paper.number, paper._state.adding) == (None, 0, "", True)
    assert not Paper.objects.exists()
    paper.title = "In time"
    paper.save_as(system)
    assert Paper.objects.get().title == "In time"


def test_nobody_may_do_anything_and_a_grant_is_for_one_action(make_actor: MakeActor, system: Actor) -> None:
    nobody, reader = make_actor(), make_actor(("testapp.paper", "view", "all"))
    paper = make_paper(system)
    for actor in (nobody, reader):
        with pytest.raises(NotPermitted):
            Paper(title="x").save_as(actor)
        paper.title = "x"
        with pytest.raises(NotPermitted):
            paper.save_as(actor)
        with pytest.raises(NotPermitted):
            paper.move("submit", actor)
        with pytest.raises(NotPermitted):
            paper.archive_as(actor, reason="old")
        with pytest.raises(NotPermitted):
            paper.comment_as(actor, "hm")
    assert Paper.objects.get().title == "On clocks"


def test_archiving_needs_a_reason_and_leaves_the_record_readable(system: Actor) -> None:
    paper = make_paper(system)
    with pytest.raises(Refused):
        paper.archive_as(system, reason=" ")
    paper.title = "never stored"
    paper.archive_as(system, reason="out of date")
    assert paper.title == "On clocks"
    assert not Paper.objects.current().exists()
    assert Paper.objects.get().version == 2
    assert not SearchDocument.objects.exists()
    assert AuditEntry.objects.latest("pk").note == "out of date"
    with pytest.raises(Refused):
        paper.archive_as(system, reason="again")


def test_the_search_follows_what_a_path_leads_through(system: Actor) -> None:
    paper = make_paper(system)
    paper.shelf = make_shelf(system, "Observatory")
    paper.save_as(system)
    assert "observatory" in SearchDocument.objects.get(record_type="testapp.paper").words


def test_a_write_belongs_to_the_transaction_around_it(system: Actor) -> None:
    with transaction.atomic():
        make_paper(system)
        transaction.set_rollback(True)
    assert not Paper.objects.exists()
    assert not AuditEntry.objects.exists()


def test_a_field_that_was_not_read_cannot_be_lost_silently(system: Actor) -> None:
    pk = make_paper(system).pk
    paper = Paper.objects.defer("body").get(pk=pk)
    paper.body = "new"
    with pytest.raises(WritePathError):
        paper.save_as(system)
    paper = Paper.objects.defer("body").get(pk=pk)
    assert paper.body == "Clocks stand still at night."
    paper.body = "new"
    paper.save_as(system)
    assert Paper.objects.get().body == "new"
