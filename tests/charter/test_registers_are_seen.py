"""The registers of this chapter are there for whoever works here; customers' contacts see none of them."""

from __future__ import annotations

import pytest

from opscharter.organization.roles import default_grants

REGISTERS = ("correctiveitem", "waiver", "attestation", "attestationplan", "obligation", "improvement", "framework",
             "requirement")  # fmt: skip


@pytest.mark.parametrize("name", REGISTERS)
def test_every_role_within_the_company_sees_the_register_and_no_customer_does(name):
    line = (f"charter.{name}", "view", "all")
    grants = default_grants()
    for role in ("quality-supervisor", "service-manager", "engineer", "hotline"):
        assert line in grants[role]
    assert line not in grants["customer-contact"]
