"""Two monitoring systems of the demo company, six weeks of what they reported, and one storm that was none."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

from opscharter.assets.models import Asset
from opscharter.demo.life import World
from opscharter.kernel import moment
from opscharter.kernel.access.actor import Actor
from opscharter.service.alerts.incidents import settle_quiet
from opscharter.service.alerts.intake import accept, issue_token
from opscharter.service.alerts.models import AlertRule, AlertSource, MajorCandidate
from opscharter.service.alerts.processing import process_batch
from opscharter.service.oncall.models import Callout
from opscharter.service.tickets.models import Incident, TestStep
from opscharter.service.tickets.services import close_unanswered

DAYS = 42
EPISODES = 10
SEEN = {
    "VM": ("HostHighCpu", "CPU 使用率持續高於 90%"), "DB": ("DiskAlmostFull", "數據磁碟剩餘不足 10%"),
    "NET": ("LinkLatencyHigh", "專線時延高於 200 毫秒"), "WEB": ("HttpErrorRate", "5xx 比例高於 2%"),
    "PAY": ("QueueBacklog", "待處理交易積壓"), "BAK": ("BackupTooOld", "最近一次備份超過 26 小時"),
}  # fmt: skip
MINUTE = dt.timedelta(minutes=1)


class Monitor:
    """A monitoring system that delivers with its token; the worker works at once."""

    def __init__(self, source: AlertSource, actor: Actor) -> None:
        self.source = source
        self.token = issue_token(source, actor)

    def tell(self, at: dt.datetime, body: Any) -> None:
        """Deliver at a moment and let it be processed."""
        with moment.at(at):
            content = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
            accept(self.source.code, self.token, content, address="10.8.0.21", agent=AGENTS[self.source.kind])
            process_batch(self.source.pk)


AGENTS = {"alertmanager": "Alertmanager/0.25.0", "zabbix": "Zabbix 7.0"}


def live_alerts(world: World, actor: Actor) -> None:
    """Connect two systems, let them report for six weeks, and let people and quiet settle what comes of it."""
    with moment.at(world.until - dt.timedelta(days=DAYS + 1)):
        prometheus, zabbix = _connect(world, actor)
    assets = [(code, asset) for (_pk, code), found in world.company.assets.items() if code in SEEN for asset in found]
    storm_at = world.until - dt.timedelta(days=9, hours=5)
    stormed = False
    for number in range(EPISODES):
        at = world.until - dt.timedelta(days=DAYS * (EPISODES - number) / EPISODES, minutes=world.dice.uniform(0, 600))
        if at > storm_at and not stormed:
            _storm(world, prometheus, storm_at, assets)
            stormed = True
        code, asset = world.dice.choice(assets)
        with moment.at(at):
            close_unanswered()
        _episode(world, zabbix if number % 4 == 3 else prometheus, at, code, asset, flaps=1 + 3 * (number % 5 == 2))
    _now(world, prometheus, zabbix, assets)


def _connect(world: World, actor: Actor) -> tuple[Monitor, Monitor]:
    team = world.company.departments["OPS"]
    prometheus = AlertSource(name="Prometheus（上海機房）", code="prometheus-sh", kind="alertmanager", team=team)
    zabbix = AlertSource(
        name="Zabbix（客戶現場）", code="zabbix", kind="zabbix", team=team, recovery="propose", quiet_minutes=15
    )
    for source in (prometheus, zabbix):
        source.save_as(actor)
    AlertRule(
        source=prometheus, position=1, label="alertname", how="is", value="Watchdog", ignore=True
    ).save_as(actor)  # fmt: skip
    for position, customer in enumerate(world.company.customers[:3], start=2):
        rule = AlertRule(source=prometheus, position=position, label="tenant", value=customer.short_name)
        rule.customer = customer
        rule.save_as(actor)
    return Monitor(prometheus, actor), Monitor(zabbix, actor)


def _body(
    monitor: Monitor, code: str, asset: Asset, began: dt.datetime, ended: dt.datetime | None = None
) -> dict[str, Any]:
    name, words = SEEN[code]
    if monitor.source.kind == "zabbix":
        local = moment.in_office(began)
        end = moment.in_office(ended) if ended else None
        return {
            "event_id": str(int(began.timestamp())), "trigger_id": f"{asset.pk}{len(name)}", "name": words,
            "status": "0" if ended else "1", "severity": "Average", "host": asset.name, "ip": asset.address,
            "event_date": f"{local:%Y.%m.%d}", "event_time": f"{local:%H:%M:%S}",
            "recovery_date": f"{end:%Y.%m.%d}" if end else "", "recovery_time": f"{end:%H:%M:%S}" if end else "",
        }  # fmt: skip
    labels = {
        "alertname": name, "instance": f"{asset.address}:9100", "severity": "warning", "job": code.lower(),
        "tenant": asset.customer.short_name if asset.customer else "",
    }  # fmt: skip
    item = {
        "status": "resolved" if ended else "firing", "labels": labels, "startsAt": began.isoformat(),
        "endsAt": ended.isoformat() if ended else "0001-01-01T00:00:00Z",
        "annotations": {"summary": f"{asset.name}：{words}", "description": f"{words}，已持續 5 分鐘。"},
        "generatorURL": "http://prometheus.huarui.example/graph",
    }  # fmt: skip
    return {"version": "4", "status": item["status"], "alerts": [item], "truncatedAlerts": 0}


def _episode(world: World, monitor: Monitor, at: dt.datetime, code: str, asset: Asset, flaps: int) -> None:
    """Something fires, perhaps several times, and ends; it recovers by itself or somebody repairs it."""
    repaired = world.dice.random() < 0.5 or monitor.source.recovery == "propose"
    for flap in range(flaps):
        began = at + flap * 6 * MINUTE
        monitor.tell(began, _body(monitor, code, asset, began))
        if flap == 0:
            _answer(world, began + MINUTE)
        ended = began + (25 if repaired and flap == flaps - 1 else 4) * MINUTE
        if flap == flaps - 1 and repaired:
            _repair(world, began, code)
        monitor.tell(ended, _body(monitor, code, asset, began, ended))
    with moment.at(ended + 16 * MINUTE):
        settle_quiet()


def _answer(world: World, at: dt.datetime) -> None:
    """Whoever was called says so."""
    callout = Callout.objects.filter(state=Callout.State.CALLING, called_at__range=(at - 5 * MINUTE, at)).last()
    call = callout.calls.select_related("employee").first() if callout else None
    if callout is not None and call is not None:
        with moment.at(at):
            callout.move("answer", world.actor(call.employee))


def _repair(world: World, at: dt.datetime, code: str) -> None:
    """Somebody of the team takes the newest incident on and repairs it."""
    incident = Incident.objects.filter(channel="monitoring", state="NEW", opened_at__lte=at).order_by("-pk").first()
    if incident is None or incident.team is None:
        return
    person = world.dice.choice([p for p in world.company.employees if p.department_id == incident.team_id])
    actor = world.actor(person)
    with moment.at(at + 3 * MINUTE):
        incident.move("assign", actor, team=incident.team, assignee=person)
        incident.move(
            "assess", actor, category=str(incident.service), severity="一般", scope_note="單一主機",
            impact=incident.impact, urgency=incident.urgency,
        )  # fmt: skip
        incident.plan = "按監控處置手冊處理，觀察三十分鐘。"
        incident.save_as(actor)
    with moment.at(at + 21 * MINUTE):
        for step in TestStep.objects.filter(incident=incident):
            step.result = "passed"
            step.save_as(actor)
        incident.move("resolve", actor, cause=SEEN[code][1], fix="清理並擴容，指標恢復正常。")


def _storm(world: World, monitor: Monitor, at: dt.datetime, assets: list[tuple[str, Asset]]) -> None:
    """Three customers at once: perhaps a major incident; the service manager looks and says that it is none."""
    by_customer = {asset.customer_id: (code, asset) for code, asset in assets if code == "NET"}
    hit = list(by_customer.values())[:3]
    if len(hit) < 3:
        hit = list({asset.customer_id: (code, asset) for code, asset in assets}.values())[:3]
    for code, asset in hit:
        monitor.tell(at, _body(monitor, code, asset, at))
        _answer(world, at + MINUTE)
    candidate = MajorCandidate.objects.filter(raised_at=at).first()
    if candidate is not None:
        with moment.at(at + 6 * MINUTE):
            candidate.move("dismiss", world.actor(_manager(world)), reason="運營商割接，三家均在通知的窗口內。")
    for code, asset in hit:
        monitor.tell(at + 9 * MINUTE, _body(monitor, code, asset, at, at + 9 * MINUTE))
    with moment.at(at + 25 * MINUTE):
        settle_quiet()


def _manager(world: World) -> Any:
    return next(person for person in world.company.employees if person.name == "吳俊傑")


def _now(world: World, prometheus: Monitor, zabbix: Monitor, assets: list[tuple[str, Asset]]) -> None:
    """What fires at this hour, and a delivery that nobody could read."""
    at = world.until - dt.timedelta(hours=3)
    watchdog = {"status": "firing", "labels": {"alertname": "Watchdog", "severity": "none"}, "annotations": {},
                "startsAt": at.isoformat(), "endsAt": "0001-01-01T00:00:00Z"}  # fmt: skip
    prometheus.tell(at, {"version": "4", "status": "firing", "alerts": [watchdog], "truncatedAlerts": 0})
    prometheus.tell(world.until - 40 * MINUTE, b'{"receiver": "ops", "alerts": [{"status": "firing", "labels"')
    for monitor, minutes in ((prometheus, 12), (zabbix, 5)):
        code, asset = world.dice.choice(assets)
        at = world.until - minutes * MINUTE
        monitor.tell(at, _body(monitor, code, asset, at))
