"""A year of service reports: most are history, the latest are lived step by step, one is late and one corrected."""

from __future__ import annotations

import datetime as dt
from typing import Any

from opscharter.charter.improvements.models import Improvement
from opscharter.customers.access import actor_of_contact
from opscharter.customers.models import Contract
from opscharter.demo.life import World
from opscharter.kernel import moment
from opscharter.kernel.access.actor import Actor
from opscharter.kernel.approvals.requests import latest, vote
from opscharter.kernel.indicators.periods import Period
from opscharter.kernel.records import bulk
from opscharter.organization.models import Employee
from opscharter.service.maintenance.models import MaintenancePlan
from opscharter.service.reports import effects
from opscharter.service.reports.delivery import recipient
from opscharter.service.reports.figures import gather, shares_of
from opscharter.service.reports.lifecycle import ReportState
from opscharter.service.reports.models import ReportDefinition, ReportMail, ServiceReport, default_sections
from opscharter.service.reports.sections import SectionKind
from opscharter.service.reports.services import suggest
from opscharter.service.tickets.models import ServiceRequest

LIVED = (0, 4, 8, 12)
"""The agreements, all of the same project manager, whose last two reports are lived step by step."""
SUGGESTING = (0, 12)
LATE_ONE = 9
"""The agreement of which one report came late."""
WORDS = {
    "zh-hant": {
        "summary": "本期各項服務運行平穩，事件均按時限處理，未發生影響貴司核心業務的中斷。",
        "note_state": "可用率按合同約定計算，計劃內變更窗口不計入中斷。",
        "note_tickets": "本期無未解決的緊急事件；遺留工單已安排跟進。",
        "note_maintenance": "定期維護按計劃進行；異常項已處理並複測。",
        "note_changes": "變更均經審批並在約定窗口內實施。",
        "note_risks": "暫無需貴司配合處理的風險。",
        "note_suggestions": "本期無新增建議。",
    },
    "zh-hans": {
        "summary": "本期各项服务运行平稳，事件均按时限处理，未发生影响贵司核心业务的中断。",
        "note_state": "可用率按合同约定计算，计划内变更窗口不计入中断。",
        "note_tickets": "本期无未解决的紧急事件；遗留工单已安排跟进。",
        "note_maintenance": "定期维护按计划进行；异常项已处理并复测。",
        "note_changes": "变更均经审批并在约定窗口内实施。",
        "note_risks": "暂无需贵司配合处理的风险。",
        "note_suggestions": "本期无新增建议。",
    },
    "en": {
        "summary": "Services ran steadily, incidents were handled within their limits; no core business stopped.",
        "note_state": "Availability is reckoned as agreed; the windows of planned changes are no outage.",
        "note_tickets": "No urgent incident is open; what is left over has been scheduled.",
        "note_maintenance": "Maintenance went by the plan; what was found has been put right and measured again.",
        "note_changes": "All changes were approved and carried out within the agreed windows.",
        "note_risks": "There is no risk that needs your help.",
        "note_suggestions": "No new suggestions in this period.",
    },
}
SUGGESTION = ("備份恢復演練改為每季度一次", "近半年備份失敗兩次，恢復時間未驗證；建議每季度抽樣恢復並出具記錄。")


def live_reports(world: World, actor: Actor) -> None:
    """Agree on reports with every customer, and let a year of them be written, delivered and mostly signed."""
    begin = moment.in_office(world.until).date() - dt.timedelta(days=365)
    history: list[ServiceReport] = []
    agreements = _agree(world, actor, begin)
    for number, agreement in enumerate(agreements):
        history += _history(world, agreement, number)
    bulk.create_many(history, actor, note="history")
    last = [_lived(world, agreements[number], number) for number in LIVED]
    _correct(world, last[::-1])


def _agree(world: World, actor: Actor, begin: dt.date) -> list[ReportDefinition]:
    """Gold and silver customers get a report every month, the rest every quarter."""
    made = []
    kept_up = set(MaintenancePlan.objects.values_list("customer_id", flat=True))
    with moment.at(world.until - dt.timedelta(days=360)):
        for number, customer in enumerate(world.company.customers):
            contract = Contract.objects.select_related("project_manager", "calendar").get(customer=customer)
            author = contract.project_manager if number % 4 == 0 else _person("support")
            agreement = ReportDefinition(
                contract=contract, author=author, due_days=5,
                frequency="quarter" if customer.tier == "bronze" else "month",
                language="en" if number == 12 else "zh-hans" if number in (3, 18) else "zh-hant",
                starts_on=(begin + dt.timedelta(days=31)).replace(day=1),
                sections=SectionKind.values if customer.pk in kept_up else default_sections(),
            )  # fmt: skip
            made.append(agreement.save_as(actor, links={"recipients": world.company.contacts[customer.pk]}))
    return made


def _periods(world: World, agreement: ReportDefinition) -> list[Period]:
    """Return the periods of an agreement whose reports are due by now."""
    today = moment.in_office(world.until).date()
    period, found = agreement.period_of(agreement.starts_on), []
    if period.first < agreement.starts_on:
        period = period.shift(agreement.months)
    while period.shift(period.months).first <= today and agreement.due_on(period) <= today:
        found.append(period)
        period = period.shift(period.months)
    return found


def _moment(day: dt.date, hour: int) -> dt.datetime:
    return moment.last_of(day) - dt.timedelta(hours=24 - hour)


