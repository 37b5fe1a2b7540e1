"""How customers, contracts and services appear."""

from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from opscharter.customers.models import Contact, Contract, Customer, Service, SlaTarget
from opscharter.kernel.resources.declaration import Panel, Resource, Section, Stage, View
from opscharter.kernel.resources.foretelling import clocks_moved
from opscharter.kernel.web.forms import LinesField, RecordForm
from opscharter.organization.accounts.api import AccountOfView
from opscharter.organization.accounts.pages import ADDRESS, AccountOfPage

State = Contract.State


def _contracts_of(customer, actor):  # type: ignore[no-untyped-def]
    rows = Contract.objects.visible_to(actor).current().filter(customer=customer).select_related("calendar")
    return {"contracts": rows.order_by("-starts_on")}


def _contacts_of(customer, actor):  # type: ignore[no-untyped-def]
    return {"contacts": Contact.objects.visible_to(actor).current().filter(customer=customer).order_by("name")}


def _levels_of(contract, actor):  # type: ignore[no-untyped-def]
    return {
        "targets": contract.targets.filter(archived_at__isnull=True).order_by(
            "priority", "kind", F("since").asc(nulls_first=True)
        )
    }


class ServiceForm(RecordForm):
    """The form of a service: its test checklist is written one test a line."""

    checklist = LinesField(
        label=_("test checklist"), required=False, help_text=_("What is tested after every repair; one test a line.")
    )


customers = Resource(
    Customer,
    "customers",
    icon="building",
    columns=["number", "name", "tier", "team", "account_manager", "phone"],
    filters=["tier", "team", "account_manager"],
    order="number",
    views=[View("mine", _("My accounts"), lambda actor: Q(account_manager_id=actor.person_id))],
    form=[
        Section(_("Customer"), ["name", "short_name", "tier", "phone", "address"]),
        Section(_("Service"), ["team", "account_manager", "notes"]),
    ],
    panels=[
        Panel(_("Contracts"), "customers/contracts.html", _contracts_of, place="main", for_customers=True),
        Panel(_("Contacts"), "customers/contacts.html", _contacts_of, place="main"),
    ],
    customer_facts=["name", "phone", "address"],
)
contacts = Resource(
    Contact,
    "contacts",
    icon="address-book",
    columns=["name", "customer", "title", "email", "phone", "mobile"],
    filters=["customer", "reach"],
    order="name",
    customer_facts=["name", "title", "email", "phone", "mobile"],
    form=["customer", "name", "title", "email", "phone", "mobile", "reach"],
    pages={ADDRESS: AccountOfPage},
    api={ADDRESS: AccountOfView},
)
contracts = Resource(
    Contract,
    "contracts",
    icon="file-text",
    columns=["number", "name", "customer", "state", "calendar", "starts_on", "ends_on"],
    filters=["customer", "state", "project_manager", "calendar", "ends_on"],
    form=[
        Section(
            _("Contract"), ["customer", "name", "project_manager", "starts_on", "ends_on", "yearly_value", "currency"]
        ),
        Section(_("Service"), ["services", "calendar", "retroactive", "matrix", "prepaid_minutes"]),
    ],
    stages=[Stage(_("Draft"), (State.DRAFT,)), Stage(_("Active"), (State.ACTIVE,)), Stage(_("Ended"), (State.ENDED,))],
    panels=[Panel(_("Service levels"), "customers/levels.html", _levels_of, place="main", for_customers=True)],
    customer_facts=["name", "starts_on", "ends_on", "calendar"],
    foretell=clocks_moved(),
)
levels = Resource(
    SlaTarget, "service-levels", icon="clock-check",
    columns=["contract", "priority", "kind", "minutes", "round_the_clock", "since"],
    filters=["contract", "priority", "kind", "since"],
    customer_facts=["priority", "kind", "minutes", "round_the_clock", "since"],
    foretell=clocks_moved(),
)  # fmt: skip
services = Resource(
    Service, "services", icon="apps", columns=["code", "name", "category", "team", "requestable"],
    filters=["team", "requestable"],
    form=["code", "name", "description", "category", "team", "checklist", "requestable"], order="code",
    form_class=ServiceForm,
    customer_facts=["code", "name", "description", "category"],
)  # fmt: skip
