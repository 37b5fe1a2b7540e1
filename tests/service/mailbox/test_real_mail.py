"""Over two hundred real mails and bounces: each is taken in or refused with a reason, and read as is known of it.

The mails are not part of this repository; without them the tests are skipped.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from pathlib import Path

import pytest
from django.core.management import call_command

from opscharter.kernel.access.actor import system_actor
from opscharter.kernel.files.models import Attachment
from opscharter.service.mailbox.intake import keep, process
from opscharter.service.mailbox.models import MailMessage, OutgoingMail
from opscharter.service.mailbox.opening import ticket_of
from opscharter.service.mailbox.reading.charsets import to_text
from opscharter.service.mailbox.reading.html import words_of
from opscharter.service.mailbox.reading.mail import Unreadable, read
from opscharter.service.mailbox.reading.nature import BOUNCE, ORDINARY, nature_of
from opscharter.service.mailbox.reading.quotes import split
from opscharter.service.mailbox.words import Outcome, Why
from opscharter.service.tickets.models import Incident, ServiceRequest

DATA = Path(__file__).resolve().parents[4] / "shared/data/email"
pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason=f"the real mails are not here ({DATA.name})")
REPORTED_OTHERWISE = {"bounce_01.txt", "dumbass_01.txt", "qmail_08.txt", "simple_38.txt", "groupwise_03.txt"}
"""Without a failed address: two come from lists, two are automatic, one is no bounce."""


def table(name):
    return list(csv.DictReader(io.StringIO((DATA / name).read_text())))


def test_every_mail_is_read_or_refused_with_a_reason_and_its_subject_is_known():
    unreadable = {}
    for row in table("MAILS.csv"):
        try:
            mail = read((DATA / row["file"]).read_bytes())
        except Unreadable as error:
            unreadable[row["file"]] = error.why
            continue
        if row["subject"] and row["file"] != "flufl_bounce/sina_01.txt":
            assert mail.subject == row["subject"].strip(), row["file"]
        assert "\x00" not in mail.text + mail.html
    assert unreadable == {"cpython/msg_19.txt": "no-mail", "mail_parser/mail_outlook_1": "outlook-file"}


def test_undeclared_gb2312_is_read():
    assert read((DATA / "flufl_bounce/sina_01.txt").read_bytes()).subject == "邮件传输失败！"
    assert "\ufffd" not in read((DATA / "mail_parser/mail_test_12").read_bytes()).text


def test_every_bounce_is_known_with_the_addresses_that_failed():
    failures = {}
    for row in table("BOUNCES.csv"):
        mail = read((DATA / "flufl_bounce" / row["file"]).read_bytes())
        nature = nature_of(mail, set(), known_sender=False)
        if nature.kind != BOUNCE:
            assert row["file"] in REPORTED_OTHERWISE, row["file"]
            continue
        failed, delayed = set(row["failed_permanently"].split()), set(row["failed_temporarily"].split())
        assert (set(nature.failed), set(nature.delayed)) == (failed, delayed), row["file"]
        failures[row["file"]] = bool(failed)
    assert len(failures) == 112


@pytest.mark.parametrize("name", ["android", "aol", "apple_mail", "apple_mail_2", "comcast", "gmail", "hotmail", "iphone",
                                  "outlook", "sparrow", "thunderbird", "yahoo"])  # fmt: skip
def test_the_visible_reply_is_what_was_written(name):
    folder = DATA / "talon/standard_replies"
    known = folder / f"{name}_reply_text"
    expected = known.read_text() if known.is_file() else "Hello"
    said, quoted = split(read((folder / f"{name}.eml").read_bytes()).text)
    assert said.split() == expected.split()
    assert quoted


def test_the_visible_reply_of_html_is_what_was_written():
    files = sorted((DATA / "talon/html_replies").glob("*.html"))
    assert len(files) == 9
    for file in files:
        said, _quoted = split(words_of(to_text(file.read_bytes())))
        assert " ".join(said.split()) == "Hi. I am fine. Thanks, Alex", file.name


@pytest.mark.django_db
def test_none_of_them_opens_a_ticket_for_a_stranger_or_is_answered_and_each_has_its_outcome(mailbox):
    out = io.StringIO()
    rows = table("MAILS.csv")
    with pytest.raises(SystemExit) as ended:  # some are refused
        call_command("import-mail", *[str(DATA / row["file"]) for row in rows], mailbox=mailbox.address, stdout=out)
    assert ended.value.code == 1
    assert len(out.getvalue().splitlines()) == len(rows) == 201
    assert not MailMessage.objects.filter(state=Outcome.RECEIVED).exists()
    assert not MailMessage.objects.filter(why__in=["", Why.TROUBLE]).exists()
    assert not Incident.objects.exists()
    assert not ServiceRequest.objects.exists()
    assert not OutgoingMail.objects.exists()
    outcomes = Counter(MailMessage.objects.values_list("state", flat=True))
    assert outcomes["SILENCED"] >= 117
    assert outcomes["REFUSED"] == 2


@pytest.mark.django_db
def test_what_people_wrote_becomes_tickets_where_the_address_is_one_customers(mailbox, customer):
    mailbox.customer = customer
    mailbox.acknowledge = False
    mailbox.save_as(system_actor())
    subjects = set()
    for folder in ("django_helpdesk", "mail_parser"):
        for file in sorted((DATA / folder).iterdir()):
            content = file.read_bytes()
            message = process(keep(content, mailbox=mailbox).pk)
            assert message.why != Why.TROUBLE, file.name
            if message.kind == ORDINARY and message.state == Outcome.TAKEN_IN:
                ticket = ticket_of(message)
                subjects.add(ticket.title)
                assert ticket.customer_id == customer.pk
                assert ticket.description
    assert {"Testovácí email", "Český test"} <= subjects
    assert Attachment.objects.filter(record_type="service.incident").exists()
