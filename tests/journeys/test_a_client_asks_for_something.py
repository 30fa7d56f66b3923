"""A client asks for something on a phone, the firm asks back and settles it."""

import os

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.journeys.browser import PHONE, WIDE, come_in
from tests.live import Live

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
TITLE = "The old lease of Calder Street"


@pytest.mark.journey
@pytest.mark.slow
@pytest.mark.control("client-requests")
def test_a_client_asks_for_something(browser: Browser, live: Live):
    with come_in(browser, live, "cleo", viewport=PHONE) as cleo, come_in(browser, live, "ben", viewport=WIDE) as ben:
        theirs, ours = cleo.new_page(), ben.new_page()
        _ask(theirs)
        _take_and_ask_back(ours)

        theirs.reload()
        expect(theirs.get_by_text("Waiting for you")).to_be_visible()
        expect(theirs.get_by_text("He asked that before.")).to_have_count(0)
        _answer(theirs)

        ours.reload()
        expect(ours.get_by_text("The one of 2019.")).to_be_visible()
        _move(ours, "Done", "What was done", "It lies among your documents.", "It is done")
        theirs.reload()
        theirs.get_by_label("Yes").check()
        theirs.get_by_role("button", name="Say so").click()
        expect(theirs.get_by_text("Thank you. The firm sees it.")).to_be_visible()
        _looks_right(theirs, "settled")

        ours.emulate_media(color_scheme="dark", reduced_motion="reduce")
        ours.reload()
        expect(ours.get_by_text("The client is satisfied")).to_be_visible()
        _looks_right(ours, "satisfied-dark")


def _ask(page: Page) -> None:
    page.goto("/")
    page.get_by_label("Your account").last.click()  # the bottom bar has no room for everything
    page.get_by_role("link", name="Ask for something").locator("visible=true").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Ask for something")
    _looks_right(page, "list")
    page.get_by_role("main").get_by_role("link", name="Ask for something").first.click()
    _looks_right(page, "new")
    page.get_by_label("Document", exact=True).check()
    page.get_by_label("In a line").fill(TITLE)
    page.get_by_label("The whole of it").fill("The bank wants to see it.")
    page.get_by_role("button", name="Ask", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(TITLE)
    _looks_right(page, "asked")


def _take_and_ask_back(page: Page) -> None:
    page.goto("/tickets/")
    _looks_right(page, "everywhere")
    page.get_by_role("main").get_by_role("link", name=TITLE).first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(TITLE)
    page.get_by_label("Note for the firm").fill("He asked that before.")
    page.get_by_role("button", name="Note it").click()
    expect(page.get_by_text("He asked that before.")).to_be_visible()
    _looks_right(page, "firm")
    _move(page, "Ask the client back", "What do you need from them?", "Which of the two?", "Ask back")


def _answer(page: Page) -> None:
    _move(page, "Answer", "Your answer", "The one of 2019.", "Send the answer")


def _move(page: Page, link: str, label: str, word: str, act: str) -> None:
    page.get_by_role("main").get_by_role("link", name=link, exact=True).click()
    form = page.get_by_role("dialog")
    form.get_by_label(label).fill(word)
    form.get_by_role("button", name=act).click()
    expect(page.get_by_role("main").get_by_text(word)).to_be_visible()


def _looks_right(page: Page, name: str) -> None:
    """Look whether everybody can use a page, and whether it fits; keep a picture where one is wanted."""
    if folder := os.environ.get("SHOTS_OF_JOURNEYS"):
        page.screenshot(path=f"{folder}/tickets-{name}.png", full_page=True)
    found = Axe().run(page, options=RULES)
    assert found.violations_count == 0, found.generate_report()
    width = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert width <= 0, f"{page.url} is {width} px too wide"
