"""A hotline agent's morning, on the keyboard, in a real browser; and the desk on a phone."""

from __future__ import annotations

import re
from typing import Any

from playwright.sync_api import Page, expect

from tests.e2e.conftest import PHONE, SignIn
from tests.e2e.test_journeys import choose


def somebody(page: Page, place: int = 0) -> dict[str, Any]:
    """Return a contact with a mobile number."""
    found = page.request.get("/api/v1/customers/contacts/", params={"page_size": 5}).json()["results"]
    return [each for each in found if each["mobile"]][place]  # type: ignore[no-any-return]


def test_a_hotline_agents_morning(sign_in: SignIn) -> None:
    page = sign_in("hotline")
    caller = somebody(page)
    page.goto("/service/hotline/")
    page.keyboard.type(f"+86 {caller['mobile']}")
    expect(page.locator("#found-callers")).to_contain_text(caller["name"])
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/service/hotline/\d+/$"))
    first = page.url
    expect(page.locator(".caller")).to_contain_text(caller["name"])
    expect(page.locator(".standing")).to_contain_text("CT-")
    expect(page.locator(".caller .talk-time")).to_have_text(re.compile(r"00:0[1-9]"))

    page.fill("[name=title]", "The VM host is slow")
    page.fill("[name=description]", "Since nine, everything takes minutes.")
    choose(page, "service", "虛擬化")
    page.select_option("[name=impact]", "1")
    page.select_option("[name=urgency]", "2")
    expect(page.locator("#priority")).to_contain_text("P2")
    page.reload()
    expect(page.locator("[name=title]")).to_have_value("The VM host is slow")
    expect(page.locator("[name=description]")).to_have_value("Since nine, everything takes minutes.")
    expect(page.locator("#priority")).to_contain_text("P2")

    page.keyboard.press("Alt+p")
    page.wait_for_url(re.compile(r"/service/hotline/$"))
    page.keyboard.type("020 3000 4000")
    expect(page.locator("#found-callers")).to_contain_text("Nobody is known by this number.")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/service/hotline/\d+/$"))
    page.keyboard.press("Alt+c")
    expect(page.locator(".refusal")).to_contain_text("§3.1.1")
    page.locator(".closing label", has_text="wrong number").click()
    page.keyboard.press("Alt+c")
    expect(page.locator(".toasts")).to_contain_text("is closed")
    expect(page.locator(".call-strip")).to_contain_text(caller["name"])
    page.goto(first)
    expect(page.locator("[name=title]")).to_have_value("The VM host is slow")

    page.keyboard.press("Alt+g")
    expect(page.locator(".caller .pill").first).to_contain_text("talking")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".work")).to_contain_text("INC-")
    page.fill("[name=reason]", "host down")
    page.keyboard.press("Alt+o")
    expect(page.locator(".work")).to_contain_text("handed to on-call")
    page.fill("[name=note]", "Waits for a call back.")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".toasts")).to_contain_text("is closed")
    page.goto("/service/hotline/")
    expect(page.locator(".call-list").last).to_contain_text("ticket made")


def test_the_desk_works_on_a_phone_and_an_unknown_caller_becomes_a_contact(sign_in: SignIn) -> None:
    page = sign_in("hotline", viewport=PHONE)
    page.goto("/service/hotline/?number=139%200000%209999")
    page.locator("button[value=in]").click()
    page.wait_for_url(re.compile(r"/service/hotline/\d+/$"))
    assert page.evaluate("document.documentElement.scrollWidth") <= 390, "nothing sticks out on a phone"
    page.fill("[name=new_name]", "Qian Duo")
    choose(page, "caller_customer", "華東證券")
    page.locator("button[value=new]").click()
    expect(page.locator(".who-calls")).to_contain_text("Qian Duo")
    expect(page.locator(".standing")).to_contain_text("華東證券")
    page.locator(".open-tickets .btn").first.click()
    expect(page.locator(".closing [name=outcome]")).to_be_checked()
    page.locator(".closing .btn").click()
    expect(page.locator(".toasts")).to_contain_text("is closed")
