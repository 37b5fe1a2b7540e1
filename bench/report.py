"""Time a customer's service report of 1,000 tickets (times the scale): gathering its figures, and its PDF.

Prints milliseconds, pages and kilobytes for each language. `--keep FOLDER` leaves the PDFs there to look at.
"""

import argparse
import datetime as dt
import os
import tempfile
import time
from pathlib import Path

TICKETS = 1_000
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


def main() -> None:
    """Build a customer with a busy month, then measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scale", type=float, default=1)
    parser.add_argument("--keep", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["OPSCHARTER_DATA"] = folder
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "opscharter.config.settings")
        import django

        django.setup()
        run(int(TICKETS * options.scale), options.keep)


def run(tickets: int, keep: Path | None) -> None:
    """Print one line a language."""
    from django.core.management import call_command
    from django.utils import timezone

    from opscharter.customers.models import Contract, Customer, Service
    from opscharter.kernel import moment
    from opscharter.kernel.access.actor import system_actor
    from opscharter.kernel.calendars.models import BusinessCalendar
    from opscharter.kernel.records import bulk
    from opscharter.service.reports.document import pdf_of
    from opscharter.service.reports.figures import gather
    from opscharter.service.reports.models import ReportDefinition, ServiceReport
    from opscharter.service.tickets.models import Incident

    call_command("migrate", verbosity=0)
    actor = system_actor()
    begin = timezone.make_aware(dt.datetime(2025, 9, 1))
    calendar = BusinessCalendar(name="Office", holidays="cn").save_as(actor)
    services = [
        Service(code=f"S{n}", name=name).save_as(actor) for n, name in enumerate(("支付網關", "核心數據庫", "VPN"))
    ]
    for language, faults in FAULTS.items():
        customer = Customer(name=f"華東證券股份有限公司 {language}").save_as(actor)
        contract = Contract(
            customer=customer, name="O&M", calendar=calendar, starts_on=begin.date(), ends_on=dt.date(2026, 12, 31)
        ).save_as(actor, links={"services": services})
        contract.move("activate", actor)
        agreement = ReportDefinition(contract=contract, starts_on=begin.date(), language=language).save_as(actor)
        rows = []
        for number in range(tickets):
            opened = begin + dt.timedelta(minutes=number * 43 * TICKETS / tickets)
            solved = opened + dt.timedelta(hours=3 + number % 70)
            title, cause = faults[number % len(faults)]
            rows.append(
                Incident(
                    title=title, cause=cause, customer=customer, service=services[number % 3], fix="—",
                    impact=1 if number % 90 == 0 else 2, urgency=2, priority=1 + number % 4, state="CLOSED",
                    opened_at=opened, resolved_at=solved, closed_at=solved, resolution_met=number % 17 > 0,
                    created_at=opened, updated_at=solved,
                )
            )  # fmt: skip
        bulk.create_many(rows, actor)
        with moment.at(timezone.make_aware(dt.datetime(2025, 10, 9, 9))):
            report = ServiceReport(definition=agreement, period="2025-09", summary=faults[0][1]).save_as(actor)
            begun = time.perf_counter()
            gather(report)
            gathered = time.perf_counter() - begun
        pdf_of(report)
        begun = time.perf_counter()
        pdf = pdf_of(report)
        drawn = time.perf_counter() - begun
        pages = pdf.count(b"/Type /Page\n") or pdf.count(b"/Type/Page")
        shown = f"{len(report.content['tickets'])} tickets"
        print(f"{language:8} {shown}: figures {gathered * 1000:6.0f} ms, PDF {drawn * 1000:6.0f} ms, "
              f"{pages} pages, {len(pdf) // 1024} KB")  # fmt: skip
        if keep is not None:
            keep.mkdir(parents=True, exist_ok=True)
            (keep / f"{language}.pdf").write_bytes(pdf)


if __name__ == "__main__":
    main()
