"""Two customers with contacts, a mailbox, and mails as people and machines write them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from itertools import count
from typing import Any

import pytest
from django_tasks_db.models import DBTaskResult

from opscharter.customers.models import Contact, Customer
from opscharter.kernel import moment
from opscharter.kernel.access.actor import system_actor
from opscharter.kernel.users.models import User
from opscharter.organization.models import Department, Employee
from opscharter.service.mailbox.intake import keep, process
from opscharter.service.mailbox.models import Mailbox, MailMessage, OutgoingMail
from opscharter.service.mailbox.sending import send_mail_job
from tests.service.conftest import MONDAY_NINE

ADDRESS = "support@huarui.example"
Write = Callable[..., bytes]
Take = Callable[..., MailMessage]


@pytest.fixture(autouse=True)
def _monday_nine() -> Iterator[None]:
    with moment.at(MONDAY_NINE):
        yield


@pytest.fixture
def head(team: Department, engineer: Employee) -> Employee:
    """Return the head of the team, with an account."""
    engineer.user = User.objects.create_user("li")
    engineer.save_as(system_actor())
    team.head = engineer
    team.save_as(system_actor())
    return engineer


@pytest.fixture
def mailbox(team: Department, calendar: Any, head: Employee) -> Mailbox:
    """Return the company's mailbox; mail is not fetched."""
    return Mailbox(name="Service desk", address=ADDRESS, team=team, language="en").save_as(system_actor())


@pytest.fixture
def anna(customer: Customer) -> Contact:
    """Return a contact of customer A."""
    return Contact(customer=customer, name="Anna", email="anna@east.example").save_as(system_actor())


@pytest.fixture
def bob(team: Department, anna: Contact) -> Contact:
    """Return a contact of customer B."""
    other = Customer(name="West Bank", team=team).save_as(system_actor())
    return Contact(customer=other, name="Bob", email="bob@west.example").save_as(system_actor())


@pytest.fixture
def write() -> Write:
    """Return a writer of mails; keywords are headers (`in_reply_to`) or the `text`."""
    numbers = count(1)

    def make(
        sender: str = "anna@east.example", subject: str = "Cannot sign in", text: str = "It fails.", **more: Any
    ) -> bytes:
        headers = {
            "From": sender, "To": ADDRESS, "Subject": subject, "Message-ID": f"<m{next(numbers)}@client.example>",
            "Date": "Mon, 13 Oct 2025 09:00:00 +0800", "Content-Type": "text/plain; charset=utf-8",
        }  # fmt: skip
        headers |= {name.replace("_", "-").title(): value for name, value in more.items() if value is not None}
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items() if value)
        return f"{lines}\r\n{text}\r\n".encode()

    return make


@pytest.fixture
def take(mailbox: Mailbox) -> Take:
    """Return what keeps and judges a mail."""

    def taken(content: bytes, **more: Any) -> MailMessage:
        return process(keep(content, **{"mailbox": mailbox, **more}).pk)

    return taken


def post() -> int:
    """Let the post go out: every mail that waits is sent; returns how many left."""
    DBTaskResult.objects.all().delete()
    waiting = OutgoingMail.objects.filter(state="WAITING").values_list("pk", flat=True)
    return sum(send_mail_job.func(pk) for pk in list(waiting))


def later(**span: float) -> Any:
    """Return a context in which it is later."""
    return moment.at(moment.now() + dt.timedelta(**span))
