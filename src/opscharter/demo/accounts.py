"""The people one can sign in as in the demo: one for each role."""

from __future__ import annotations

from dataclasses import dataclass

from opscharter.organization.roles import NAMES

PASSWORD = "opscharter-demo"


@dataclass(frozen=True)
class Account:
    """A demo account: user name, the person's name, department and post, and the role it shows."""

    username: str
    name: str
    department: str
    role: str
    level: str
    title: str


ACCOUNTS = [
    Account("director", "周正陽", "GM", "top-management", "top-management", "總經理"),
    Account("manager", "林曉彤", "SYS", "department-manager", "department-manager", "部門經理"),
    Account("project", "高文博", "PMO", "project-manager", "project-manager", "項目經理"),
    Account("engineer", "李敏", "SYS", "engineer", "engineer", "運維工程師"),
    Account("support", "陳志遠", "SUP", "technical-support", "technical-support", "技術支持"),
    Account("hotline", "王雅婷", "DESK", "hotline", "technical-support", "熱線坐席"),
    Account("service", "吳俊傑", "OPS", "service-manager", "department-manager", "服務經理"),
    Account("change", "徐立群", "OPS", "change-manager", "staff", "變更經理"),
    Account("quality", "謝慧敏", "QA", "quality-supervisor", "staff", "質量監督"),
    Account("security", "唐振東", "SEC", "security-officer", "staff", "安全主管"),
    Account("hr", "馮美玲", "HR", "hr", "staff", "人事專員"),
    Account("finance", "曹麗華", "FIN", "finance", "staff", "財務專員"),
    Account("risk", "蕭明輝", "QA", "risk-officer", "staff", "風險專員"),
    Account("auditor", "潘靜宜", "QA", "auditor", "staff", "內部審計"),
    Account("admin", "方浩然", "SYS", "administrator", "staff", "系統管理員"),
]
CUSTOMER = ("customer", "何嘉欣", "customer-contact")


def listing() -> list[tuple[str, str, str]]:
    """Return (role, user name, password) of every demo account, for the sign-in page and the console."""
    accounts = [(str(NAMES[account.role]), account.username, PASSWORD) for account in ACCOUNTS]
    return [*accounts, (str(NAMES[CUSTOMER[2]]), CUSTOMER[0], PASSWORD)]
