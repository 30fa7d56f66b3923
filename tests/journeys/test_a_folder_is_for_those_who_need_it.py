"""A manager labels a folder and closes it: whoever need not know finds it nowhere, and is told what would help."""

import secrets
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.journeys.browser import come_in
from tests.live import Live


@pytest.mark.journey
@pytest.mark.control("need-to-know", "file-level-need", "least-privilege")
def test_who_need_not_know_finds_a_closed_folder_nowhere(browser: Browser, live: Live, tmp_path: Path):
    mark = secrets.token_hex(3)
    folder, paper = f"Succession {mark}", tmp_path / f"Offer {mark}.txt"
    paper.write_text(f"The offer of November, {mark}.")
    with come_in(browser, live, "cleo") as cleo, come_in(browser, live, "samuel") as samuel:
        page, other = cleo.new_page(), samuel.new_page()
        page.goto("/")
        _make_folder(page, folder)
        _upload(page, paper)
        place = page.url
        other.goto(place)
        other.locator("#rows").get_by_role("link", name=paper.name).first.click()
        expect(other.get_by_role("heading", level=1)).to_have_text(paper.name)
        address = other.url
        expect(_found(other, mark).get_by_role("link").filter(has_text=paper.name)).to_have_count(1)

        page.goto(place)
        _label(page)
        _close(page)

        expect(_found(other, mark)).not_to_contain_text(paper.name)
        _documents(other)
        expect(other.get_by_role("list", name="Folders")).to_contain_text("Accounts")
        expect(other.get_by_role("list", name="Folders")).not_to_contain_text(folder)
        for closed in (place, address):
            other.goto(closed)
            expect(other.get_by_role("heading", name="Not here")).to_be_visible()
        other.get_by_role("link", name="Why can't I open this?").click()
        told = other.get_by_role("region", name="The page")
        expect(told).to_contain_text("nothing that is shared with you")
        expect(told.get_by_role("link", name="Ask for access")).to_be_visible()
        expect(other.get_by_role("main")).not_to_contain_text(mark)
        page.goto(address)
        expect(page.get_by_role("heading", level=1)).to_have_text(paper.name)
        expect(page.get_by_role("main").get_by_text("Restricted").first).to_be_visible()


def _documents(page: Page) -> None:
    page.goto("/")
    page.get_by_label("Main", exact=True).get_by_role("link", name="Documents").click()


def _found(page: Page, text: str) -> Locator:
    """Search for a text, and return what was found."""
    _documents(page)
    page.get_by_label("Search names and text").fill(text)
    page.get_by_label("Search names and text").press("Enter")
    page.wait_for_url("**text=*")
    return page.locator("#rows")


def _make_folder(page: Page, name: str) -> None:
    _documents(page)
    page.get_by_role("link", name="New folder").first.click()
    page.get_by_role("dialog").get_by_label("Name").fill(name)
    page.get_by_role("dialog").get_by_role("button", name="Make folder").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(name)


def _upload(page: Page, paper: Path) -> None:
    page.locator("input[data-upload-pick]").first.set_input_files(paper)
    expect(page.locator("#rows").get_by_role("link", name=paper.name).first).to_be_visible()


def _label(page: Page) -> None:
    _more(page, "Label of this folder")
    form = page.get_by_role("dialog")
    form.get_by_label("Restricted").check()
    form.get_by_role("button", name="Set the label").click()
    expect(page.get_by_text("It has its label.")).to_be_visible()


def _close(page: Page) -> None:
    """Close the folder at hand to all but its manager."""
    _more(page, "Close this folder")
    form = page.get_by_role("dialog")
    for way in form.get_by_role("checkbox").all():
        way.set_checked("Cleo Okoye" in (way.locator("xpath=ancestor::label").inner_text()))
    form.get_by_role("button", name="Close it").click()
    expect(page.get_by_role("main").get_by_text("Closed", exact=True).first).to_be_visible()


def _more(page: Page, act: str) -> None:
    page.locator("main summary[aria-label=More]").first.click()
    page.get_by_role("main").get_by_role("link", name=act, exact=True).click()
