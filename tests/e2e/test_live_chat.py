"""Live chat with a real browser at both ends, and two agents in one ticket."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.e2e.conftest import PHONE, SignIn
from tests.e2e.test_journeys import press, receive

SAID = "The gateway answers with 502 since nine."


def send(page: Page, text: str) -> None:
    page.fill("#talk-text", text)
    page.press("#talk-text", "Enter")


def test_a_chat_waits_is_answered_survives_the_agents_reload_and_becomes_a_request(sign_in: SignIn) -> None:
    agent, customer = sign_in("hotline"), sign_in("customer", viewport=PHONE)
    agent.goto("/service/chat-desk/")
    customer.goto("/chat/")
    expect(customer.locator("main")).to_contain_text("Somebody is here")
    customer.fill("#start-text", SAID)
    press(customer.locator("main form button[type=submit]"))
    expect(customer.locator(".chat-wait")).to_contain_text("in the queue")

    line = agent.locator(".queue-line", has_text=SAID[:20])
    expect(line).to_be_visible()  # by itself: nobody has reloaded this page
    expect(agent).to_have_title(re.compile(r"^\(\d+\)"))
    press(line)
    press(agent.locator("form[action$='/moves/take/'] button"))
    expect(customer.locator(".chat-wait")).to_have_count(0)

    agent.locator("#talk-text").press_sequentially("I am loo")
    expect(customer.locator(".presence")).to_contain_text("is writing")
    agent.reload()
    expect(agent.locator("#talk-text")).to_have_value("I am loo")
    agent.locator("#talk-text").press_sequentially("king into it.")
    agent.press("#talk-text", "Enter")
    expect(customer.locator(".talk-lines")).to_contain_text("I am looking into it.")
    send(customer, "Thank you, I wait.")
    expect(agent.locator(".talk-lines")).to_contain_text("Thank you, I wait.")

    agent.context.set_offline(True)  # what is sent meanwhile is kept, and is there once when the line is back
    send(agent, "It is the certificate.")
    expect(agent.locator(".unsent")).to_have_count(1)
    agent.context.set_offline(False)
    expect(customer.locator(".talk-lines")).to_contain_text("It is the certificate.")
    expect(agent.locator(".unsent")).to_have_count(0)
    expect(agent.locator(".bubble", has_text="It is the certificate.")).to_have_count(1)

    press(agent.locator("button[name=kind][value=request]"))
    press(agent.locator("main a[href^='/service/requests/']").first)
    expect(agent.locator(".record-title")).to_have_text(SAID)
    for words in (SAID, "I am looking into it.", "Thank you, I wait.", "It is the certificate."):
        expect(agent.locator("ol.tl li.customer .text", has_text=words)).to_have_count(1)
    press(customer.locator("form[action$='/leave/'] button"))
    customer.locator("[name=rating][value='5']").check()
    press(customer.locator("form[action$='/rate/'] button"))
    expect(customer.locator("main")).to_contain_text("You gave 5 of 5")
    assert customer.evaluate("document.documentElement.scrollWidth") <= 390, "nothing is wider than the phone"


def test_two_agents_in_one_ticket_see_each_other_and_nothing_typed_is_lost(sign_in: SignIn) -> None:
    wang, wu = sign_in("hotline"), sign_in("service")
    address = receive(wang, "Switch is loud")
    wu.goto(address)
    expect(wang.locator(".presence")).to_contain_text("吳俊傑 is looking")
    expect(wu.locator(".presence")).to_contain_text("王雅婷 is looking")
    wu.locator("#comment").press_sequentially("I call the custo")
    expect(wang.locator(".presence")).to_contain_text("吳俊傑 is writing")
    wu.once("dialog", lambda dialog: dialog.accept())
    wu.reload()
    expect(wu.locator("#comment")).to_have_value("I call the custo")
    wang.goto(f"{address}edit/")
    expect(wu.locator(".presence")).to_contain_text("王雅婷 is editing")
    wang.goto("/my-work/")
    expect(wu.locator(".presence")).to_have_text("")
