"""A scan of a network, and each thing it found that the register should know."""

from __future__ import annotations

import ipaddress

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from opscharter.assets.models.asset import Asset
from opscharter.assets.models.type import Kind
from opscharter.assets.reconciliation import steps
from opscharter.customers.models import Customer
from opscharter.kernel.access.scope import Scope
from opscharter.kernel.records.lifecycle import Lifecycle, Move
from opscharter.kernel.records.numbering import Numbering
from opscharter.kernel.records.record import Record


class NetworkScan(Record):
    """One scan of a customer's network, as an nmap file told it."""

    class State(models.TextChoices):
        OPEN = "OPEN", _("being reconciled")
        DONE = "DONE", _("reconciled")

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="scans", verbose_name=_("customer"))
    networks = models.JSONField(
        _("networks"), default=list, blank=True,
        help_text=_("What was scanned, such as 10.1.0.0/24, one a line. Assets there that did not answer are missing."),
    )  # fmt: skip
    begun_at = models.DateTimeField(_("scanned"), null=True, editable=False)
    command = models.CharField(_("command"), max_length=2_000, blank=True, editable=False)
    file_name = models.CharField(_("file"), max_length=200, editable=False)
    sha256 = models.CharField(_("SHA-256"), max_length=64, editable=False)
    hosts = models.PositiveIntegerField(_("hosts found"), default=0, editable=False)
    ports = models.PositiveIntegerField(_("open ports"), default=0, editable=False)

    numbering = Numbering("NS{seq:05}")
    scope = Scope(customer="customer", department="customer__team")
    search_fields = ("file_name", "customer__name")
    lifecycle = Lifecycle(
        State,
        start=State.OPEN,
        moves=[
            Move("finish", State.OPEN, State.DONE, _("All is reconciled"), primary=True, guards=[steps.all_settled]),
            Move("reopen", State.DONE, State.OPEN, _("Reopen"), needs_reason=True),
        ],
        final=[State.DONE],
    )  # fmt: skip

    class Meta:
        verbose_name = _("network scan")
        verbose_name_plural = _("network scans")
        constraints = [models.UniqueConstraint(fields=["customer", "sha256"], name="network_scan_once")]

    def __str__(self) -> str:
        return f"{self.number} {self.file_name}"

    def clean(self) -> None:
        """Bring the networks into one form; refuse what is none."""
        given = self.networks if isinstance(self.networks, list) else [self.networks]
        try:
            self.networks = [str(ipaddress.ip_network(str(text).strip(), strict=False)) for text in given]
        except ValueError as error:
            raise ValidationError({"networks": _t("Not a network: %(error)s.") % {"error": error}}) from error

    def covers(self, address: str) -> bool:
        """Say whether an address lies in what was scanned."""
        wanted = ipaddress.ip_address(address)
        return any(wanted in ipaddress.ip_network(network) for network in self.networks)


class FoundHost(Record):
    """One host of a scan held against the register, or an asset of the register that the scan did not find."""

    class Finding(models.TextChoices):
        KNOWN = "known", _("as registered")
        DIFFERENT = "different", _("differs")
        UNKNOWN = "unknown", _("not registered")
        MISSING = "missing", _("did not answer")
        CONFLICT = "conflict", _("contradictory")

    class State(models.TextChoices):
        OPEN = "OPEN", _("to be settled")
        SETTLED = "SETTLED", _("settled")

    class By(models.TextChoices):
        ADDRESS = "address", _("network address")
        MAC = "mac", _("MAC address")
        NAME = "name", _("name")

    TONES = {"known": "g", "different": "a", "unknown": "b", "missing": "r", "conflict": "r"}

    scan = models.ForeignKey(NetworkScan, models.PROTECT, related_name="found", verbose_name=_("network scan"))
    finding = models.CharField(_("finding"), max_length=10, choices=Finding.choices, editable=False)
    address = models.GenericIPAddressField(_("network address"), editable=False)
    hostname = models.CharField(_("host name"), max_length=200, blank=True, editable=False)
    mac = models.CharField(_("MAC address"), max_length=40, blank=True, editable=False)
    vendor = models.CharField(_("maker"), max_length=200, blank=True, editable=False)
    system = models.CharField(_("operating system"), max_length=200, blank=True, editable=False)
    ports = models.JSONField(_("open ports"), default=list, editable=False)
    differences = models.JSONField(_("differences"), default=list, editable=False)
    asset = models.ForeignKey(
        Asset, models.PROTECT, null=True, blank=True, related_name="sightings", verbose_name=_("asset")
    )
    matched_by = models.JSONField(_("recognised by"), default=list, editable=False)
    candidates = models.JSONField(_("could be"), default=list, editable=False)
    """The assets of a contradiction, as {asset: id, by: what points to it}; a person decides which it is."""
    new_name = models.CharField(_("name"), max_length=120, blank=True)
    new_kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices, blank=True)

    scope = Scope(customer="scan__customer", department="scan__customer__team")
    search_fields = ("hostname", "address", "system", "mac")
    lifecycle = Lifecycle(
        State,
        start=State.OPEN,
        moves=[
            Move("register", State.OPEN, State.SETTLED, _("Register as an asset"), primary=True,
                 inputs=["new_name", "new_kind"], required=["new_name", "new_kind"], applies=steps.is_undecided,
                 prepare=[steps.register_asset]),
            Move("link", State.OPEN, State.SETTLED, _("It is this asset"), inputs=["asset"], required=["asset"],
                 applies=steps.is_undecided, prepare=[steps.correct_asset]),
            Move("correct", State.OPEN, State.SETTLED, _("Correct the register"), primary=True,
                 applies=steps.differs, prepare=[steps.correct_asset]),
            Move("set-aside", State.OPEN, State.SETTLED, _("Leave the register as it is"), needs_reason=True),
        ],
        final=[State.SETTLED],
    )  # fmt: skip

    class Meta:
        verbose_name = _("finding of a scan")
        verbose_name_plural = _("findings of scans")
        indexes = [models.Index(fields=["scan", "finding"], name="found_host_finding")]

    def __str__(self) -> str:
        return self.hostname or self.address

    @property
    def tone(self) -> str:
        """Return the colour of the finding."""
        return self.TONES[self.finding]

    @classmethod
    def open_rows(cls) -> models.Q:
        """Return the condition of what is still to be settled."""
        return models.Q(state=cls.State.OPEN)
