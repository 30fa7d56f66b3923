"""Somebody mistypes a password again and again: a sum, and they get in; a new password is judged as it is typed."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.journeys.browser import PHONE, come_in, type_code, visit
from tests.live import Live

WRONG = "not the password at all"


def give(page: Page, email: str, password: str) -> None:
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Sign in", exact=True).click()


def harmless(page: Page) -> None:
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


@pytest.mark.journey
@pytest.mark.control("captcha", "login-lockout")
def test_after_three_failures_the_browser_does_a_sum_and_the_right_password_is_taken(
    browser: Browser, live: Live
) -> None:
    lena, asked_others = live.person("lena"), []
    with visit(browser, live, viewport=PHONE) as context:
        page = context.new_page()
        page.on("request", lambda request: asked_others.append(request.url))
        page.goto("/sign-in/")
        for number in range(3):
            give(page, lena["email"], WRONG)
            expect(page.get_by_text("several failed tries")).to_have_count(1 if number == 2 else 0)
        expect(page.get_by_role("status").get_by_text("Done. You can send the form.")).to_be_visible()
        harmless(page)

        give(page, lena["email"], lena["password"])
        page.wait_for_url("**/sign-in/code/")
        type_code(page, lena["secret"], "Sign in")

    assert all(url.startswith(live.address) for url in asked_others), "nobody else is asked"


@pytest.mark.journey
@pytest.mark.control("captcha")
def test_who_sends_before_the_sum_is_done_need_not_send_again(browser: Browser, live: Live) -> None:
    greta = live.person("greta")
    with visit(browser, live) as context:
        page = context.new_page()
        page.goto("/sign-in/")
        for _ in range(3):
            give(page, greta["email"], WRONG)
        expect(page.get_by_text("several failed tries")).to_be_visible()
        give(page, greta["email"], greta["password"])

        page.wait_for_url("**/sign-in/code/")


@pytest.mark.journey
@pytest.mark.control("captcha")
def test_without_scripts_one_is_told_to_wait(browser: Browser, live: Live) -> None:
    felix = live.person("felix")
    with visit(browser, live, java_script_enabled=False) as context:
        page = context.new_page()
        page.goto("/sign-in/")
        for _ in range(3):
            give(page, felix["email"], WRONG)
        expect(page.get_by_text("wait a minute before you send the form")).to_be_visible()

        give(page, felix["email"], felix["password"])
        expect(page.get_by_text("Please wait")).to_be_visible()


@pytest.mark.journey
@pytest.mark.control("pw-dictionary", "pw-breach-check")
def test_a_new_password_is_judged_while_it_is_typed(browser: Browser, live: Live) -> None:
    asked_others = []
    with come_in(browser, live, "samuel", viewport=PHONE) as context:
        page = context.new_page()
        page.on("request", lambda request: asked_others.append(request.url))
        page.goto("/account/password/")
        field, said = page.get_by_label("New password"), page.get_by_role("status")

        field.press_sequentially("charlotte123")
        expect(said.get_by_text("known from a data breach")).to_be_visible()
        harmless(page)
        field.fill("OkoyeHoldings26")
        expect(said.get_by_text("mostly your own name, address or company")).to_be_visible()
        field.fill("nine lanterns drift under ice")
        expect(said.get_by_text("Very hard to guess")).to_be_visible()
        field.fill("")
        expect(said.get_by_text("guess")).to_have_count(0)
        harmless(page)

    assert all(url.startswith(live.address) for url in asked_others), "nobody else is asked"
