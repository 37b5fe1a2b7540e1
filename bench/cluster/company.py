"""A small company to work with: a team, an engineer in it, a customer, some tickets, and people who read and write."""

from __future__ import annotations

import datetime as dt

READERS, TICKETS = 3, 120


def found() -> tuple[str, list[str], int]:
    """Bring the database up to date and found the company; returns a key to the API, readers' cookies, a customer."""
    from django.core.management import call_command

    from opscharter.customers.models import Customer
    from opscharter.demo.found import install_foundation
    from opscharter.kernel.access.actor import actor_for, system_actor
    from opscharter.kernel.api.tokens import issue
    from opscharter.kernel.users.models import User
    from opscharter.organization.models import Department, Employee, EmployeeRole, Post, Role
    from opscharter.service.tickets.models import Incident

    call_command("migrate", verbosity=0, interactive=False)
    install_foundation()
    house = system_actor()
    team = Department(code="SYS", name="Systems").save_as(house)
    post = Post(title="Engineer", level="engineer").save_as(house)
    person = Employee(name="Engineer", department=team, post=post, joined_on=dt.date(2020, 1, 1))
    person.user = User.objects.create_superuser("engineer")
    person.save_as(house)
    for role in Role.objects.filter(code__in=["engineer", "service-manager"]):
        EmployeeRole(employee=person, role=role, valid_from=dt.date(2020, 1, 1)).save_as(house)
    customer = Customer(name="Customer", team=team).save_as(house)
    for number in range(TICKETS):
        Incident(title=f"網絡不通 {number}", description="…", urgency=1 + number % 3, customer=customer).save_as(house)
    cookies = [_cookie(User.objects.create_superuser(f"reader-{number}")) for number in range(READERS)]
    return issue(actor_for(person.user), "cluster", days=1)[1], cookies, customer.pk


def _cookie(user: object) -> str:
    """Sign somebody in; returns the cookie of the session."""
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    session = SessionStore()
    session[SESSION_KEY], session[HASH_SESSION_KEY] = str(user.pk), user.get_session_auth_hash()  # type: ignore[attr-defined]
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session.create()
    return f"sessionid={session.session_key}"
