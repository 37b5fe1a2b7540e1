"""A change from the request to the review, turned back half-way, in a real browser; carried out on a phone."""

from __future__ import annotations

import datetime as dt
import re
from zoneinfo import ZoneInfo

from playwright.sync_api import Page, expect

from tests.e2e.conftest import PHONE, SignIn
from tests.e2e.test_journeys import choose, finish, take

OFFICE = ZoneInfo("Asia/Shanghai")
SAVE = "form[data-draft] button.btn-primary"


def add_step(page: Page, phase: str, action: str, go: bool = False) -> None:
    """Add a step to the plan or to the way back, on the change's page."""
    section = page.locator(f".phase.{phase}")
    adding = section.locator("details.add")
    if adding.get_attribute("open") is None:
        adding.locator("summary").click()
    adding.locator("[name=action]").fill(action)
    adding.locator("[name=expected]").fill("it answers")
    adding.locator("[name=minutes]").fill("10")
    if go:
        adding.locator("[name=go_no_go]").check()
    adding.locator("button[type=submit]").click()
    expect(section.locator(".plan-step", has_text=action)).to_be_visible()


def press(page: Page, label: str) -> None:
    """Press a button of the execution screen and wait for the next."""
    with page.expect_navigation():
        page.locator("#now button", has_text=re.compile(f"^{label}")).first.click()


def test_a_change_goes_from_the_request_to_the_review_with_its_roll_back_on_a_phone(sign_in: SignIn) -> None:
    desk = sign_in("engineer")
    desk.goto("/service/changes/new/")
    for name, text in (
        ("title", "Move the mail queue"), ("reason", "The disk is nearly full."), ("content", "Move it to the array."),
        ("scope_note", "Mail waits for ten minutes."),
    ):  # fmt: skip
        desk.fill(f"[name={name}]", text)
    desk.select_option("[name=kind]", "emergency")
    choose(desk, "customer", "華東證券")
    choose(desk, "assets", "華東證券")
    desk.keyboard.press("Tab")
    desk.locator(SAVE).click()
    desk.wait_for_url(re.compile(r"/changes/\d+/$"))
    url = desk.url
    now = dt.datetime.now(OFFICE)
    desk.goto(f"{url}edit/")
    choose(desk, "engineer", "李敏")
    desk.fill("[name=window_start]", f"{now:%Y-%m-%dT%H:%M}")
    desk.fill("[name=window_end]", f"{now + dt.timedelta(hours=2):%Y-%m-%dT%H:%M}")
    desk.fill("[name=rollback_trigger]", "A check fails.")
    desk.locator(SAVE).click()
    desk.wait_for_url(url)
    add_step(desk, "plan", "Stop the queue", go=True)
    add_step(desk, "plan", "Copy the queue")
    add_step(desk, "plan", "Announce it")
    desk.locator(".plan-step", has_text="Announce it").locator("button[value=up]").click()
    expect(desk.locator(".phase.plan .plan-step").nth(1)).to_contain_text("Announce it")
    add_step(desk, "rollback", "Start the queue where it was")
    expect(desk.locator(".timebar figcaption")).to_contain_text("The point of no return is")

    phone = sign_in("engineer", viewport=PHONE)
    phone.goto(f"{url}execution/")
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390, "nothing sticks out on a phone"
    press(phone, "Begin at once")
    expect(phone.locator(".no-return")).to_contain_text("§3.4.2")
    press(phone, "Begin the step")
    press(phone, "Done")
    expect(phone.locator("#now")).to_contain_text("Go or no-go?")
    press(phone, "Go")
    press(phone, "Begin the step")
    phone.fill("[name=deviation]", "The array refuses the copy.")
    press(phone, "Failed")
    phone.locator("details.roll-back summary").click()
    phone.locator("details.roll-back [name=reason]").fill("Step 2 failed.")
    press(phone, "Roll back$")
    expect(phone.locator("#now h2")).to_contain_text("Way back")
    press(phone, "Begin the step")
    press(phone, "Done")
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390, "nothing sticks out on a phone"
    press(phone, "Roll-back finished")
    expect(phone.locator(".record-line")).to_contain_text("rolled back")
    expect(phone.locator("#now")).to_contain_text("review due")

    manager = sign_in("change")
    manager.goto("/my-work/")
    expect(manager.locator("main")).to_contain_text("Move the mail queue")
    manager.goto(url)
    manager.locator("#approvals button[value=approve]").click()
    expect(manager.locator("#approvals")).to_contain_text("1 / 1")
    for step, name, text in (
        ("verify", "verification", "Mail flows as before."), ("evaluate", "evaluation", "The disk was not the cause."),
        ("review", "review_findings", "Test the array beforehand."),
    ):  # fmt: skip
        take(manager, step)
        manager.fill(f"dialog [name={name}]", text)
        finish(manager)
    take(manager, "close")
    finish(manager)
    expect(manager.locator(".record-line")).to_contain_text("closed")
    manager.goto(f"/service/changes/calendar/?day={now:%Y-%m-%d}")
    expect(manager.locator(".calendar a.ev", has_text="Move the mail queue").first).to_be_visible()
