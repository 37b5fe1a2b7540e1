"""Item 9: a customer's service report of 1,000 tickets: its figures gathered, and its PDF in each language."""

from __future__ import annotations

import datetime as dt
import os
import time
from pathlib import Path
from typing import Any

from bench.figures.run import Run
from bench.lib.figure import Figure

TICKETS = 1_000
PERIOD = "2025-09"
FAULTS = {
    "zh-hant": [
        ("支付網關大面積超時", "連接池耗盡，請求堆積"),
        ("數據庫主從延遲過高", "大事務阻塞複製線程"),
        ("三樓無線網絡中斷", "接入交換機電源故障"),
    ],
    "zh-hans": [
        ("支付网关大面积超时", "连接池耗尽，请求堆积"),
        ("数据库主从延迟过高", "大事务阻塞复制线程"),
        ("三楼无线网络中断", "接入交换机电源故障"),
    ],
    "en": [
        ("Payment gateway times out", "connection pool exhausted"),
        ("Replica lags behind", "one long transaction"),
        ("No wireless on the third floor", "power supply of a switch"),
    ],
}


def measure(run: Run) -> list[Figure]:
    """Build a customer with a busy month for each language, and draw its report; REPORTS names a folder to keep it."""
    from opscharter.service.reports.document import pdf_of
    from opscharter.service.reports.figures import gather

    found = []
    keep = Path(os.environ["REPORTS"]) if os.environ.get("REPORTS") else None
    for language, faults in FAULTS.items():
        report = _report(language, faults)
        begun = time.perf_counter()
        gather(report)
        gathered = (time.perf_counter() - begun) * 1000
        pdf_of(report)
        begun = time.perf_counter()
        pdf = pdf_of(report)
        drawn = (time.perf_counter() - begun) * 1000
        pages = pdf.count(b"/Type /Page\n") or pdf.count(b"/Type/Page")
        told = f"{len(report.content['tickets']):,} tickets, figures gathered in {gathered:,.0f} ms"
        told += f", {pages} pages, {len(pdf) // 1024} KB"
        found.append(Figure("9", f"service report to PDF, {language}", value=drawn, unit="ms", notes=[told]))
        if keep is not None:
            keep.mkdir(parents=True, exist_ok=True)
            (keep / f"{language}.pdf").write_bytes(pdf)
    return found


def _report(language: str, faults: list[tuple[str, str]]) -> Any:
    """Return a report of a new customer whose month had 1,000 incidents."""
    from django.utils import timezone

    from opscharter.customers.models import Contract, Customer, Service
    from opscharter.kernel import moment
    from opscharter.kernel.access.actor import system_actor
    from opscharter.kernel.calendars.models import BusinessCalendar
    from opscharter.kernel.records import bulk
    from opscharter.service.reports.models import ReportDefinition, ServiceReport

    actor, mark = system_actor(), str(time.time_ns())[-9:]
    begin = timezone.make_aware(dt.datetime(2025, 9, 1))
    calendar = BusinessCalendar.objects.current().order_by("pk").first()
    services = list(Service.objects.current().order_by("pk")[:3])
    customer = Customer(name=f"華東證券股份有限公司 {language} {mark}").save_as(actor)
    contract = Contract(
        customer=customer, name="O&M", calendar=calendar, starts_on=begin.date(), ends_on=dt.date(2026, 12, 31)
    ).save_as(actor, links={"services": services})
    contract.move("activate", actor)
    agreement = ReportDefinition(contract=contract, starts_on=begin.date(), language=language).save_as(actor)
    bulk.create_many([_incident(number, begin, faults, customer, services) for number in range(TICKETS)], actor)
    with moment.at(timezone.make_aware(dt.datetime(2025, 10, 9, 9))):
        return ServiceReport(definition=agreement, period=PERIOD, summary=faults[0][1]).save_as(actor)


def _incident(number: int, begin: dt.datetime, faults: list[tuple[str, str]], customer: Any, services: Any) -> Any:
    from opscharter.service.tickets.models import Incident

    opened = begin + dt.timedelta(minutes=number * 43)
    solved = opened + dt.timedelta(hours=3 + number % 70)
    title, cause = faults[number % len(faults)]
    return Incident(
        title=title, cause=cause, customer=customer, service=services[number % 3], fix="—", urgency=2,
        impact=1 if number % 90 == 0 else 2, priority=1 + number % 4, state="CLOSED", opened_at=opened,
        resolved_at=solved, closed_at=solved, resolution_met=number % 17 > 0, created_at=opened, updated_at=solved,
    )  # fmt: skip
