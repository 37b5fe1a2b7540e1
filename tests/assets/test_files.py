"""Details of assets in files: one column for each, by name or label, typed, and back without a change."""

from __future__ import annotations

import csv
import io

import pytest
from django.http import QueryDict
from django.utils.translation import override
from openpyxl import load_workbook

from opscharter.assets.models import Asset, AssetAttribute, AssetType
from opscharter.kernel.access.actor import system_actor
from opscharter.kernel.exchange.export import csv_lines, write_xlsx
from opscharter.kernel.exchange.importing import import_rows
from opscharter.kernel.resources.lists import ListQuery
from opscharter.kernel.resources.site import site

pytestmark = pytest.mark.django_db
ODD = '=1+1, "quoted"\nsecond line'


@pytest.fixture(autouse=True)
def _in_english():
    with override("en"):
        yield


@pytest.fixture
def register(db):
    """Return two types of asset, a code in common, and an asset of each and of none."""
    server = AssetType(label="Server", kind="server").save_as(system_actor())
    switch = AssetType(label="Switch", kind="network").save_as(system_actor())
    for kind_of, code, more in (
        (server, "os", {"label": "Operating system", "label_zh_hant": "操作系統", "required": True}),
        (server, "cpus", {"kind": "number", "least": -5, "most": 64, "label": "CPUs"}),
        (server, "bought", {"kind": "date"}),
        (server, "encrypted", {"kind": "yes-no"}),
        (server, "uses", {"kind": "choices", "options": ["web | 網站", "mail | 郵件"]}),
        (switch, "os", {"label": "Firmware"}),
        (switch, "ports", {"kind": "number"}),
    ):
        more.setdefault("label", code.capitalize())
        AssetAttribute(type=kind_of, code=code, **more).save_as(system_actor())
    details = {"os": ODD, "cpus": "-4.5", "bought": "2026-02-03", "encrypted": False, "uses": ["web", "mail"]}
    return [
        Asset(name="host-1", kind="server", type=server, attributes=details).save_as(system_actor()),
        Asset(name="core-1", kind="network", type=switch, attributes={"os": "v7", "ports": "48"}).save_as(
            system_actor()
        ),
        Asset(name="room", kind="endpoint").save_as(system_actor()),
    ]


def listed(query=""):
    return ListQuery(site.resource("assets.asset"), system_actor(), QueryDict(query), action="export")


def exported(query=""):
    text = "".join(csv_lines(listed(query))).removeprefix("\ufeff")
    return {row["name"]: row for row in csv.DictReader(io.StringIO(text, newline=""))}


def bring(text, *, name="rows.csv"):
    content = text if isinstance(text, bytes) else text.encode()
    return import_rows(site.resource("assets.asset"), system_actor(), io.BytesIO(content), name, dry_run=False)


def kept():
    return {asset.name: (asset.version, asset.attributes) for asset in Asset.objects.all()}


def test_each_detail_has_a_column_and_only_those_of_the_types_that_are_listed(register):
    rows = exported()
    assert "attributes" not in rows["host-1"]
    assert [name for name in rows["host-1"] if name.startswith("attributes.")] == [
        "attributes.os", "attributes.cpus", "attributes.bought", "attributes.encrypted", "attributes.uses",
        "attributes.ports",
    ]  # fmt: skip
    assert (rows["host-1"]["attributes.cpus"], rows["host-1"]["attributes.encrypted"]) == ("-4.5", "0")
    assert (rows["host-1"]["attributes.uses"], rows["host-1"]["attributes.ports"]) == ("web; mail", "")
    assert rows["host-1"]["attributes.os"].startswith("'="), "no spreadsheet runs it"
    only = exported(f"type={register[1].type_id}")
    assert list(only) == ["core-1"]
    assert [name for name in only["core-1"] if name.startswith("attributes.")] == ["attributes.os", "attributes.ports"]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_what_was_exported_comes_back_without_a_change(register, kind):
    before = kept()
    if kind == "csv":
        content = "".join(csv_lines(listed())).encode()
    else:
        out = io.BytesIO()
        write_xlsx(listed(), out)
        content = out.getvalue()
    result = bring(content, name=f"rows.{kind}")
    assert (result.unchanged, result.changed, result.refused, result.problems) == (3, 0, 0, [])
    assert kept() == before


def test_what_was_exported_makes_the_same_assets_anew(register):
    rows = exported()
    for row in rows.values():
        row.pop("number")
        row.pop("state")
        row["name"] += "-copy"
    out = io.StringIO()
    writer = csv.DictWriter(out, fieldnames=list(rows["host-1"]))
    writer.writeheader()
    writer.writerows(rows.values())
    assert bring(out.getvalue()).problems == []
    for asset in register:
        assert Asset.objects.get(name=f"{asset.name}-copy").attributes == asset.attributes


def test_a_spreadsheet_gets_numbers_as_numbers_and_names_each_column(register):
    out = io.BytesIO()
    write_xlsx(listed(), out)
    book = load_workbook(io.BytesIO(out.getvalue()))
    head, *rows = book["data"].iter_rows(values_only=True)
    cells = {row[head.index("name")]: dict(zip(head, row)) for row in rows}
    assert (cells["host-1"]["attributes.cpus"], cells["core-1"]["attributes.ports"]) == (-4.5, 48)
    legend = dict(book["columns"].iter_rows(values_only=True))
    assert legend["attributes.os"] == "Operating system / Firmware"


def test_columns_may_be_headed_by_what_the_company_calls_them_in_any_language(register):
    number = register[0].number
    result = bring(f"number,操作系統,CPUs,uses\n{number},Debian 12,8,郵件\n")
    assert result.problems == []
    register[0].refresh_from_db()
    assert (register[0].attributes["os"], register[0].attributes["cpus"]) == ("Debian 12", "8")
    assert register[0].attributes["uses"] == ["mail"]
    assert register[0].attributes["bought"] == "2026-02-03", "what has no column stays"


def test_each_wrong_cell_is_named_by_line_and_column_and_the_other_rows_go_in(register):
    host, core, _room = register
    result = bring(
        "number,attributes.os,attributes.cpus,attributes.bought,attributes.ports\n"
        f"{host.number},,many,3/2/2026,\n"
        f"{core.number},v8,4,,many\n"
        f"{core.number},v9,,,24\n"
        f"{host.number},,,,\n"
    )
    assert [(each.line, each.column, each.message) for each in result.problems] == [
        (2, "attributes.cpus", "Give a number."),
        (2, "attributes.bought", "Give a date as YYYY-MM-DD."),
        (3, "attributes.cpus", "“cpus” is not a detail of this kind."),
        (3, "attributes.ports", "Give a number."),
        (5, "attributes.os", "Operating system: This must be filled in."),
    ]
    core.refresh_from_db()
    assert core.attributes == {"os": "v9", "ports": "24"}


def test_an_empty_cell_takes_a_value_away(register):
    bring(f"number,attributes.cpus\n{register[0].number},\n")
    register[0].refresh_from_db()
    assert "cpus" not in register[0].attributes


def test_all_at_once_as_json_is_still_understood(register):
    number = register[0].number
    assert bring(f'number,attributes\n{number},"{{""os"": ""BSD""}}"\n').problems == []
    register[0].refresh_from_db()
    assert register[0].attributes == {"os": "BSD"}
