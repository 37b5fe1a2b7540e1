"""From draft to signature: four eyes, nothing blank, delivered by mail with a link that signs, refused with a reason."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from django.test import Client

from opscharter.charter.improvements.models import Improvement
from opscharter.kernel import moment
from opscharter.kernel.access.actor import system_actor
from opscharter.kernel.approvals.requests import latest, vote
from opscharter.kernel.errors import NotPermitted, Refused
from opscharter.kernel.files.models import Attachment
from opscharter.service.reports.delivery import opened_by, send_report, token_of
from opscharter.service.reports.models import ServiceReport
from opscharter.service.reports.services import draft_due, suggest
from tests.service.reports.conftest import day, deliver

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_folder(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def test_each_report_is_drafted_once_however_often_the_job_runs(agreement):
    with moment.at(day(1, 3, 11)):
        assert [draft_due(), draft_due()] == [2, 0]
    with moment.at(day(30, 3, 11)):
        assert draft_due() == 0
    with moment.at(day(1, 3, 12)):
        assert draft_due() == 1
    assert list(ServiceReport.objects.order_by("pk").values_list("period", flat=True)) == [
        "2025-09", "2025-10", "2025-11"
    ]  # fmt: skip


def test_it_is_due_so_many_working_days_after_the_period(agreement, report):
    assert report("2025-10").due_on == dt.date(2025, 11, 7)  # 3 November is a Monday
    assert report("2025-09", at=day(9)).due_on == dt.date(2025, 10, 14)  # 1 to 8 October are closed, the 11th worked


def test_a_period_that_is_not_over_is_not_reported(agreement):
    with moment.at(day(30)), pytest.raises(Refused, match="not over yet"):
        ServiceReport(definition=agreement, period="2025-10").save_as(system_actor())


def test_a_second_report_of_a_period_is_refused_at_its_field(agreement, report):
    first = report()
    with pytest.raises(ValidationError) as refused:
        report()
    assert refused.value.message_dict == {"period": [f"There is {first} already."]}
    first.archive_as(system_actor(), reason="begun anew")
    assert report().revision == 1


@pytest.mark.parametrize("period", ["2025-Q3", "2025", "october"])
def test_a_period_of_another_length_is_refused(agreement, period):
    with pytest.raises(ValidationError):
        ServiceReport(definition=agreement, period=period).save_as(system_actor())


def test_a_blank_section_is_refused_with_its_clause(report, house):
    made = report(note_changes="", summary="")
    with pytest.raises(Refused) as refused:
        made.move("review", house.actor(house.reviewer))
    told = {(str(reason.message), reason.clause) for reason in refused.value.reasons}
    assert told == {("Write the summary.", "3.5.1"), ("“Changes” has neither figures nor text.", "3.5.1")}


def test_the_author_neither_reviews_nor_approves(report, house):
    made = report()
    with pytest.raises(Refused, match="Somebody else"):
        made.move("review", house.actor(house.author))
    made.move("review", house.actor(house.reviewer))
    request = latest(made, "approve")
    with pytest.raises(Refused, match="may not vote"):
        vote(request, made, house.actor(house.author), "approve")
    with pytest.raises(Refused, match="approval is still under way"):
        made.move("approve", house.actor(house.boss))


def test_what_was_reviewed_is_not_edited_and_a_rejection_sends_it_back(report, house):
    made = report()
    made.move("review", house.actor(house.reviewer))
    made.summary = "Another month."
    with pytest.raises(ValidationError, match="Only a draft"):
        made.save_as(house.actor(house.author))
    made.refresh_from_db()
    vote(latest(made, "approve"), made, house.actor(house.boss), "reject", "Say why P3 is late.")
    made.refresh_from_db()
    assert made.state == "DRAFT"
    made.summary = "Another month."
    made.save_as(house.actor(house.author))


def test_what_was_delivered_never_changes(report, house):
    made = deliver(report(), house)
    assert (made.state, made.delivered_on) == ("DELIVERED", dt.date(2025, 11, 4))
    for name in ("summary", "note_risks"):
        setattr(made, name, "Otherwise.")
        with pytest.raises(ValidationError, match="stay as they are"):
            made.save_as(system_actor())
        made.refresh_from_db()
    with pytest.raises(Refused, match="stays on record"):
        made.archive_as(system_actor(), reason="away")


def test_without_recipients_nothing_is_delivered(agreement, report, house):
    agreement.save_as(system_actor(), links={"recipients": []})
    with pytest.raises(Refused, match="Name the recipients"):
        deliver(report(), house)


def test_every_recipient_gets_one_mail_with_the_pdf_and_a_link(report, house):
    made = deliver(report(), house)
    assert send_report.func(made.pk) == 1
    assert send_report.func(made.pk) == 0  # a worker that died after sending does not send again
    (message,) = mail.outbox
    kept = Attachment.objects.get(record_id=made.pk, record_type="service.servicereport")
    name, content, kind = message.attachments[0]
    assert (name, kind, content[:5]) == (f"{made.number}-2025-10-v1.pdf", "application/pdf", b"%PDF-")
    assert message.to == ["he@east.example"]
    token = message.body.partition("/service-reports/")[2].partition("/")[0]
    assert opened_by(token) == (made, house.contact)
    assert kept.sha256 in message.body
    assert kept.visibility == "customer"


def test_a_contact_signs_in_the_portal_by_name_time_and_hash(report, house):
    made = deliver(report(), house)
    with moment.at(day(5, 9, 11)):
        made.move("sign", house.customer())
    kept = Attachment.objects.get(record_id=made.pk, record_type="service.servicereport")
    assert (made.state, made.signed_name, made.signed_by, made.signed_by_link) == ("SIGNED", "He", house.contact, False)
    assert (made.signed_at, made.signed_hash) == (day(5, 9, 11), kept.sha256)


def test_nobody_of_the_house_signs_for_the_customer(report, house):
    made = deliver(report(), house)
    with pytest.raises(Refused, match="reserved"):
        made.move("sign", house.actor(house.boss))


def test_customers_do_not_see_what_was_not_delivered(report, house):
    made = report()
    assert not ServiceReport.objects.visible_to(house.customer()).exists()
    with pytest.raises(NotPermitted):
        made.move("sign", house.customer())
    deliver(made, house)
    assert list(ServiceReport.objects.visible_to(house.customer())) == [made]


def signing(made, house):
    return f"/service-reports/{token_of(made, house.contact)}/"


def test_looking_at_the_link_changes_nothing_and_posting_signs(report, house, client):
    made = deliver(report(), house)
    url = signing(made, house)
    page = client.get(url)
    assert page.status_code == 200
    assert "A quiet month." in page.content.decode()
    assert client.get(f"{url}document/").content[:5] == b"%PDF-"
    made.refresh_from_db()
    assert made.state == "DELIVERED"
    assert client.post(url, {"answer": "sign", "name": ""}).status_code == 422
    assert client.post(url, {"answer": "sign", "name": "He Jia"}).status_code == 200
    made.refresh_from_db()
    assert (made.state, made.signed_name, made.signed_by, made.signed_by_link) == (
        "SIGNED", "He Jia", house.contact, True
    )  # fmt: skip
    assert client.post(url, {"answer": "sign", "name": "He Jia"}).status_code == 409


def test_a_refusal_needs_a_reason_and_leads_to_a_correction(report, house, client):
    made = deliver(report(), house)
    url = signing(made, house)
    assert client.post(url, {"answer": "refuse", "reason": " "}).status_code == 409
    assert client.post(url, {"answer": "refuse", "reason": "Two outages are missing."}).status_code == 200
    made.refresh_from_db()
    assert (made.state, made.refusal) == ("REFUSED", "Two outages are missing.")
    made.move("correct", house.actor(house.author), reason="Outages added.")
    with pytest.raises(Refused, match="v2"):
        made.move("correct", house.actor(house.author), reason="Again.")


def test_a_link_that_was_altered_or_is_somebody_elses_opens_nothing(report, house, client):
    made = deliver(report(), house)
    url = signing(made, house)
    assert client.get(f"{url[:-3]}xx/").status_code == 410
    assert client.get(f"{url[:-3]}xx/document/").status_code == 404
    staff = Client()
    staff.force_login(house.boss.user, backend="django.contrib.auth.backends.ModelBackend")
    assert staff.post(url, {"answer": "sign", "name": "He"}).status_code == 403
    house.contact.archive_as(system_actor(), reason="left")
    assert client.get(url).status_code == 410


def test_a_suggestion_is_an_improvement_and_the_next_report_tells_its_fate(report, house):
    made = report(note_suggestions="")
    suggest(made, house.actor(house.author), title="Test the backup each quarter", text="It was never restored.")
    made.refresh_from_db()
    assert [each["title"] for each in made.content["suggestions"]] == ["Test the backup each quarter"]
    deliver(made, house)
    with pytest.raises(ValidationError, match="draft"):
        suggest(made, house.actor(house.author), title="Too late", text="")
    following = report("2025-11", at=day(1, 10, 12))
    with pytest.raises(Refused, match="Nobody has decided") as refused:
        following.move("review", house.actor(house.reviewer))
    assert "3.5.2" in {reason.clause for reason in refused.value.reasons}
    improvement = Improvement.objects.get()
    improvement.move("accept", system_actor(), owner=house.boss.user, due_on=dt.date(2026, 1, 31),
                     expected_effect="Restores are proven.")  # fmt: skip
    with moment.at(day(2, 10, 12)):
        following.move("gather", system_actor())
    fate = following.content["fates"][0]
    assert (fate["title"], fate["state"], fate["due"]) == ("Test the backup each quarter", "PLANNED", "2026-01-31")
    following.move("review", house.actor(house.reviewer))
