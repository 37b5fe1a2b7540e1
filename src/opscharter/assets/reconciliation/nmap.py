"""Reading the XML that nmap writes (its `-oX`); the file is somebody's, so nothing in it is trusted."""

from __future__ import annotations

import datetime as dt
import ipaddress
from dataclasses import dataclass, field
from typing import IO, Any
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import parse
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _t

from opscharter.assets.models.asset import tidy_mac

MOST_HOSTS = 65_536
"""A /16 network; a larger file is scanned, and taken in, network by network."""


@dataclass
class Port:
    """One open port with what nmap takes its service to be."""

    number: int
    protocol: str
    service: str = ""
    product: str = ""

    def as_dict(self) -> dict[str, Any]:
        """Return the port as it is kept."""
        return {"port": self.number, "protocol": self.protocol, "service": self.service, "product": self.product}


@dataclass
class Host:
    """One host that answered."""

    address: str
    name: str = ""
    mac: str = ""
    vendor: str = ""
    system: str = ""
    ports: list[Port] = field(default_factory=list)


@dataclass
class Scan:
    """What a file says: when, with which command, which hosts answered and which did not."""

    command: str
    begun_at: dt.datetime | None
    hosts: list[Host] = field(default_factory=list)
    silent: list[str] = field(default_factory=list)

    @property
    def networks(self) -> list[str]:
        """Return the addresses and networks that the command names; names and lists in files are not known here."""
        found = []
        for word in self.command.split():
            try:
                found.append(str(ipaddress.ip_network(word, strict=False)))
            except ValueError:
                continue
        return found


def read_nmap(stream: IO[bytes]) -> Scan:
    """Read a scan; ValidationError with the line for what is no XML, not nmap's, or not harmless."""
    try:
        root: Element | Any = parse(stream).getroot()
    except ParseError as error:
        line = {"line": error.position[0], "error": str(error).partition(":")[0]}
        raise ValidationError(_t("Line %(line)s: this is not XML (%(error)s).") % line) from error
    except DefusedXmlException as error:
        raise ValidationError(_t("The file defines entities; nmap writes none, so it is refused.")) from error
    except (LookupError, ValueError) as error:
        raise ValidationError(_t("The file's encoding cannot be read.")) from error
    if root.tag != "nmaprun":
        raise ValidationError(_t("This is XML, but not nmap's: its root is <%(tag)s>.") % {"tag": str(root.tag)[:60]})
    scan = Scan(root.get("args", "")[:2_000], _moment(root.get("start")))
    for element in root.iter("host"):
        if len(scan.hosts) + len(scan.silent) >= MOST_HOSTS:
            raise ValidationError(_t("The file holds more than %(most)s hosts.") % {"most": f"{MOST_HOSTS:,}"})
        _take(scan, element)
    return scan


def _moment(text: str | None) -> dt.datetime | None:
    try:
        return dt.datetime.fromtimestamp(int(text or ""), dt.UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _take(scan: Scan, element: Element) -> None:
    addresses = {each.get("addrtype", ""): each for each in element.findall("address")}
    address = _address(addresses.get("ipv4")) or _address(addresses.get("ipv6"))
    if not address:
        return
    status = element.find("status")
    if status is not None and status.get("state") == "down":
        scan.silent.append(address)
        return
    mac = addresses.get("mac")
    scan.hosts.append(
        Host(
            address,
            name=_attribute(element.find("hostnames/hostname"), "name"),
            mac=_mac(_attribute(mac, "addr")),
            vendor=_attribute(mac, "vendor"),
            system=_attribute(element.find("os/osmatch"), "name"),
            ports=[port for each in element.findall("ports/port") if (port := _open_port(each))],
        )
    )


def _address(element: Element | None) -> str:
    try:
        return str(ipaddress.ip_address(element.get("addr", ""))) if element is not None else ""
    except ValueError:
        return ""


def _mac(text: str) -> str:
    """Return a MAC address in the register's form; what is none is not one."""
    try:
        return tidy_mac(text)
    except ValidationError:
        return ""


def _attribute(element: Element | None, name: str) -> str:
    return (element.get(name) or "")[:200] if element is not None else ""


def _open_port(element: Element) -> Port | None:
    state, number = element.find("state"), element.get("portid", "")
    if state is None or state.get("state") != "open" or not number.isdecimal() or int(number) > 65_535:
        return None
    service = element.find("service")
    product = " ".join(filter(None, (_attribute(service, "product"), _attribute(service, "version"))))
    return Port(int(number), element.get("protocol", "")[:8], _attribute(service, "name"), product[:200])
