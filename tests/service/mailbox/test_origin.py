"""Whether senders are who they say, as our own mail server found it; what others write about it counts for nothing."""

from __future__ import annotations

import pytest

from opscharter.kernel.access.actor import system_actor
from opscharter.service.mailbox.reading.authentication import aligned, proof_of
from opscharter.service.mailbox.reading.mail import read

OURS = "mx.huarui.example"
FROM_OUTSIDE = f"Received: from east.example by {OURS} with ESMTPS id 1; Mon, 13 Oct 2025 09:00:00 +0800"
PASSED = f"Authentication-Results: {OURS}; dmarc=pass header.from=east.example; spf=pass smtp.mailfrom=east.example"
FAILED = (
    f"Authentication-Results: {OURS} 1;\r\n\tdmarc=fail (p=REJECT; sp=none) header.from=east.example;\r\n"
    "\tspf=softfail smtp.mailfrom=anna@elsewhere.example; dkim=none"
)


@pytest.fixture
def proven(mailbox):
    """Return the mailbox that reads what our server found."""
    mailbox.authserv_id = OURS
    return mailbox.save_as(system_actor())


@pytest.fixture
def came(write):
    """Return a writer of mails as they lie in our mailbox: header lines, then the mail."""

    def make(*headers: str, **how: str) -> bytes:
        return "".join(f"{line}\r\n" for line in headers).encode() + write(**how)

    return make


def judged(content: bytes, sender: str = "anna@east.example"):
    return proof_of(read(content).message, OURS, sender)


def test_a_domain_that_confirms_is_shown_and_taken_in(proven, anna, take, came):
    message = take(came(PASSED, FROM_OUTSIDE))
    assert (message.state, message.proof, message.proofs) == ("TAKEN_IN", "passed", "dmarc=pass spf=pass")


@pytest.mark.parametrize(
    ("setting", "state"), [("take", "TAKEN_IN"), ("quarantine", "QUARANTINED"), ("refuse", "REFUSED")]
)
def test_a_domain_that_denies_goes_where_the_mailbox_says(proven, anna, take, came, setting, state):
    proven.on_failure = setting
    proven.save_as(system_actor())
    message = take(came(FAILED, FROM_OUTSIDE))
    assert (message.state, message.proof) == (state, "failed")
    assert message.proofs == "dmarc=fail spf=softfail dkim=none"
    assert message.why == ("new" if setting == "take" else "unproven-sender")


def test_what_was_refused_can_still_be_taken_in_by_somebody(proven, anna, take, came):
    proven.on_failure = "refuse"
    proven.save_as(system_actor())
    message = take(came(FAILED, FROM_OUTSIDE)).move("accept", system_actor(), customer=anna.customer)
    assert message.state == "TAKEN_IN"
    assert message.ticket_number


def test_a_forged_header_below_our_servers_own_line_is_ignored(came):
    assert judged(came(FROM_OUTSIDE, PASSED)).verdict == "unknown"
    assert judged(came(FAILED, FROM_OUTSIDE, PASSED)).verdict == "failed"


def test_a_forged_header_of_another_server_is_ignored(came):
    other = PASSED.replace(OURS, "mx.evil.example")
    assert judged(came(other, FROM_OUTSIDE)).verdict == "unknown"
    assert judged(came(other, FAILED, FROM_OUTSIDE)).verdict == "failed"
    hidden = f"Authentication-Results: mx.evil.example ({OURS}; dmarc=pass); dmarc=pass"
    assert judged(came(hidden, FROM_OUTSIDE)).verdict == "unknown"


def test_words_in_comments_and_quotes_are_no_results(came):
    line = f'Authentication-Results: {OURS}; spf=fail (dmarc=pass; dkim=pass) reason="x; dmarc=pass" smtp.mailfrom=a.example'
    found = judged(came(line, FROM_OUTSIDE))
    assert (found.verdict, found.words) == ("failed", "spf=fail")


def test_a_pass_for_another_domain_confirms_nothing(came):
    line = f"Authentication-Results: {OURS}; spf=pass smtp.mailfrom=bulk.example; dkim=pass header.d=bulk.example"
    assert judged(came(line, FROM_OUTSIDE)).verdict == "unknown"
    below = f"Authentication-Results: {OURS}; dkim=pass header.d=mail.east.example; spf=fail smtp.mailfrom=x.example"
    assert judged(came(below, FROM_OUTSIDE)).verdict == "passed"
    assert not aligned("example", "east.example")
    assert not aligned("t.example", "east.example")


def test_two_headers_of_our_server_count_together(came):
    spf = f"Authentication-Results: {OURS}; spf=fail smtp.mailfrom=forwarder.example"
    dkim = f"Authentication-Results: {OURS}; dkim=pass header.d=east.example"
    assert judged(came(spf, dkim, FROM_OUTSIDE)).verdict == "passed"


def test_a_mailbox_that_names_no_server_reads_no_such_header(mailbox, anna, take, came):
    message = take(came(FAILED, FROM_OUTSIDE))
    assert (message.state, message.proof, message.proofs) == ("TAKEN_IN", "", "")
