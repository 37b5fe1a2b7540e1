"""The chapters, in menu order. Everything the product does is reachable from this list by go-to-definition."""

from __future__ import annotations

from opscharter.assets.chapter import CHAPTER as ASSETS
from opscharter.customers.access import actor_of_contact
from opscharter.customers.chapter import CHAPTER as CUSTOMERS
from opscharter.kernel.access.actor import install_provider
from opscharter.kernel.approvals import directory
from opscharter.kernel.jobs import schedule
from opscharter.kernel.resources.site import Chapter, site
from opscharter.organization import access
from opscharter.organization.chapter import CHAPTER as ORGANIZATION
from opscharter.organization.directory import CompanyDirectory
from opscharter.service.chapter import CHAPTER as SERVICE

CHAPTERS: list[Chapter] = [ORGANIZATION, SERVICE, CUSTOMERS, ASSETS]


def install() -> None:
    """Tell the kernel what there is; called once when Django is ready."""
    site.install(CHAPTERS)
    schedule.install([each for chapter in CHAPTERS for each in chapter.schedules])
    install_provider(access.actor_of)
    access.outsiders[:] = [actor_of_contact]
    directory.install(CompanyDirectory())
