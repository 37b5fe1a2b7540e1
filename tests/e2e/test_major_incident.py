"""A major incident from the declaration to the problem, and two people in one ticket, in a real browser."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.e2e.conftest import PHONE, SignIn
from tests.e2e.test_journeys import finish, press, receive, take

REPLY = "已與廠商確認備件到貨時間並安排今晚更換。" * 30


def number_of(page: Page) -> str:
    """Return the number of the record shown."""
    return page.locator(".record-line .num").first.inner_text()


def test_a_major_incident_is_run_from_one_page_on_a_phone(sign_in: SignIn) -> None:
    page = sign_in("service", viewport=PHONE)
    parts = []
    for title in ("No network on floor 3", "No network on floor 5"):
        receive(page, title, urgency="2")
        parts.append(number_of(page))
    incident = receive(page, "Core switch is dark")
    take(page, "declare")
    page.fill("dialog [name=reason]", "Nobody can work.")
    finish(page)
    page.locator("a", has_text="Open the war room").click()
    expect(page.locator("#tasks")).to_contain_text("§3.3.1")
    assert page.locator("#tasks .test").count() >= 3, "the plan's tasks are there, with owners"

    page.fill("#parts [name=numbers]", " ".join(parts))
    page.locator("#parts button", has_text="Join").click()
    expect(page.locator(".toasts")).to_contain_text("2 tickets joined.")
    page.fill("#tell-text", "{customer}: {number} is being worked on.")
    page.locator("#words-to-customers button.btn-primary").click()
    expect(page.locator(".toasts")).to_contain_text("Written on 3 tickets.")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390, "nothing is wider than the phone"
    room = page.url.partition("#")[0]

    page.goto(incident)
    take(page, "assess")
    expect(page.locator("dialog .matrix .m11")).to_have_text("P1")
    for name, text in (("category", "network"), ("severity", "critical"), ("scope_note", "the whole house")):
        page.fill(f"dialog [name={name}]", text)
    finish(page)
    page.goto(f"{incident}edit/")
    page.fill("[name=plan]", "Replace the supervisor card.")
    page.locator("form[data-draft] button.btn-primary").click()
    page.wait_for_url(re.compile(r"/incidents/\d+/$"))
    while (open_test := page.locator(".test:has(.dot.n) button", has_text="passed")).count():
        press(open_test.first)
    take(page, "resolve")
    page.fill("dialog [name=cause]", "Supervisor card failed.")
    page.fill("dialog [name=fix]", "Replaced it.")
    finish(page)

    page.goto(room)
    page.fill("#close-text", "{customer}: {number} is well again.")
    page.locator("#close button.btn-primary").click()
    expect(page.locator(".toasts")).to_contain_text("Resolved with it: 2 tickets.")
    while (task := page.locator("#tasks button", has_text="Done")).count():
        press(task.first)
    take(page, "review")
    page.fill("dialog [name=lessons]", "Keep a spare card.")
    finish(page)
    expect(page.locator(".record-line")).to_contain_text("reviewed")
    page.locator("form:has([name=major]) button").click()
    page.wait_for_url(re.compile(r"/problems/\d+/$"))
    expect(page.locator("main")).to_contain_text(parts[0])
    expect(page.locator("main")).to_contain_text(parts[1])


def test_two_people_in_one_ticket_lose_nothing(sign_in: SignIn) -> None:
    first, second = sign_in("service"), sign_in("hotline")
    ticket = receive(first, "Printer is jammed", urgency="2")
    for page in (first, second):
        page.goto(f"{ticket}edit/")
    first.fill("[name=plan]", "A's plan.")
    first.locator("form[data-draft] button.btn-primary").click()
    first.wait_for_url(ticket)
    second.fill("[name=plan]", REPLY)
    second.locator("form[data-draft] button.btn-primary").click()
    expect(second.locator(".diff")).to_contain_text("A's plan.")
    assert second.input_value("[name=plan]") == REPLY
    second.locator("form[data-draft] button.btn-primary").click()
    second.wait_for_url(ticket)
    expect(second.locator("main")).to_contain_text(REPLY[:40])

    first.goto(f"{ticket}edit/")
    second.goto(f"{ticket}edit/")
    first.fill("[name=severity]", "major")
    first.locator("form[data-draft] button.btn-primary").click()
    first.wait_for_url(ticket)
    second.fill("[name=category]", "paper")
    second.locator("form[data-draft] button.btn-primary").click()
    second.wait_for_url(ticket)
    expect(second.locator("dl.facts").first).to_contain_text("major")
    expect(second.locator("main")).to_contain_text("paper")
