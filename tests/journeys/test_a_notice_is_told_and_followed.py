"""Somebody is given a document: the bell tells them, the notice leads there, a mail says so, and they choose when."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.journeys.browser import PHONE, WIDE, come_in
from tests.live import Live

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
DOCUMENT, FOLDER, GUEST = "Receipt, roof repair.jpg", "Accounts", "Ruth Calder"
TOLD = "Cleo Okoye shared a document with you"
MAILED = re.compile(r"Cleo Okoye shared (a document|\d+ documents) with you|\d+ new things")


@pytest.mark.journey
@pytest.mark.slow
@pytest.mark.control("comm-collab")
def test_a_guest_is_told_what_was_shared_and_follows_it(browser: Browser, live: Live):
    with (
        come_in(browser, live, "cleo", viewport=WIDE) as cleo,
        come_in(browser, live, "ruth", viewport=PHONE) as ruth,
        come_in(browser, live, "ada", viewport=WIDE) as ada,
    ):
        _share(cleo.new_page())
        page = ruth.new_page()
        _wait_for_the_bell(page)
        page.locator("#bell summary").click()
        expect(page.locator("#bell")).to_contain_text(TOLD)
        expect(page.locator("#bell")).not_to_contain_text("roof repair")
        _looks_right(page)

        page.get_by_role("link", name="All notices").click()
        _looks_right(page)
        mails = ada.new_page()
        _mail_says_who_and_not_what(mails)  # before she reads it: what was read meanwhile is not told by mail
        _follow_to_the_document(page)
        page.goto("/notices/?unread=on")
        expect(page.get_by_role("main")).not_to_contain_text(TOLD)

        _choose(page)
        mails.goto("/mailing/?state=sent")
        expect(mails.get_by_role("main")).to_contain_text("Notices")
        _looks_right(mails)
        mails.goto("/mailing/sender/")
        _looks_right(mails)


def _share(page: Page) -> None:
    page.goto("/")
    page.get_by_label("Main", exact=True).get_by_role("link", name="Documents").click()
    page.get_by_role("link", name=FOLDER).first.click()
    page.locator("#rows").get_by_role("link", name=DOCUMENT).first.click()
    page.get_by_role("link", name="Share", exact=True).click()
    form = page.get_by_role("dialog")
    form.get_by_label("Who", exact=True).select_option(label=GUEST)
    form.get_by_label("Open it here").check()
    form.get_by_label("Why").fill("To read before the meeting")
    form.get_by_role("button", name="Share", exact=True).click()
    expect(page.get_by_role("region", name="Who can open this")).to_contain_text(GUEST)


def _wait_for_the_bell(page: Page) -> None:
    """Look again until the worker has followed the log: it does so every ten seconds."""
    for _ in range(30):
        page.goto("/notices/?unread=on")
        if page.get_by_role("main").get_by_text(TOLD).count():
            return
        page.wait_for_timeout(2_000)
    raise AssertionError("nobody was told within a minute")


def _follow_to_the_document(page: Page) -> None:
    """Follow notices until one leads there: that of the demo's own share may be the only one at first."""
    for _ in range(30):
        page.goto("/notices/?unread=on")
        link = page.get_by_role("main").get_by_role("link", name=TOLD).first
        if not link.count():
            page.wait_for_timeout(2_000)
            continue
        link.click()
        if page.get_by_role("heading", level=1).inner_text() == DOCUMENT:
            return
    raise AssertionError("no notice led to the document")


def _choose(page: Page) -> None:
    page.goto("/account/")
    page.get_by_role("link", name="Notices by mail").click()
    _looks_right(page)
    page.get_by_label("Documents").select_option(label="Once a day, together")
    page.get_by_label("The mail of the day comes at").select_option(label="07:00")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("It holds for what happens from now on.")).to_be_visible()
    expect(page.get_by_label("Documents")).to_have_value("daily")


def _mail_says_who_and_not_what(page: Page) -> None:
    """Look again until the mail is there: one is written every minute, about all that came up to then."""
    for _ in range(60):
        page.goto("/mail/")
        found = page.get_by_role("main").get_by_role("link").filter(has_text="ruth@calder").filter(has_text=MAILED)
        if found.count():
            found.first.click()
            expect(page.get_by_role("main")).to_contain_text("Okoye Holdings")
            expect(page.get_by_role("main")).not_to_contain_text("roof repair")
            return
        page.wait_for_timeout(2_000)
    raise AssertionError("no mail was written")


def _looks_right(page: Page) -> None:
    found = Axe().run(page, options=RULES)
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
