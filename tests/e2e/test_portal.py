"""The customers' portal in a real browser: the form is written by an administrator, asked, worked on and confirmed."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.e2e.conftest import PHONE, SignIn
from tests.e2e.test_journeys import choose, finish, take


def test_a_customer_asks_by_the_catalogues_form_sees_progress_comments_and_confirms(sign_in: SignIn) -> None:
    admin = sign_in("admin")
    found = admin.request.get("/api/v1/customers/services/", params={"q": "虛擬化"}).json()["results"]
    item = next(each for each in found if each["code"] == "VM")
    admin.goto(f"/customers/services/{item['id']}/")
    admin.get_by_text("Add a question").click()
    admin.fill("[name=code]", "why")
    admin.fill("[name=label]", "What are they for?")
    admin.fill("[name=label_zh_hant]", "用途")
    admin.check("[name=required]")
    admin.locator("form[data-draft] button.btn-primary").click()
    admin.wait_for_url(re.compile(r"/catalogue-fields/\d+/$"))

    page = sign_in("customer", viewport=PHONE)
    page.goto("/portal/")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390, "nothing sticks out on a phone"
    page.fill("#portal-q", "虛擬化")
    page.locator("#portal-found .catalogue a").first.click()
    page.wait_for_url(re.compile(r"/portal/catalogue/\d+/$"))
    page.fill("[name=title]", "Three machines for the test team")
    page.fill("[name=description]", "As last year.")
    page.fill("[name='attributes.count']", "30")
    expect(page.locator("[name='attributes.which']")).to_be_hidden()
    page.select_option("[name='attributes.system']", "Other")
    page.fill("[name='attributes.which']", "FreeBSD")
    page.locator(".form-foot .btn-primary").click()
    expect(page.locator(".ask-form")).to_contain_text("Not more than 20.")
    expect(page.locator(".ask-form")).to_contain_text("This must be filled in.")
    page.fill("[name='attributes.count']", "3")
    page.fill("[name='attributes.why']", "Load tests")
    page.locator(".form-foot .btn-primary").click()
    page.wait_for_url(re.compile(r"/service/requests/\d+/$"))
    url = page.url
    for words in ("FreeBSD", "Load tests", "What are they for?"):
        expect(page.locator(".answers")).to_contain_text(words)
    page.fill("[name=text]", "The test team starts on Monday.")
    page.locator(".composer .btn-primary").click()
    expect(page.locator("#timeline")).to_contain_text("The test team starts on Monday.")

    desk = sign_in("hotline")
    desk.goto(url)
    expect(desk.locator("main")).to_contain_text("Load tests")
    take(desk, "assign")
    choose(desk, "assignee", "李敏")
    finish(desk)
    engineer = sign_in("engineer")
    engineer.goto(url)
    take(engineer, "assess")
    engineer.fill("dialog [name=category]", "virtual machines")
    engineer.fill("dialog [name=severity]", "minor")
    engineer.fill("dialog [name=scope_note]", "one team")
    finish(engineer)
    page.goto("/portal/")
    mine = page.locator(".on-its-way", has_text="Three machines")
    expect(mine.locator("[aria-current=step]")).to_have_text("In progress")
    take(engineer, "resolve")
    engineer.fill("dialog [name=cause]", "asked for")
    engineer.fill("dialog [name=fix]", "three machines made")
    finish(engineer)

    page.goto("/portal/")
    page.locator("section", has_text="Please confirm").get_by_text("Three machines").click()
    page.wait_for_url(url)
    take(page, "confirm")
    finish(page)
    expect(page.locator("main")).to_contain_text(re.compile("closed", re.I))
