"""The neighbourhood of an asset, drawn: needs to the left, what fails with it to the right, nothing one may not see."""

from __future__ import annotations

import pytest
from django.utils.translation import override

from opscharter.assets.drawing import DEEP, draw
from opscharter.assets.models import Asset, AssetRelation
from opscharter.kernel.access.actor import Actor, Grant, system_actor

pytestmark = pytest.mark.django_db


def asset(name, **more):
    return Asset(name=name, kind="server", **more).save_as(system_actor())


def needs(source, target):
    AssetRelation(source=source, target=target, kind="runs-on").save_as(system_actor())


@pytest.fixture
def chain():
    """Return an application on a database on a host."""
    app, database, host = asset("app"), asset("db"), asset("host")
    needs(app, database)
    needs(database, host)
    return app, database, host


def test_each_asset_stands_in_the_column_of_its_distance(chain):
    app, database, host = chain
    with override("en"):
        drawing = draw([database.pk], system_actor())
    placed = {node.asset: (node.side, node.x) for node in drawing.nodes}
    assert placed[host][0] == -1
    assert placed[database][0] == 0
    assert placed[app][0] == 1
    assert placed[host][1] < placed[database][1] < placed[app][1]
    assert {edge.sentence for edge in drawing.edges} == {"app runs on db", "db runs on host"}


def test_a_circle_is_drawn_once(chain):
    app, _database, host = chain
    needs(host, app)
    drawing = draw([app.pk], system_actor())
    assert len(drawing.nodes) == 3
    assert len(drawing.edges) == 3


def test_what_one_may_not_see_is_counted_not_named(chain):
    app, database, _host = chain
    mine = Actor(person_id=1, grants=(Grant("assets.asset", "view", "own"),))
    drawing = draw([app.pk, database.pk], mine)
    assert (drawing.nodes, drawing.edges, drawing.hidden) == ([], [], 3)


def test_a_crowd_is_cut_and_counted(chain):
    _app, _database, host = chain
    for number in range(DEEP + 3):
        needs(asset(f"guest-{number:02}"), host)
    drawing = draw([host.pk], system_actor())
    assert drawing.left_out == 4
    assert max(node.y for node in drawing.nodes) < drawing.height


def test_an_asset_on_its_own_has_no_drawing():
    assert draw([asset("alone").pk], system_actor()) is None


def test_a_long_name_is_cut_to_what_fits_wide_letters_counting_twice():
    root, long, wide = asset("root"), asset("a-very-long-name-of-a-server"), asset("華東證券核心交換機主備")
    needs(long, root)
    needs(wide, root)
    labels = {node.asset: node.label for node in draw([root.pk], system_actor()).nodes}
    assert labels[long] == "a-very-long-name-of-a…"
    assert labels[wide] == "華東證券核心交換機主備"
