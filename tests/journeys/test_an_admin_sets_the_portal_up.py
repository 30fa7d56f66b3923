"""Who administers sets the portal up: a look that can be read, the first steps, and her own language and time."""

import re

import pytest
from playwright.sync_api import Browser, expect

from tests.guarantees.looking import Look
from tests.journeys.browser import come_in, visit
from tests.live import Live


@pytest.mark.journey
def test_an_admin_gives_the_portal_a_colour_that_can_be_read_and_visitors_see_it(browser: Browser, live: Live):
    with come_in(browser, live, "ada") as ada:
        look = Look.at(ada)
        page = look.page
        page.goto("/presentation/")
        look.everything()

        page.get_by_label("Use our own colour").check()
        page.get_by_label("Our colour").fill("#ffd400")
        page.get_by_label("Welcome line").fill("Good to see you")
        page.get_by_role("button", name="Save", exact=True).click()
        expect(page.get_by_text("cannot be read well enough")).to_be_visible()
        look.everything()
        page.get_by_role("button", name=re.compile("Save with #")).click()
        expect(page.get_by_text("Saved. Pages and mails look so from now on.")).to_be_visible()
        look.everything()

        page.goto("/first-steps/")
        look.everything()
        page.goto("/presentation/domain/")
        look.everything()
        page.goto("/terms/publish/")
        look.everything()
        page.goto("/clients/import/")
        look.everything()
        page.goto("/account/reading/")
        look.everything()
        assert look.wrong == []

    with visit(browser, live) as stranger:
        look = Look.at(stranger)
        look.page.goto("/sign-in/")
        expect(look.page.get_by_text("Good to see you")).to_be_visible()
        look.everything()
        assert look.wrong == []
