"""One day of each role, in a real browser."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.conftest import PHONE, SignIn


def choose(page: Page, name: str, text: str) -> None:
    """Choose an option of a relation field as people do: type, then take what is offered."""
    box = page.locator(f"select[name={name}] + .ts-wrapper")
    box.click()
    box.locator("input").fill(text)
    box.locator(".ts-dropdown .option", has_text=text).first.click()


def receive(page: Page, title: str, urgency: str = "1") -> str:
    """Receive an incident as the hotline does; returns its address."""
    page.goto("/service/incidents/new/")
    page.fill("[name=title]", title)
    page.fill("[name=description]", "The customer calls: nothing works.")
    choose(page, "customer", "華東證券")
    page.select_option("[name=impact]", "1")
    page.select_option("[name=urgency]", urgency)
    page.locator("form[data-draft] button.btn-primary").click()
    page.wait_for_url(re.compile(r"/service/incidents/\d+/$"))
    return page.url


def take(page: Page, step: str) -> None:
    """Open the dialog of a step."""
    page.locator(f"main a[href$='/moves/{step}/']").first.click()
    page.wait_for_selector("dialog[open] form")


def press(button: Locator) -> None:
    """Press a button and wait for the page it leads to; pages that keep a stream open are never idle."""
    with button.page.expect_navigation():
        button.click()


def finish(page: Page) -> None:
    """Take the step of the open dialog, which then closes."""
    press(page.locator("dialog[open] .btn-primary"))


def test_hotline_is_refused_without_urgency_told_the_clause_and_then_assigns(sign_in: SignIn) -> None:
    page = sign_in("hotline")
    page.goto("/service/incidents/new/")
    page.fill("[name=title]", "Payment gateway is down")
    page.fill("[name=description]", "All shops are affected.")
    page.locator("form[data-draft] button.btn-primary").click()
    refusal = page.locator(".refusal[role=alert]").first
    expect(refusal).to_contain_text("Name the customer.")
    expect(refusal).to_contain_text("§3.1.2")
    assert page.input_value("[name=title]") == "Payment gateway is down", "what was typed is kept"
    receive(page, "Payment gateway is down")
    expect(page.locator("main")).to_contain_text("P1 critical")
    take(page, "assign")
    choose(page, "assignee", "李敏")
    finish(page)
    expect(page.locator("main")).to_contain_text("李敏")


def test_engineer_on_call_repairs_an_incident_on_a_phone(sign_in: SignIn) -> None:
    desk = sign_in("hotline")
    url = receive(desk, "Core switch fails", urgency="1")
    take(desk, "assign")
    choose(desk, "team", "系統運維部")
    choose(desk, "assignee", "李敏")
    finish(desk)
    page = sign_in("engineer", viewport=PHONE)
    page.goto("/my-work/")
    expect(page.locator("main")).to_contain_text("Core switch fails")
    page.goto(url)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390, "nothing sticks out on a phone"
    take(page, "declare")
    page.fill("dialog [name=contingency_plan]", "EP-03")
    page.fill("dialog [name=reason]", "All shops are affected.")
    finish(page)
    take(page, "assess")
    page.fill("dialog [name=category]", "network")
    page.fill("dialog [name=severity]", "major")
    page.fill("dialog [name=scope_note]", "all shops")
    finish(page)
    expect(page.locator("a[href$='/moves/resolve/']")).to_have_attribute("aria-disabled", "true")
    expect(page.locator("#gate")).to_contain_text("§3.2.2")
    expect(page.locator("#gate")).to_contain_text("§3.3.3")
    page.goto(url.rstrip("/") + "/edit/")
    page.fill("[name=plan]", "Replace the power supply, then test.")
    page.locator("form[data-draft] button.btn-primary").click()
    page.wait_for_url(url)
    for _step in range(12):
        pending = page.locator(".test:has(.dot.n) button[value=passed]")
        if not pending.count():
            break
        press(pending.first)
    take(page, "resolve")
    page.fill("dialog [name=cause]", "power supply")
    page.fill("dialog [name=fix]", "replaced")
    finish(page)
    expect(page.locator("main")).to_contain_text(re.compile("resolved", re.I))
    customer = sign_in("customer")
    customer.goto(url)
    expect(customer.locator("main")).to_contain_text("Core switch fails")
    assert "power supply" not in customer.content(), "the cause is the house's own"
    take(customer, "confirm")
    finish(customer)
    expect(customer.locator("main")).to_contain_text(re.compile("closed", re.I))


def test_customer_sees_nothing_of_others_and_nothing_internal(sign_in: SignIn) -> None:
    desk = sign_in("hotline")
    url = receive(desk, "Secret matter")
    desk.fill("[name=text]", "internal words only")
    press(desk.locator(".composer .btn-primary"))
    expect(desk.locator("main")).to_contain_text("internal words only")
    customer = sign_in("customer")
    customer.goto(url)
    assert "internal words only" not in customer.content()
    assert customer.goto("/organization/employees/").status == 404
    assert customer.goto("/regulation/").status == 404
    assert customer.goto(url.rstrip("/") + "/history/").status == 404


def test_service_manager_sets_a_parameter_measures_and_opens_the_exceptions(sign_in: SignIn) -> None:
    page = sign_in("service")
    page.goto("/regulation/?chapter=3")
    page.locator("a.cl", has_text="3.1.2").click()
    page.goto("/regulation/clauses/3.1.2/")
    page.locator("details summary", has_text="Set").last.click()
    form = page.locator("form[action*='request.assigned-in-time']")
    form.locator("[name=p-others]").fill("1")
    form.locator("[name=reason]").fill("a stricter rule")
    press(form.locator("button"))
    expect(page.locator("main")).to_contain_text("a stricter rule")
    page.locator("a", has_text=re.compile("^All exceptions: ?incidents", re.I)).first.click()
    expect(page.locator("table.list tbody tr").first).to_be_visible()
    expect(page.locator(".chips")).to_contain_text("request.assigned-in-time")


def test_anything_is_found_with_the_keyboard_alone(sign_in: SignIn) -> None:
    page = sign_in("service")
    page.goto("/service/incidents/")
    number = page.locator("table.list td.first a").first.inner_text()
    page.keyboard.press("Control+k")
    page.keyboard.type(number, delay=10)
    page.wait_for_selector(f"dialog li a:has-text('{number}')")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/service/incidents/\d+/$"))
    expect(page.locator("main")).to_contain_text(number)


@pytest.mark.parametrize(
    ("language", "word"), [("zh-hant", "駕駛艙"), ("zh-hans", "驾驶舱"), ("en", "Cockpit")]
)  # fmt: skip
@pytest.mark.parametrize("viewport", [PHONE, None], ids=["390", "1440"])
def test_the_main_pages_stand_in_three_languages_and_two_widths(
    sign_in: SignIn, language: str, word: str, viewport: dict[str, int] | None
) -> None:
    page = sign_in(
        "manager", language=language, dark=language == "zh-hans", **({"viewport": viewport} if viewport else {})
    )
    expect(page.locator("main h1")).to_contain_text(word)
    for url in ("/", "/my-work/", "/service/incidents/", "/regulation/", "/regulation/clauses/3.3.1/", "/inbox/"):
        answer = page.goto(url)
        assert answer is not None
        assert answer.status == 200, url
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"{url} sticks out by {wide} px"


def test_a_list_filters_pages_and_keeps_a_view(sign_in: SignIn) -> None:
    page = sign_in("service")
    page.goto("/service/incidents/?state=CLOSED")
    expect(page.locator(".chips .chip")).to_have_count(1)
    page.locator("summary", has_text="Keep as view").click()
    page.fill("#view-name", "Closed ones")
    page.locator("form[action$='views/'] button").click()
    expect(page.locator(".tabs")).to_contain_text("Closed ones")
    page.goto("/service/incidents/")
    if page.locator("a[rel=next]").count():
        first = page.locator("table.list td.first").first.inner_text()
        page.click("a[rel=next]")
        expect(page.locator("table.list td.first").first).not_to_have_text(first)
        page.click("a[rel=prev]")
        expect(page.locator("table.list td.first").first).to_have_text(first)


def test_retiring_an_asset_takes_a_second_person(sign_in: SignIn) -> None:
    page = sign_in("manager")
    page.goto("/assets/assets/?state=IN_USE")
    page.locator("table.list td.first a").first.click()
    url = page.url
    press(page.locator("#approvals button[value=ask]"))
    expect(page.locator("#approvals")).to_contain_text("open")
    other = sign_in("service")
    other.goto(url)
    press(other.locator("#approvals button[value=approve]"))
    expect(other.locator("#approvals")).to_contain_text("approved")
    page.goto(url)
    take(page, "retire")
    page.fill("dialog [name=reason]", "worn out")
    finish(page)
    expect(page.locator("main")).to_contain_text(re.compile("retired", re.I))
