"""An upload that is held: its sender sees why, staff let it go as two people, and only then it opens."""

import secrets
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.guarantees.looking import Look
from tests.journeys.browser import come_in, say_why
from tests.live import Live

REASON = "Their tax program, as agreed by phone"


@pytest.mark.journey
@pytest.mark.slow
@pytest.mark.control("safe-uploads")
def test_a_held_upload_is_let_go_by_two(browser: Browser, live: Live, tmp_path: Path):
    tool = tmp_path / f"Tax {secrets.token_hex(3)}.exe"
    tool.write_bytes(b"MZ" + secrets.token_bytes(5000))
    with (
        come_in(browser, live, "cleo") as client,
        come_in(browser, live, "ben") as advisor,
        come_in(browser, live, "ada") as chief,
    ):
        page, desk, office = client.new_page(), advisor.new_page(), chief.new_page()
        address = _upload(page, tool)
        _expect_held(page, address)
        quarantine = address.split("/documents/")[0] + "/quarantine/"

        _look_well(Look.at(advisor), quarantine)
        _ask(desk, quarantine, tool.name)
        _expect_held(page, address)
        _agree(office, quarantine)

        page.goto(address)
        expect(page.get_by_role("link", name="Download").first).to_be_visible()
        expect(page.get_by_role("main")).to_contain_text("let go by two people")


def _upload(page: Page, file: Path) -> str:
    page.goto("/")
    page.get_by_label("Main", exact=True).get_by_role("link", name="Documents").click()
    page.locator("input[data-upload-pick]").first.set_input_files(file)
    row = page.locator("#rows tr").filter(has_text=file.name)
    expect(row).to_contain_text("Held")  # the list looks again by itself
    return str(row.get_by_role("link", name=file.name).first.get_attribute("href"))


def _expect_held(page: Page, address: str) -> None:
    page.goto(address)
    expect(page.locator("#vetting")).to_contain_text("This kind of file is not let in")
    expect(page.locator("#vetting")).to_contain_text("programs", ignore_case=True)
    expect(page.get_by_role("link", name="Download", exact=True)).to_have_count(0)


def _look_well(look: Look, address: str) -> None:
    """See that the page can be read and used on both sizes of screens."""
    look.go(address)
    look.everything()
    assert look.wrong == []


def _ask(page: Page, address: str, name: str) -> None:
    page.goto(address)
    page.get_by_role("listitem").filter(has_text=name).get_by_role("link", name="Ask to let it go").click()
    page.get_by_label("Why").fill(REASON)
    page.get_by_role("button", name="Ask").click()
    row = page.get_by_role("listitem").filter(has_text=name)
    expect(row).to_contain_text(REASON)
    expect(row.get_by_role("link", name="Ask to let it go")).to_have_count(0)


def _agree(page: Page, address: str) -> None:
    page.goto(address)
    say_why(page)
    row = page.get_by_role("listitem").filter(has_text=REASON)
    row.get_by_role("link", name="Decide").click()
    expect(page.locator("[data-dialog-part]").last).to_contain_text(REASON)
    page.get_by_role("button", name="Let it go").click()
    expect(page.get_by_text("It can be opened from now on.")).to_be_visible()
