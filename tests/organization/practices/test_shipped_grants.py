"""What a new version ships for a role that exists is offered on the roles page, and given only by a person."""

from __future__ import annotations

import pytest
from django.test import Client

from opscharter.kernel.access.actor import actor_for, system_actor
from opscharter.kernel.audit.models import AuditEntry
from opscharter.organization.models import RoleGrant
from opscharter.organization.overview import shipped
from opscharter.organization.roles import default_grants
from opscharter.organization.seed import install_roles

pytestmark = pytest.mark.django_db
URL, NEW = "/organization/access/", ("service.incident", "export", "department")
TOLD = "This version ships more for this role"


@pytest.fixture
def upgraded(company, monkeypatch):
    """A version that ships one more grant for engineers, on a kind of record that was there before."""
    lines = default_grants()
    lines["engineer"].append(NEW)
    for module in ("opscharter.organization.overview.shipped", "opscharter.organization.seed"):
        monkeypatch.setattr(f"{module}.default_grants", lambda: lines)
    install_roles(system_actor())
    return company


def browser(company, name):
    client = Client(headers={"accept-language": "en"})
    client.force_login(company.people[name].user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def page(company):
    return browser(company, "admin").get(URL, {"role": "engineer"}).content.decode()


def test_an_upgrade_widens_no_role_and_offers_what_it_ships(upgraded):
    assert not actor_for(upgraded.people["li"].user).may("service.incident", "export")
    told = page(upgraded)
    assert TOLD in told
    assert 'value="service.incident|export|department"' in told
    assert TOLD not in browser(upgraded, "admin").get(URL, {"role": "auditor"}).content.decode()


def test_one_click_gives_what_is_ticked_on_record_and_it_is_offered_no_more(upgraded):
    admin = browser(upgraded, "admin")
    admin.post(URL, {"role": "engineer", "chapter": "service", "give": "1"})
    assert not actor_for(upgraded.people["li"].user).may("service.incident", "export"), "nothing was ticked"
    given = {
        "role": "engineer",
        "chapter": "service",
        "give": "1",
        "shipped": ["|".join(NEW), "service.incident|*|all"],
    }
    admin.post(URL, given)
    assert actor_for(upgraded.people["li"].user).may("service.incident", "export")
    grant = RoleGrant.objects.get(role=upgraded.roles["engineer"], record_type=NEW[0], action=NEW[1])
    entry = AuditEntry.objects.get(record_type="organization.rolegrant", record_id=grant.pk, action="create")
    assert (entry.note, entry.user) == ("as this version ships it", upgraded.people["admin"].user)
    assert not RoleGrant.objects.filter(role=upgraded.roles["engineer"], record_type=NEW[0], action="*").exists()
    assert TOLD not in page(upgraded)


def test_what_was_taken_away_or_lies_within_a_wider_grant_is_not_offered(upgraded):
    engineer = upgraded.roles["engineer"]
    wide = RoleGrant(role=engineer, record_type="service.*", action="export", reach="all").save_as(system_actor())
    assert shipped.lacking(engineer) == []
    wide.archive_as(system_actor(), reason="too wide")
    own = RoleGrant(role=engineer, record_type=NEW[0], action=NEW[1], reach=NEW[2]).save_as(system_actor())
    own.archive_as(system_actor(), reason="engineers take nothing away")
    assert shipped.lacking(engineer) == []


def test_who_may_not_give_grants_is_offered_nothing_and_gives_nothing(upgraded):
    engineer = browser(upgraded, "li")
    given = {"role": "engineer", "chapter": "service", "give": "1", "shipped": ["|".join(NEW)]}
    assert engineer.post(URL, given).status_code == 404
    assert not actor_for(upgraded.people["li"].user).may("service.incident", "export")
