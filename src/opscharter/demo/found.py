"""Founding the demo company and letting it live for a year, all in one transaction."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable

from django.core.cache import cache
from django.db import transaction
from django.utils import timezone
from django.utils.translation import override

from opscharter.charter.evaluation import run
from opscharter.demo import emergencies, learning, portal, regulation, teamwork
from opscharter.demo.alerts import live_alerts
from opscharter.demo.assets import live_assets
from opscharter.demo.assurance import live_assurance
from opscharter.demo.changes import live_changes
from opscharter.demo.chats import live_chats
from opscharter.demo.coming_changes import find_what_nobody_asked_for, plan_ahead
from opscharter.demo.company import Company, build
from opscharter.demo.dispatch import live_dispatch, prepare_levels
from opscharter.demo.hotline import live_at_the_hotline
from opscharter.demo.life import World, live
from opscharter.demo.mail import live_mail
from opscharter.demo.maintenance import live_maintenance
from opscharter.demo.oncall import live_on_call
from opscharter.demo.organization import live_organization
from opscharter.demo.packs import order_a_pack
from opscharter.demo.reports import live_reports
from opscharter.demo.satisfaction import live_satisfaction
from opscharter.kernel import moment
from opscharter.kernel.access.actor import system_actor
from opscharter.kernel.audit.checking import verify_now
from opscharter.kernel.calendars.engine import UnpublishedYear, statutory
from opscharter.kernel.calendars.models import BusinessCalendar, calendar_of
from opscharter.kernel.resources.site import site
from opscharter.organization.models import Employee
from opscharter.organization.seed import install_roles

TICKETS = 420
"""Tickets of one year at scale 1."""
CHANGES = 24
"""Changes of one year."""
DAYS = 365
LEAD = dt.timedelta(days=30)
"""So far ahead reach the deadlines and plans with which the story ends."""


def founded() -> bool:
    """Say whether there is a company already."""
    return Employee.objects.exists()


def install_foundation() -> None:
    """Put roles and the default regulation in place: what every installation has, demo or not."""
    actor = system_actor("install")
    install_roles(actor)
    for part in site.parts:
        for put_in_place in part.setup:
            put_in_place(actor)


def latest_end(now: dt.datetime) -> dt.datetime:
    """Return when the story ends: now, or earlier where its deadlines would reach a year without published holidays."""
    try:
        statutory("cn", timezone.localdate(now + LEAD))
    except UnpublishedYear as unpublished:
        return latest_end(timezone.make_aware(dt.datetime(unpublished.year - 1, 12, 31, 18)) - LEAD)
    return now


def found(
    scale: float = 1, seed: int = 20_26, until: dt.datetime | None = None, tell: Callable[[int], None] = lambda n: None
) -> Company:
    """Build the company and its year; the same seed and end give the same company. Refuses a second founding."""
    if founded():
        raise ValueError("there is a company already; the demo is for an empty database")
    end = until or latest_end(timezone.now().replace(second=0, microsecond=0))
    begin = end - dt.timedelta(days=DAYS)
    dice = random.Random(seed)
    actor = system_actor("demo")
    with transaction.atomic():
        with moment.at(begin):
            install_foundation()
            roles = install_roles(actor)
            company = build(dice, timezone.localdate(begin), actor, roles)
        calendar = BusinessCalendar.objects.order_by("pk").first()
        world = World(company, dice, calendar_of(calendar), end)
        regulation.confirm_first_edition(world, begin)
        emergencies.prepare(world, begin)
        teamwork.prepare_macros(world, begin)
        prepare_levels(world, begin, actor)
        live(world, begin, int(TICKETS * scale), tell)
        live_changes(world, begin, CHANGES)
        live_on_call(world, begin, actor)
        live_at_the_hotline(world)
        live_assets(world, actor)
        live_chats(world, begin)
        plan_ahead(world)
        find_what_nobody_asked_for(world)
        live_mail(world, begin, actor)
        portal.write_the_catalogue(world, begin, actor)
        portal.ask_in_the_portal(world)
        live_satisfaction(world)
        live_assurance(world, actor)
        live_organization(world, actor)
        emergencies.settle(world)
        emergencies.run_one_now(world)
        teamwork.work_together(world)
        live_dispatch(world, actor)
        with override("zh-hant"):
            learning.learn(world)
            live_alerts(world, actor)
            live_maintenance(world, actor)
        live_reports(world, actor)
        regulation.amend(world)
        with moment.at(end):
            run(actor)
        order_a_pack(world)
    verify_now()
    cache.clear()
    return company
