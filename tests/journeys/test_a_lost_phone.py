"""Somebody loses their phone, and gets back in from a borrowed one without calling anybody."""

import pytest
from playwright.sync_api import Browser, expect

from tests.guarantees.looking import Look
from tests.journeys.browser import PHONE, come_in, visit
from tests.journeys.joining import join_okoye, newcomer
from tests.live import Live


@pytest.mark.journey
@pytest.mark.control("two-step")
def test_a_colleague_confirms_on_a_phone_and_a_recovery_code_is_quicker(browser: Browser, live: Live):
    ida = newcomer("Ida Okoye")
    home, _secret = join_okoye(browser, live, ida, role="user")
    with home, visit(browser, live, viewport=PHONE, has_touch=True) as borrowed:
        look = Look.at(borrowed)
        page = look.page
        page.set_viewport_size({"width": PHONE["width"], "height": PHONE["height"]})
        page.goto("/sign-in/")
        page.get_by_label("E-mail address").fill(ida.email)
        page.get_by_label("Password").fill(ida.password)
        page.get_by_role("button", name="Sign in", exact=True).click()
        page.get_by_role("link", name="Lost your phone?").click()
        expect(page.get_by_role("button", name="Ask my colleagues")).to_be_visible()
        look.everything()
        page.get_by_role("button", name="Ask my colleagues").click()
        expect(page.get_by_role("heading", name="Your colleagues are asked")).to_be_visible()
        look.everything()

        own = home.pages[0]
        own.goto("/account/")
        expect(own.get_by_text("Somebody says that they are you")).to_be_visible()

        with come_in(browser, live, "cleo") as cleo:
            asked = cleo.new_page()
            asked.goto("/")
            asked.get_by_label("Main", exact=True).get_by_role("link", name="People").click()
            expect(asked.get_by_text(f"{ida.name} lost a phone")).to_be_visible()
            row = asked.locator(".notice", has_text=ida.name)
            asked.goto(row.get_by_role("link", name="Look at it").get_attribute("href") or "")
            asked.get_by_role("button", name="I spoke with them: confirm").click()
            expect(asked.get_by_text("The waiting time has begun")).to_be_visible()

        page.reload()
        expect(page.get_by_role("heading", name="Please wait a little")).to_be_visible()
        look.everything()

        own.reload()
        own.get_by_role("button", name="It is not me: stop it").click()
        expect(own.get_by_text("Stopped.")).to_be_visible()
        page.reload()
        expect(page.get_by_role("heading", name="Lost your phone?")).to_be_visible()
        page.get_by_role("link", name="Type a recovery code").click()
        expect(page.locator("[name=code]")).to_be_visible()

    assert look.wrong == []
