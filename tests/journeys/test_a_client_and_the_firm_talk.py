"""A client asks about a document, the firm answers while the client looks on, and what the firm notes stays its own."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.journeys.browser import PHONE, WIDE, come_in
from tests.live import Live

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}


@pytest.mark.journey
@pytest.mark.slow
@pytest.mark.control("comm-collab", "rest-messages")
def test_a_client_and_the_firm_talk(browser: Browser, live: Live):
    with come_in(browser, live, "cleo", viewport=PHONE) as cleo, come_in(browser, live, "ben", viewport=WIDE) as ben:
        theirs, ours = cleo.new_page(), ben.new_page()
        theirs.goto("/")
        _to_messages(theirs)
        _looks_right(theirs)
        theirs.get_by_role("main").get_by_role("link", name="New conversation").first.click()
        _looks_right(theirs)
        theirs.get_by_label("Subject").fill("The roof in Calder Street")
        theirs.get_by_role("textbox", name="Message").fill("It **leaks**. Who looks at it?")
        theirs.get_by_role("button", name="Send").click()
        expect(theirs.get_by_role("heading", level=1)).to_have_text("The roof in Calder Street")
        expect(_said(theirs, "leaks").locator("strong")).to_have_text("leaks")
        _looks_right(theirs)

        _open_as_staff(ours)
        ours.get_by_text("Write a note that only the firm sees").click()
        ours.get_by_label("Note for the firm").fill("He asked that before.")
        ours.get_by_role("button", name="Keep the note").click()
        expect(_said(ours, "He asked that before.")).to_contain_text("Only the firm sees this")
        theirs.get_by_role("textbox", name="Message").fill("Half a thought")
        ours.get_by_role("textbox", name="Message").fill("Dana does, on Friday.")
        ours.get_by_role("button", name="Send").click()
        _looks_right(ours)

        expect(_said(theirs, "on Friday")).to_be_visible(timeout=15_000)
        expect(theirs.get_by_role("textbox", name="Message")).to_have_value("Half a thought")
        expect(theirs.get_by_text("He asked that before.")).to_have_count(0)
        _looks_right(theirs)

        ours.get_by_role("button", name="Solved").click()
        expect(ours.get_by_role("main")).to_contain_text("Writing in it opens it again")
        ours.emulate_media(color_scheme="dark", reduced_motion="reduce")
        _looks_right(ours)
        ours.get_by_role("navigation", name="Breadcrumb").get_by_role("link", name="Messages").click()
        _looks_right(ours)
        _finds(ours, "friday")


def _to_messages(page: Page) -> None:
    page.get_by_label("Main, compact").get_by_role("link", name="Messages").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Messages")


def _open_as_staff(page: Page) -> None:
    page.goto("/messages/")
    _looks_right(page)
    page.get_by_role("main").get_by_role("link", name="The roof in Calder Street").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("The roof in Calder Street")


def _said(page: Page, words: str):
    return page.get_by_role("log").get_by_role("listitem").filter(has_text=words)


def _finds(page: Page, word: str) -> None:
    page.get_by_role("searchbox", name="Search conversations").fill(word)
    page.get_by_role("button", name="Search", exact=True).click()
    expect(page.get_by_role("link", name="The roof in Calder Street")).to_be_visible()


def _looks_right(page: Page) -> None:
    """Look whether everybody can use a page, and whether it fits."""
    found = Axe().run(page, options=RULES)
    assert found.violations_count == 0, found.generate_report()
    wide, shown = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    assert wide <= shown, page.url
