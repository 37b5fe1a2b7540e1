"""Item 11: a mailbox with 1,000 mails, each of which is kept, judged and answered by a ticket."""

from __future__ import annotations

import time
from email.message import EmailMessage
from email.utils import format_datetime

from bench.figures.run import Run
from bench.lib.figure import Figure


def measure(run: Run) -> list[Figure]:
    """Keep and process mails of many senders in this process, as the worker does."""
    from opscharter.customers.models import Contact
    from opscharter.service.mailbox.intake import keep, process
    from opscharter.service.mailbox.models import Mailbox, MailMessage

    wanted = 1_000 if run.seconds > 5 else 100
    writers = _writers(run, wanted // 10)
    mailbox = Mailbox.objects.order_by("pk").first()
    begun = time.perf_counter()
    messages = [
        process(keep(_mail(writers[number % len(writers)], number), mailbox=mailbox).pk) for number in range(wanted)
    ]
    seconds = time.perf_counter() - begun
    kept = MailMessage.objects.filter(pk__in=[message.pk for message in messages])
    outcomes: dict[str, int] = {}
    for state in kept.values_list("state", flat=True):
        outcomes[state] = outcomes.get(state, 0) + 1
    told = ", ".join(f"{state} {count}" for state, count in sorted(outcomes.items()))
    assert isinstance(writers[0], Contact)
    return [Figure("11", f"mailbox: {wanted:,} mails", value=wanted / seconds, unit="mails/s", notes=[told])]


def _writers(run: Run, wanted: int) -> list[object]:
    """Return contacts with an address; as many as it takes that none writes too much."""
    from opscharter.customers.models import Contact, Customer
    from opscharter.kernel.access.actor import system_actor
    from opscharter.kernel.records import bulk

    customers = list(Customer.objects.filter(team_id=run.team).order_by("pk")[:20])
    here = list(Contact.objects.filter(email__endswith="@bench.example").order_by("pk"))
    new = [
        Contact(name=f"Writer {n}", email=f"writer{n}@bench.example", customer=customers[n % len(customers)])
        for n in range(len(here), wanted)
    ]
    bulk.create_many(new, system_actor("import"))
    return [*here, *new]


def _mail(writer: object, number: int) -> bytes:
    now = time.time_ns()
    mail = EmailMessage()
    mail["From"], mail["To"] = f"{writer.name} <{writer.email}>", "support@huarui.example"  # type: ignore[attr-defined]
    mail["Subject"], mail["Message-ID"] = f"Report {number} {now}", f"<{now}.{number}@bench.example>"
    from django.utils import timezone

    mail["Date"] = format_datetime(timezone.now())
    mail.set_content(f"The service {number} does not answer. 網絡很慢，請協助。\n")
    return mail.as_bytes()
