"""The life of the regulation in a real browser: amended, rehearsed, approved by another person, published, confirmed."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.e2e.conftest import PHONE, SignIn

NEW_WORDS = "每十五分鐘"


def start_draft(page: Page) -> str:
    """Start an amendment from the regulation's page and return the address of its desk."""
    page.goto("/regulation/")
    page.get_by_text("修訂", exact=True).last.click()
    page.fill("#purpose", "緊急故障的通報再快一些。")
    page.get_by_role("button", name="新建草案").click()
    expect(page).to_have_url(re.compile(r"/regulation/drafts/\d+/$"))
    return page.url


def test_a_clause_is_amended_rehearsed_approved_published_and_confirmed_in_two_languages(sign_in: SignIn) -> None:
    quality = sign_in("quality", language="zh-hant")
    desk = start_draft(quality)
    quality.goto(f"{desk}?clause=3.3.2")
    text = quality.locator("#text-zh-hant")
    text.fill(text.input_value().replace("每二十分鐘", NEW_WORDS))
    text.press("End")
    text.press_sequentially(" ")
    expect(quality.locator("#redline-zh-hant ins").first).to_be_visible()
    quality.get_by_role("button", name="保存到草案").first.click()
    expect(quality.locator("#redline-zh-hant ins").first).to_be_visible()
    quality.get_by_role("button", name="預演").click()
    expect(quality.get_by_text("內容未經改動")).to_be_visible(timeout=60_000)
    quality.goto(desk)
    quality.get_by_role("button", name="申請審批").click()

    director = sign_in("director", language="en")
    director.goto(desk)
    expect(director.get_by_role("button", name="Approve")).to_be_visible()
    director.get_by_role("button", name="Approve").click()

    quality.goto(desk)
    publish = quality.get_by_role("link", name="發布").first
    quality.goto(publish.get_attribute("href") or "")
    quality.fill("[name=effective_on]", quality.evaluate("new Date().toLocaleDateString('sv')"))
    quality.fill("[name=interpreter]", "總經理辦公會")
    quality.locator("main form button.btn-primary").first.click()
    quality.goto("/regulation/clauses/3.3.2/")
    expect(quality.get_by_text(NEW_WORDS).first).to_be_visible()

    engineer = sign_in("engineer", viewport=PHONE, language="en")
    engineer.goto("/regulation/confirm/")
    engineer.get_by_role("button", name="I have read it").click()
    expect(engineer.get_by_text("You confirmed this version")).to_be_visible()
    quality.goto("/regulation/confirm/")
    quality.get_by_role("button", name="本人已閱讀").click()
    expect(quality.get_by_text("您已於")).to_be_visible()
