"""The page of a record is headed by what the record is called, not by its number or somebody's job title."""

import pytest

from opscharter.charter.corrective.models import CorrectiveItem
from opscharter.charter.models import Framework
from opscharter.customers.models import Contact
from opscharter.kernel.controls.registry import CHECKS
from opscharter.kernel.web.detail import record_title
from opscharter.service.tickets.models import Incident

CHECK = CHECKS["quality.improvements-closed"]


@pytest.mark.parametrize(
    ("record", "title"),
    [
        (Contact(name="Li", title="Head of IT"), "Li"),
        (Framework(code="ISO 9001", title="Quality"), "Quality"),
        (CorrectiveItem(number="CAP-1", control=CHECK.id), CHECK.label),
        (Incident(number="INC-1", title="Mail is down"), "Mail is down"),
    ],
)
def test_a_record_is_headed_by_what_it_is_called(record, title):
    assert record_title(record) == title
