"""The demo's support contracts and the scan of one customer's network."""

from __future__ import annotations

import datetime as dt
import hashlib

from opscharter.assets.models import NetworkScan, SupportContract
from opscharter.assets.reconciliation.intake import create_findings
from opscharter.assets.reconciliation.nmap import Host, Port, Scan
from opscharter.demo.life import World
from opscharter.kernel import moment
from opscharter.kernel.access.actor import Actor, actor_for

SUPPLIERS = [
    # supplier, kind, reference, what they promise, how to reach them, days until it ends, service of its assets
    ("華信數據設備", "maintenance", "HX-2210", "硬件 4 小時到場，7×24", "400-000-0101", 410, "VM"),
    ("啟明存儲", "warranty", "QM-7788", "備件次日到達", "400-000-0102", 47, "BAK"),
    ("安域防火牆", "licence", "AY-SUB-31", "特徵庫訂閱與 5×9 支持", "support@example.com", 18, "FW"),
    ("瑞思數據庫服務", "maintenance", "RS-DB-09", "一級故障 1 小時響應", "400-000-0104", 205, "DB"),
    ("聯達交換", "maintenance", "LD-5521", "備機 8 小時", "400-000-0105", -35, "NET"),
]


def live_assets(world: World, actor: Actor) -> None:
    """Enter who supports what, and let one customer's network be scanned and partly reconciled."""
    company, today = world.company, moment.today()
    owner = company.team("SYS")[0].user
    assert owner is not None
    for supplier, kind, reference, promise, reach, left, service in SUPPLIERS:
        covered = [asset for (_customer, code), assets in company.assets.items() if code == service for asset in assets]
        ends = today + dt.timedelta(days=left)
        SupportContract(
            supplier=supplier, kind=kind, reference=reference, response=promise, hotline=reach,
            starts_on=ends - dt.timedelta(days=730), ends_on=ends, owner=owner,
        ).save_as(actor, links={"assets": covered})  # fmt: skip
    _scan(world, actor)


def _scan(world: World, actor: Actor) -> None:
    """Scan the first customer's addresses: most are as registered, one has moved, one is silent, two are new."""
    company = world.company
    customer = company.customers[0]
    own = [asset for (pk, _code), assets in company.assets.items() if pk == customer.pk for asset in assets]
    web = [Port(22, "tcp", "ssh", "OpenSSH 9.2"), Port(443, "tcp", "https", "nginx 1.22")]
    hosts = [Host(asset.address or "", asset.name.lower(), ports=web) for asset in own[1:]]
    hosts[0].address = "10.250.3.7"
    hosts += [
        Host("10.250.3.21", "printer-3f", vendor="HP", ports=[Port(9100, "tcp", "jetdirect")]),
        Host("10.250.3.22", ports=[Port(5432, "tcp", "postgresql", "PostgreSQL DB 13")]),
    ]
    networks = [f"{asset.address}/32" for asset in own] + ["10.250.3.0/24"]
    read = Scan(f"nmap -sV {' '.join(networks)}", moment.now() - dt.timedelta(days=2), hosts)
    scan = NetworkScan(
        customer=customer, networks=networks, begun_at=read.begun_at, command=read.command, file_name="monthly.xml",
        sha256=hashlib.sha256(customer.name.encode()).hexdigest(), hosts=len(hosts),
        ports=sum(len(host.ports) for host in hosts),
    ).save_as(actor)  # fmt: skip
    create_findings(scan, read, actor)
    engineer = actor_for(company.team("SYS")[0].user)
    moved = scan.found.filter(finding="different").first()
    if moved is not None:
        moved.move("correct", engineer)
