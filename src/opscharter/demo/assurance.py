"""The assurance of chapter 1 as lived for a year: obligations reviewed, improvements carried out."""

from __future__ import annotations

import datetime as dt

from django.core.files.uploadedfile import SimpleUploadedFile

from opscharter.charter.assurance.owners import holder_of
from opscharter.charter.attestations.models import Attestation, AttestationPlan
from opscharter.charter.attestations.services import ask_due
from opscharter.charter.improvements.models import Improvement
from opscharter.charter.improvements.services import open_improvement
from opscharter.charter.obligations.install import default_obligations
from opscharter.charter.obligations.models import Obligation
from opscharter.charter.waivers.models import Waiver
from opscharter.charter.waivers.services import expire_due
from opscharter.demo.life import World
from opscharter.kernel import moment
from opscharter.kernel.access.actor import Actor, actor_for, system_actor
from opscharter.kernel.files.attachments import attach
from opscharter.kernel.users.models import User
from opscharter.service.tickets.models import Incident

Days = dt.timedelta
IMPROVEMENTS = [
    (
        310,
        "report",
        "月報前先核對時限口徑",
        "月報中的時限與系統台賬不一致，客戶兩次質疑。",
        "客戶對月報數字的質疑降為零。",
        "3.5.1",
        4,
        "service-manager",
    ),
    (
        262,
        "incident",
        "備份失敗告警接入值班電話",
        "備份失敗到次日才有人發現。",
        "備份失敗十五分鐘內有人處理。",
        "7.3.1, 3.3.1",
        4,
        "engineer",
    ),
    (
        205,
        "audit",
        "工單關閉前必填原因與修復",
        "內審抽查發現原因欄空缺。",
        "原因完整率不低於 98%。",
        "3.3.2",
        4,
        "quality-supervisor",
    ),
    (
        150,
        "drill",
        "切換演練加入客戶聯絡人",
        "演練時找不到客戶方授權人。",
        "演練中十分鐘內取得授權。",
        "7.6.2",
        3,
        "security-officer",
    ),
    (
        118,
        "forum",
        "夜班交接改用同一張清單",
        "員工座談反映夜班交接遺漏。",
        "交接遺漏每月不多於一次。",
        "1.3.3",
        3,
        "department-manager",
    ),
    (
        74,
        "complaint",
        "重大事件首次告知模板",
        "客戶反映首次告知內容不全。",
        "首次告知一次說清影響、措施、下次更新時間。",
        "3.3.2, 1.3.2",
        2,
        "hotline",
    ),
    (
        96,
        "problem",
        "數據庫連接池參數統一",
        "同類事件三個月內出現四次。",
        "同類事件一個季度內不再出現。",
        "3.5.2",
        2,
        "engineer",
    ),
    (
        20,
        "check",
        "派單規則加入班表",
        "非當班工程師被派單，派單超時。",
        "派單及時率回到 95% 以上。",
        "3.1.2",
        1,
        "service-manager",
    ),
    (6, "idea", "常見申請做成自助表單", "重複的帳號申請佔服務請求三成。", "人工處理量減少兩成。", "3.2.2", 0, ""),
]
"""Days ago, source, title, what, expected effect, clauses, steps taken, role of the owner. The seventh is late."""


def live_assurance(world: World, actor: Actor) -> None:
    """Let the registers be kept as such a company keeps them: mostly in time."""
    _review_obligations(world)
    _attest(world)
    _except(world)
    sources = {"incident": Incident.objects.order_by("priority", "pk").first()}
    for row in IMPROVEMENTS:
        _improve(world, sources.get(row[1]), *row)


ATTESTED = [
    # clause, role, every so many months, statement
    ("4.5.1", "hr", 6, "團隊文化活動按年度計劃開展，員工知曉公司的核心價值。"),
    ("4.2.2", "hr", 12, "外部培訓與會議的名額已公布，申請均有答覆。"),
    ("9.1.1", "risk-officer", 6, "風險管理組織已任命，職責書經本人簽署。"),
]


