"""A service report from the draft to the customer's signature and the correction, in a real browser."""

from __future__ import annotations

import datetime as dt
import re

from playwright.sync_api import Page, expect

from tests.e2e.conftest import PHONE, SignIn
from tests.e2e.test_journeys import choose, finish, press, take

SAVE = "form[data-draft] button.btn-primary"


def quarter_of(day: dt.date) -> str:
    """Return the name of the quarter a day lies in."""
    return f"{day.year}-Q{(day.month - 1) // 3 + 1}"


def worked_quarter(page: Page, customer: str) -> str:
    """Return the last quarter gone by in which the customer reported an incident (the demo's year differs by the day)."""
    found = page.request.get("/api/v1/service/incidents/", params={"page_size": 200}).json()["results"]
    days = [dt.date.fromisoformat(each["opened_at"][:10]) for each in found if each["customer_label"] == customer]
    return max(quarter for quarter in map(quarter_of, days) if quarter < quarter_of(dt.date.today()))


def told(page: Page, label: str) -> int:
    """Return the number over a figure of the flow from backlog to backlog."""
    number = page.locator(".flow-part", has_text=label).locator("b").inner_text()
    return int("".join(sign for sign in number if sign.isdecimal()))


def approve(page: Page, url: str) -> None:
    """Vote for what is shown."""
    page.goto(url)
    page.locator("#approvals button[value=approve]").click()
    expect(page.locator("#approvals")).to_contain_text("1 / 1")


def step(page: Page, url: str, move: str) -> None:
    """Take a step that asks for nothing."""
    page.goto(url)
    take(page, move)
    finish(page)


def test_a_report_is_written_reviewed_approved_delivered_signed_and_corrected(sign_in: SignIn) -> None:
    manager = sign_in("service")
    manager.goto("/service/report-agreements/new/")
    choose(manager, "contract", "華東證券")
    manager.select_option("[name=frequency]", "quarter")
    manager.fill("[name=starts_on]", f"{dt.date.today() - dt.timedelta(days=300):%Y-%m-%d}")
    manager.select_option("select[name=language]", "en")
    choose(manager, "recipients", "何嘉欣")
    manager.keyboard.press("Tab")
    manager.locator(SAVE).click()
    manager.wait_for_url(re.compile(r"/report-agreements/\d+/$"))

    author = sign_in("project")
    author.goto("/service/reports/new/")
    box = author.locator("select[name=definition] + .ts-wrapper")
    box.click()
    box.locator("input").fill("華東證券")
    box.locator(".ts-dropdown .option", has_text=re.compile("華東證券.*every quarter")).click()
    author.fill("[name=period]", worked_quarter(author, "華東證券"))
    author.locator(SAVE).click()
    author.wait_for_url(re.compile(r"/service/reports/\d+/$"))
    url = author.url
    opened = told(author, "Newly opened")
    assert told(author, "Open at the beginning") + opened > 0
    author.locator(".flow-part", has_text="Newly opened").click()
    expect(author.locator("h1 .num")).to_have_text(str(opened))
    first = author.locator("table.rows tbody tr").first
    first.locator("a").first.click()
    author.wait_for_url(re.compile(r"/service/(requests|incidents)/\d+/$"))
    ticket = author.url

    author.goto(url)
    author.locator("#suggestions summary").click()
    author.fill("#suggestion-title", "Restore a backup every quarter")
    author.fill("#suggestion-text", "Two backups failed; nobody has restored one since.")
    press(author.locator("#suggestions button[type=submit]"))
    expect(author.locator("table.rows a", has_text="Restore a backup every quarter")).to_be_visible()
    expect(author.locator("main a[href$='/moves/review/']")).to_have_count(0)
    author.goto(f"{url}edit/")
    author.fill("[name=summary]", "A quarter without surprises.")
    for name in ("state", "tickets", "changes", "risks", "suggestions"):
        author.fill(f"[name=note_{name}]", "As the figures say.")
    author.locator(SAVE).click()
    author.wait_for_url(url)

    reviewer = sign_in("quality")
    step(reviewer, url, "review")
    approve(manager, url)
    step(author, url, "deliver")
    expect(author.locator("main")).to_contain_text("hash agrees")

    customer = sign_in("customer", viewport=PHONE)
    customer.goto(url)
    expect(customer.locator("main")).to_contain_text("A quarter without surprises.")
    assert customer.evaluate("document.documentElement.scrollWidth") <= 390, "nothing sticks out on a phone"
    answer = customer.request.get(f"{url}document/")
    assert answer.body()[:5] == b"%PDF-"
    take(customer, "sign")
    finish(customer)
    expect(customer.locator(".record-line")).to_contain_text("signed")

    manager.goto(ticket)
    take_away(manager)
    author.goto(url)
    take(author, "correct")
    author.fill("dialog [name=reason]", "One ticket had been entered twice.")
    finish(author)
    press(author.locator("a", has_text="version 2"))
    corrected = author.url
    expect(author.locator("main")).to_contain_text("What this version corrects")
    line = author.locator("table.rows tr", has=author.get_by_role("cell", name="Newly opened", exact=True))
    expect(line.locator("del")).to_have_text(str(opened))
    expect(line.locator("ins")).to_have_text(str(opened - 1))
    step(reviewer, corrected, "review")
    approve(manager, corrected)
    step(author, corrected, "deliver")
    customer.goto(corrected)
    expect(customer.locator("main")).to_contain_text("One ticket had been entered twice.")
    customer.goto(url)
    expect(customer.locator(".record-line")).to_contain_text("replaced by a correction")


def take_away(page: Page) -> None:
    """Take a record off the books."""
    page.locator("main .record-line details.drop summary").click()
    page.fill("#archive-reason", "Entered twice.")
    press(page.locator("main form[action$='/archive/'] button[type=submit]"))
