"""Who supports an asset until when, the warnings before that ends, and the labels to find it by."""

from __future__ import annotations

import datetime as dt
import io

import pytest
from django.test import Client
from pypdf import PdfReader

from opscharter.assets.labels import qr_of, sheet_of
from opscharter.assets.models import Asset, SupportContract
from opscharter.assets.support.warning import contracts_ending, stage_of, warn_of_ends
from opscharter.kernel import moment
from opscharter.kernel.access.actor import actor_for, system_actor
from opscharter.kernel.notices.models import Notice
from opscharter.kernel.users.models import User
from opscharter.organization.models import Department, Employee, Post, Role, RoleGrant

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 7, 1)


def person(name):
    user = User.objects.create_user(name)
    team = Department(code=name.upper(), name=name).save_as(system_actor())
    post = Post(title=name).save_as(system_actor())
    who = Employee(name=name, department=team, post=post, joined_on=dt.date(2020, 1, 1), user=user)
    return user, who.save_as(system_actor())


def on(day):
    return moment.at(dt.datetime.combine(day, dt.time(9), dt.UTC))


def told(user):
    return list(Notice.objects.filter(user=user).order_by("pk").values_list("data__day", "type"))


def test_an_end_is_warned_of_once_at_each_stage():
    owner, _employee = person("keeper")
    contract = SupportContract(
        supplier="Maker", starts_on=dt.date(2024, 7, 1), ends_on=dt.date(2026, 9, 29), notice_days=90, owner=owner
    ).save_as(system_actor())
    reached = []
    for left in (91, 90, 89, 61, 60, 59, 31, 30, 8, 7, 1, 0):
        before = Notice.objects.filter(user=owner).count()
        with on(contract.ends_on - dt.timedelta(days=left)):
            warn_of_ends.call()
            warn_of_ends.call()
        reached += [left] * (Notice.objects.filter(user=owner).count() - before)
    assert reached == [90, 60, 30, 7, 0]
    with on(dt.date(2026, 9, 1)):
        assert [task.title for task in contracts_ending(actor_for(owner))] == [str(contract)]


@pytest.mark.parametrize(("left", "stage"), [(91, None), (90, 90), (61, 90), (60, 60), (8, 30), (7, 7), (1, 7), (0, 0)])
def test_the_stage_is_the_narrowest_reached(left, stage):
    assert stage_of(left, 90) == stage


def test_a_warranty_that_ends_is_told_to_the_head_of_the_team():
    user, head = person("head")
    team = Department(code="SYS", name="Systems", head=head).save_as(system_actor())
    for name, until in (("near", DAY + dt.timedelta(days=20)), ("far", DAY + dt.timedelta(days=200))):
        Asset(name=name, kind="server", team=team, warranty_until=until).save_as(system_actor())
    with on(DAY):
        warn_of_ends.call()
        warn_of_ends.call()
    assert told(user) == [("2026-07-21", "assets.warranty-ends")]


def test_a_label_carries_number_name_and_the_address_of_the_page():
    made = Asset(name="host-01", kind="server", serial="SN123").save_as(system_actor())
    pages = PdfReader(io.BytesIO(sheet_of([made] * 25, "https://ops.example.com"))).pages
    assert len(pages) == 2
    text = pages[0].extract_text()
    assert text.count(made.number) == 24
    assert "host-01" in text
    assert "S/N SN123" in text
    assert qr_of("https://ops.example.com/assets/assets/1/").startswith("<svg")


def test_labels_follow_the_lists_filters_and_the_readers_scope():
    role = Role(code="administrator", name="all").save_as(system_actor())
    RoleGrant(role=role, record_type="*", action="*", reach="all").save_as(system_actor())
    for name, kind in (("web-01", "server"), ("db-01", "database")):
        Asset(name=name, kind=kind).save_as(system_actor())
    browser = Client()
    assert browser.get("/assets/assets/labels/").status_code == 302
    browser.force_login(User.objects.create_superuser("root"), backend="django.contrib.auth.backends.ModelBackend")
    sheet = PdfReader(io.BytesIO(browser.get("/assets/assets/labels/?kind=database").content)).pages[0].extract_text()
    assert "db-01" in sheet
    assert "web-01" not in sheet
    browser.force_login(User.objects.create_user("nobody"), backend="django.contrib.auth.backends.ModelBackend")
    assert browser.get("/assets/assets/labels/").status_code == 404