def _new(agreement: ReportDefinition, period: Period) -> ServiceReport:
    contract = agreement.contract
    return ServiceReport(
        definition=agreement, period=str(period), contract=contract, customer=contract.customer,
        language=agreement.language, due_on=agreement.due_on(period), author=agreement.author,
        **WORDS[agreement.language],
    )  # fmt: skip


def _history(world: World, agreement: ReportDefinition, number: int) -> list[ServiceReport]:
    """Return the reports that are long done, as they were signed."""
    periods = _periods(world, agreement)
    if number in LIVED:
        periods = periods[:-2]
    made: list[ServiceReport] = []
    shares = shares_of(agreement.contract, set(agreement.sections), periods)
    for index, period in enumerate(periods):
        report = _new(agreement, period)
        late = number == LATE_ONE and index == len(periods) - 2
        day = report.due_on + dt.timedelta(days=3 if late else -world.dice.randrange(0, 2))
        delivered = _moment(day, world.dice.randrange(10, 17))
        with moment.at(delivered):
            report.content = gather(report, made[-1] if made else None, shares[period])
            report.gathered_at = report.reviewed_at = report.approved_at = delivered - dt.timedelta(hours=20)
            effects.freeze(report, Actor(), {})
        report.created_at = report.updated_at = delivered
        report.state = ReportState.DELIVERED
        if index < len(periods) - 1 or number % 5:
            _signed(world, report, delivered)
        made.append(report)
    return made


def _signed(world: World, report: ServiceReport, delivered: dt.datetime) -> None:
    contact = world.company.contacts[report.customer_id][0]
    report.signed_at = min(world.until, delivered + dt.timedelta(hours=world.dice.randrange(4, 90)))
    report.signed_by, report.signed_name, report.signed_by_link = contact, contact.name, True
    report.state = ReportState.SIGNED


def _lived(world: World, agreement: ReportDefinition, number: int) -> ServiceReport | None:
    """Let the last two reports of an agreement be written, reviewed, approved, delivered, and the first signed."""
    report = None
    for index, period in enumerate(_periods(world, agreement)[-2:]):
        report = _write(world, agreement, period, with_suggestion=index == 0 and number in SUGGESTING)
        _bring(world, report)
        if index == 0 and number in SUGGESTING:
            _sign(world, report)
            _decide(world, report)
    return report


def _person(username: str) -> Employee:
    return Employee.objects.get(user__username=username)


def _write(world: World, agreement: ReportDefinition, period: Period, *, with_suggestion: bool) -> ServiceReport:
    author = world.actor(agreement.author or _person("project"))
    with moment.at(period.end + dt.timedelta(hours=10)):
        report = ServiceReport(definition=agreement, period=str(period), **WORDS[agreement.language]).save_as(author)
        if with_suggestion:
            suggest(report, author, title=SUGGESTION[0], text=SUGGESTION[1])
            report.refresh_from_db()
    return report


def _bring(world: World, report: ServiceReport, days: int = -1) -> None:
    """Review, approve and deliver a draft, a day or so before it is due."""
    author = world.actor(report.author or _person("project"))
    at = min(_moment(report.due_on + dt.timedelta(days=days), 15), world.until - dt.timedelta(minutes=30))
    with moment.at(at):
        report.move("review", world.actor(_person("quality")))
        request = latest(report, "approve")
        assert request is not None
        vote(request, report, world.actor(_person("service")), "approve", "數字與台賬一致。")
        report.refresh_from_db()
        report.move("deliver", author)
        ReportMail.objects.filter(report=report).update(sent_at=moment.now())


def _sign(world: World, report: ServiceReport) -> None:
    contact = world.company.contacts[report.customer_id][0]
    with moment.at(_moment(report.due_on + dt.timedelta(days=1), 11)):
        actor = actor_of_contact(contact.user) if contact.user else recipient(contact, contact.name, "")
        assert actor is not None
        report.move("sign", actor)


def _decide(world: World, report: ServiceReport) -> None:
    """Let the suggestion be accepted and carried out before the next report is written."""
    quality, service = world.actor(_person("quality")), _person("service")
    for made in Improvement.objects.filter(source_type="service.servicereport", source_id=report.pk):
        with moment.at(_moment(report.due_on + dt.timedelta(days=2), 10)):
            due = moment.today() + dt.timedelta(days=75)
            made.move("accept", quality, owner=service.user, due_on=due, expected_effect="恢復時間有記錄可查。")
            made.move("start", world.actor(service))


def _correct(world: World, lived: list[ServiceReport | None]) -> None:
    """One report counted a ticket twice: the ticket is taken off the books and version 2 tells the difference."""
    for report in lived:
        if report is None:
            continue
        rows: Any = ServiceRequest.objects.current().filter(customer_id=report.customer_id, state="CLOSED")
        twice = rows.filter(opened_at__gte=report.span.start, opened_at__lt=report.span.end).order_by("pk").first()
        if twice is None and report is not lived[-1]:
            continue
        author = world.actor(report.author or _person("project"))
        with moment.at(min(_moment(report.due_on + dt.timedelta(days=1), 14), world.until - dt.timedelta(minutes=20))):
            if twice is not None:
                twice.archive_as(world.actor(_person("service")), reason="重複登記。")
            report.refresh_from_db()
            report.move("correct", author, reason="一張工單重複登記，已更正本期數字。")
            _bring(world, report.corrections.get(), days=2)
        return