def _attest(world: World) -> None:
    """Let people confirm what nothing can measure, half a year at a time, with a file; the last is still due."""
    quality = _person("quality-supervisor")[1]
    for number, (clause, role, months, statement) in enumerate(ATTESTED):
        user, owner = _person(role)
        with moment.at(world.until - Days(days=360)):
            first = moment.today() + Days(days=150 + 15 * number)
            AttestationPlan(
                clause=clause, statement=statement, owner=user, every_months=months, next_due_on=first
            ).save_as(quality)
        with moment.at(world.until - Days(days=190 - 15 * number)):
            ask_due(system_actor())
            for asked in Attestation.objects.filter(owner=user, state=Attestation.State.DUE):
                proof = SimpleUploadedFile(f"{asked.number}.txt", f"{statement}\n附：簽到表、照片與公告。".encode())
                attach(asked, owner, proof)
                asked.move("confirm", owner, remark="已核對原始記錄。")
    with moment.at(world.until - Days(days=2)):
        ask_due(system_actor())


def _except(world: World) -> None:
    """Let three exceptions be asked for: one over, one in force, one still to be decided."""
    service, quality = _person("service-manager")[1], _person("quality-supervisor")[1]
    incident = Incident.objects.exclude(state="CLOSED").order_by("-priority", "pk").first()
    for ago, days, subject, reason, instead in (
        (140, 20, "停電期間測試不全", "客戶機房停電檢修，無法完成全部測試步驟。", "恢復供電後補測並回填結果。"),
        (
            9,
            25,
            "備件未到，暫不全測",
            "備件未到，先以臨時方案恢復，測試待備件到後完成。",
            "每日巡檢一次並告知客戶。",
        ),
        (1, 14, "測試環境不可用", "驗收測試環境由客戶提供，本週內不可用。", "以生產監控觀察三日代替。"),
    ):
        with moment.at(world.until - Days(days=ago)):
            named = {"record_type": "service.incident", "record_id": incident.pk} if incident and ago == 9 else {}
            asked = Waiver(
                control="incident.fully-tested", subject=subject, reason=reason, compensation=instead,
                expires_at=moment.now() + Days(days=days), **named,
            ).save_as(service)  # fmt: skip
        if ago > 1:
            with moment.at(world.until - Days(days=ago) + dt.timedelta(hours=3)):
                asked.move("approve", quality)
    with moment.at(world.until):
        expire_due(system_actor())


def _person(role: str) -> tuple[User, Actor]:
    user = holder_of(role)
    assert user is not None, role
    return user, actor_for(user)


def _review_obligations(world: World) -> None:
    roles = {row["code"]: row["owner"] for row in default_obligations()}
    for number, obligation in enumerate(Obligation.objects.order_by("pk")):
        with moment.at(world.until - Days(days=300 - number * 9)):
            user, owner = _person(roles[obligation.code])
            obligation.owner = user
            obligation.save_as(actor_for(holder_of("quality-supervisor")))
        with moment.at(world.until - Days(days=290 - number * 9)):
            obligation.move("review", owner, review_note="已對照最新文本，條款與控制仍然適用，無需調整。")


def _improve(
    world: World, record: object, ago: int, source: str, title: str, what: str, effect: str, clauses: str, steps: int,
    role: str,
) -> None:  # fmt: skip
    begun = world.until - Days(days=ago)
    _user, quality = _person("quality-supervisor")
    with moment.at(begun):
        found = open_improvement(
            quality, title=title, description=what, source=source, record=record, clauses=clauses.split(", ")
        )
    if steps:
        _carry_out(found, quality, begun, steps, effect, *_person(role))


def _carry_out(
    found: Improvement, quality: Actor, begun: dt.datetime, steps: int, effect: str, user: User, owner: Actor
) -> None:
    with moment.at(begun + Days(days=3)):
        due = moment.today() + Days(days=60)
        found.move("accept", quality, owner=user, due_on=due, expected_effect=effect)
    if steps > 1:
        with moment.at(begun + Days(days=9)):
            found.move("start", owner)
    if steps > 2:
        with moment.at(begun + Days(days=50)):
            until = moment.today() + Days(days=90)
            found.move("implement", owner, done="已按計劃完成，並寫入作業指導書。", effect_due_on=until)
    if steps > 3:
        with moment.at(begun + Days(days=85)):
            found.move("verify", quality, measured_effect=f"複測三十天：{effect}已達到。")
