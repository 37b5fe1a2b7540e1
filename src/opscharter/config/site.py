"""The chapters, in menu order. Everything the product does is reachable from this list by go-to-definition."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext_lazy as _

from opscharter.assets.chapter import CHAPTER as ASSETS
from opscharter.boards import my_work
from opscharter.charter.chapter import CHAPTER as CHARTER
from opscharter.charter.standing import bindings, edition_label, rail
from opscharter.charter.texts.command import RegulationImporter
from opscharter.customers.access import actor_of_contact, in_charge_of
from opscharter.customers.chapter import CHAPTER as CUSTOMERS
from opscharter.demo.accounts import listing
from opscharter.demo.servicenow.command import ServiceNowIncidents
from opscharter.kernel.access.actor import install_provider
from opscharter.kernel.access.people import install_colleagues
from opscharter.kernel.access.role_names import install_role_names
from opscharter.kernel.approvals import directory
from opscharter.kernel.audit.trail import install_edition
from opscharter.kernel.controls.registry import install_bindings
from opscharter.kernel.exchange.importers import IMPORTERS
from opscharter.kernel.jobs import schedule
from opscharter.kernel.notices.sending import deliver_due
from opscharter.kernel.oversight.watching import verify_trail
from opscharter.kernel.resources.menu import install_standings
from opscharter.kernel.resources.site import Chapter, site
from opscharter.kernel.templatetags.demo_accounts import install_demo_accounts
from opscharter.kernel.web import voting
from opscharter.kernel.web.shell import install_customers_home, install_work_count
from opscharter.organization import access
from opscharter.organization.chapter import CHAPTER as ORGANIZATION
from opscharter.organization.directory import CompanyDirectory
from opscharter.organization.roles import NAMES
from opscharter.service.chapter import CHAPTER as SERVICE
from opscharter.service.portal.pages import PORTAL

CHAPTERS: list[Chapter] = [
    CHARTER,
    ORGANIZATION,
    SERVICE,
    CUSTOMERS,
    ASSETS,
    # Not in operation yet: the rail opens their clauses, which stand uncovered.
    Chapter(code="people", label=_("People"), number=4),
    Chapter(code="projects", label=_("Projects"), number=5),
    Chapter(code="quality", label=_("Quality"), number=6),
    Chapter(code="security", label=_("Security"), number=7),
    Chapter(code="costs", label=_("Costs"), number=8),
    Chapter(code="risks", label=_("Risks"), number=9),
]

KERNEL_SCHEDULES = [
    # Notices that waited for the end of quiet hours, for the digest, or for another try.
    schedule.Schedule("kernel.deliver-notices", deliver_due, every=dt.timedelta(minutes=1)),
    schedule.Schedule("kernel.verify-trail", verify_trail, at=dt.time(3, 30)),
]


def install() -> None:
    """Tell the kernel what there is; called once when Django is ready."""
    site.install(CHAPTERS)
    schedule.install([*KERNEL_SCHEDULES, *(each for part in site.parts for each in part.schedules)])
    install_provider(access.actor_of)
    access.outsiders[:] = [actor_of_contact]
    access.customers_of[:] = [in_charge_of]
    install_colleagues(access.works_here)
    directory.install(CompanyDirectory())
    voting.install()
    install_edition(edition_label)
    install_bindings(bindings)
    install_standings(rail)
    install_role_names(NAMES)
    install_work_count(my_work.count)
    install_customers_home(PORTAL)
    install_demo_accounts(listing)
    IMPORTERS["regulation"] = RegulationImporter()
    IMPORTERS["servicenow-incidents"] = ServiceNowIncidents()
