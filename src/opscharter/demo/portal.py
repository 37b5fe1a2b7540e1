"""The demo company's catalogue as customers see it: categories, forms in three languages, requests by them."""

from __future__ import annotations

import datetime as dt
from typing import Any

from opscharter.customers.access import actor_of_contact
from opscharter.customers.models import Contact
from opscharter.demo.life import World
from opscharter.kernel import moment
from opscharter.kernel.access.actor import Actor
from opscharter.kernel.users.models import User
from opscharter.organization.models import Employee
from opscharter.service.portal.models import CatalogueField
from opscharter.service.tickets.models import ServiceRequest

CATEGORIES = {
    "賬號與桌面": ("DESK", "MAIL", "ERP"), "網絡與安全": ("NET", "FW"), "服務器與數據": ("VM", "DB", "BAK"),
    "業務系統": ("PAY", "WEB"),
}  # fmt: skip
ABOUT = {
    "DESK": "新員工入職、電腦與打印機、密碼重設。", "MAIL": "郵箱開通、容量與群組。", "ERP": "帳號、角色與報表權限。",
    "NET": "VPN、無線與端口。", "FW": "策略開通與封禁。", "VM": "新增、擴容與回收虛擬機。", "DB": "帳號、備份與參數。",
    "BAK": "備份查詢與恢復演練。", "PAY": "接口、對賬與費率。", "WEB": "公告、頁面與證書。",
}  # fmt: skip
SYSTEMS = ["Debian 12", "Windows Server 2022", "Other | 其他 | 其他"]
RIGHTS = ["Mailbox | 郵箱 | 邮箱", "ERP", "VPN"]


def _asks(code: str, english: str, hant: str, hans: str, **more: Any) -> dict[str, Any]:
    return {"code": code, "label": english, "label_zh_hant": hant, "label_zh_hans": hans, **more}


FORMS: dict[str, list[dict[str, Any]]] = {
    "VM": [
        _asks("count", "How many", "台數", "台数", kind="number", required=True, least=1, most=20),
        _asks("system", "Operating system", "操作系統", "操作系统", kind="choice", required=True, options=SYSTEMS),
        _asks("which", "Which one", "哪一種系統", "哪一种系统", required=True, asked_when="system=Other"),
        _asks("like", "Like this host", "參照主機", "参照主机", kind="asset", asset_kind="server"),
        _asks("needed_by", "Needed by", "需要日期", "需要日期", kind="date"),
    ],
    "DESK": [
        _asks("name", "Name of the employee", "員工姓名", "员工姓名", required=True),
        _asks("starts_on", "First day", "入職日期", "入职日期", kind="date", required=True),
        _asks("rights", "Access to", "需要的權限", "需要的权限", kind="choices", options=RIGHTS),
        _asks("laptop", "Needs a laptop", "需要筆記本電腦", "需要笔记本电脑", kind="yes-no"),
        _asks("form", "Signed form", "審批單", "审批单", kind="file", help="A scan of your own approval.",
              help_zh_hant="貴司內部審批單的掃描件。", help_zh_hans="贵司内部审批单的扫描件。"),
    ],
}  # fmt: skip


def write_the_catalogue(world: World, begin: dt.datetime, actor: Actor) -> None:
    """Put the items in their categories and write the forms of two of them."""
    with moment.at(begin):
        for category, codes in CATEGORIES.items():
            for code in codes:
                item = world.company.services[code]
                item.category, item.description = category, ABOUT[code]
                item.save_as(actor)
        for code, questions in FORMS.items():
            for place, given in enumerate(questions, start=1):
                CatalogueField(service=world.company.services[code], position=place * 10, **given).save_as(actor)


def ask_in_the_portal(world: World) -> None:
    """The demo's customer asks for two things by their forms; one is done and waits to be confirmed."""
    user = User.objects.filter(username="customer").first()
    contact = Contact.objects.filter(user=user).first() if user else None
    asker = actor_of_contact(user) if user else None
    engineer = Employee.objects.filter(user__username="engineer").first()
    if contact is None or asker is None or engineer is None:
        return
    with moment.at(world.until - dt.timedelta(hours=26)):
        machines = _ask(
            "VM", world, asker, "新增虛擬機兩台", {"count": 2, "system": SYSTEMS[0], "needed_by": "2026-12-01"}
        )
    with moment.at(world.until - dt.timedelta(hours=3)):
        _ask("DESK", world, asker, "新員工入職",
             {"name": "陳思源", "starts_on": "2026-12-07", "rights": ["Mailbox", "ERP"], "laptop": True})  # fmt: skip
    handler, desk = world.actor(engineer), world.hotline()
    steps: list[tuple[int, str, Actor, dict[str, Any]]] = [
        (25, "assign", desk, {"team": engineer.department, "assignee": engineer}),
        (24, "assess", handler,
         {"category": "虛擬化", "severity": "一般", "scope_note": "單個部門", "impact": 3, "urgency": 2}),
    ]  # fmt: skip
    for hours, step, who, inputs in steps:
        with moment.at(world.until - dt.timedelta(hours=hours)):
            machines.move(step, who, **inputs)
    with moment.at(world.until - dt.timedelta(hours=5)):
        machines.comment_as(handler, "兩台虛擬機已建好，地址已發至貴司郵箱。", visibility="customer")
        machines.refresh_from_db()
        machines.move("resolve", handler, cause="客戶申請", fix="已新建兩台虛擬機並交付。")


def _ask(code: str, world: World, asker: Actor, title: str, answers: dict[str, Any]) -> ServiceRequest:
    item = world.company.services[code]
    asked = ServiceRequest(
        title=title, description=f"{title}，請按表單處理。", service=item, impact=3, urgency=2, attributes=answers
    )
    return asked.save_as(asker)
