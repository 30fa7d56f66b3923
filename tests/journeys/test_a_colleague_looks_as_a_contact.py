"""Somebody of the firm looks as a contact, on a phone: they see no more, change nothing, and the client reads of it."""

import re

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.journeys.browser import PHONE, come_in
from tests.live import Live

CONTACT, SPACE = "Samuel Adeyemi", "Finance"
BANNER = f"You look at Okoye Holdings Ltd as {CONTACT}. Nothing can be changed."


@pytest.mark.journey
@pytest.mark.control("need-to-know", "access-who", "audit-who-what")
def test_a_colleague_looks_as_a_contact_and_the_client_reads_of_it(browser: Browser, live: Live):
    with come_in(browser, live, "jonas", viewport=PHONE) as jonas, come_in(browser, live, "cleo") as cleo:
        page, log = jonas.new_page(), cleo.new_page()
        page.goto("/clients/")
        page.get_by_role("main").get_by_role("link").filter(has_text="Okoye Holdings Ltd").first.click()
        page.get_by_role("main").get_by_role("link", name="Documents", exact=True).click()
        _folders(page).get_by_role("link").filter(has_text=SPACE).click()
        expect(page.get_by_role("heading", level=1)).to_have_text(SPACE)  # as himself he gets in
        closed = page.url

        _look(page, closed)
        _expect_banner(page)
        expect(_folders(page)).to_contain_text("Accounts")
        expect(_folders(page)).not_to_contain_text(SPACE)
        page.goto(closed)
        expect(page.get_by_role("heading", name="Not here")).to_be_visible()
        _expect_banner(page)
        _try_to_change(page)

        page.get_by_role("button", name="Stop looking").click()
        expect(page.get_by_text(BANNER)).to_have_count(0)
        page.goto(closed)
        expect(page.get_by_role("heading", level=1)).to_have_text(SPACE)
        log.goto("/")
        log.get_by_label("Main", exact=True).get_by_role("link", name="Who opened our data").click()
        entry = log.get_by_role("listitem").filter(has_text="Jonas Thiel").filter(has_text="looked at the portal as")
        expect(entry.first).to_contain_text(CONTACT)


def _folders(page: Page) -> Locator:
    return page.get_by_role("list", name="Folders")


def _look(page: Page, within: str) -> None:
    page.goto(re.sub(r"documents/.*$", "", within))
    page.get_by_role("link", name="Look as").click()
    contact = page.get_by_role("option").filter(has_text=CONTACT).get_attribute("value")
    page.get_by_label("As", exact=True).select_option(contact)
    page.get_by_role("button", name="Look", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Documents")


def _expect_banner(page: Page) -> None:
    expect(page.get_by_role("status").filter(has_text=BANNER)).to_be_visible()


def _try_to_change(page: Page) -> None:
    """Send a form that has nothing to do with the contact: it is refused as well, and the way out is still there."""
    page.goto("/access-requests/new/")
    _expect_banner(page)
    page.get_by_label("Which client").fill("Brandt Orchards GmbH")
    page.get_by_label("Why").fill("The tax office asks about the harvest")
    page.get_by_role("button", name="Ask", exact=True).click()
    refusal = "You look at the portal as somebody else sees it, so nothing can be changed."
    expect(page.get_by_text(refusal)).to_be_visible()
    _expect_banner(page)
