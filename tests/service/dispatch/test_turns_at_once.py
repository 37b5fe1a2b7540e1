"""Two tickets at the same moment take two turns."""

from __future__ import annotations

import datetime as dt
import threading

import pytest
from django.db import connection, transaction

from opscharter.customers.models import Customer
from opscharter.kernel.access.actor import system_actor
from opscharter.organization.models import Department, Employee, Post
from opscharter.service.dispatch.models import AssignmentRule
from opscharter.service.tickets.models import ServiceRequest

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]


def test_six_tickets_at_once_go_to_three_people_two_each():
    actor = system_actor()
    team = Department(code="SYS", name="Systems").save_as(actor)
    post = Post(title="Staff", level="staff").save_as(actor)
    for name in ("Ann", "Bo", "Cy"):
        Employee(name=name, department=team, post=post, joined_on=dt.date(2020, 1, 1)).save_as(actor)
    customer = Customer(name="East", team=team).save_as(actor)
    AssignmentRule(name="In turn", method="round-robin").save_as(actor)
    gate, errors = threading.Barrier(6), []

    def open_one(number: int) -> None:
        try:
            gate.wait()
            with transaction.atomic():
                ServiceRequest(
                    title=f"Request {number}", description="x", customer=customer, impact=3, urgency=3
                ).save_as(system_actor())
        except Exception as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=open_one, args=(number,)) for number in range(6)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert errors == []
    names = sorted(ServiceRequest.objects.values_list("assignee__name", flat=True))
    assert names == ["Ann", "Ann", "Bo", "Bo", "Cy", "Cy"]
