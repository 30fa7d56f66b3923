"""Who administers opens nothing, asks, and another one decides; the client is told, and it is over again."""

import secrets

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.journeys.browser import come_in, say_why
from tests.live import Live

CLIENT, DOCUMENT = "Okoye Holdings Ltd", "VAT return October.pdf"


@pytest.mark.journey
@pytest.mark.control("least-privilege", "need-to-know", "access-why")
def test_an_administrator_opens_a_document_after_another_one_agreed(browser: Browser, live: Live):
    why = f"The return of October was queried, {secrets.token_hex(3)}"
    with (
        come_in(browser, live, "nora") as nora,
        come_in(browser, live, "ada") as ada,
        come_in(browser, live, "cleo") as cleo,
    ):
        page, second, client = nora.new_page(), ada.new_page(), cleo.new_page()
        client.goto("/")
        client.get_by_label("Main", exact=True).get_by_role("link", name="Documents").click()
        client.get_by_role("list", name="Folders").get_by_role("link").filter(has_text="Tax").click()
        client.locator("#rows").get_by_role("link", name=DOCUMENT).first.click()
        address = client.url
        _open(page, address)
        expect(page.get_by_role("heading", name="Not here")).to_be_visible()

        _ask(page, why)
        asked = _row(page, "Nora Lind").filter(has_text="Waits for a second person")
        expect(asked).to_be_visible()
        expect(asked.get_by_role("button", name="Give")).to_have_count(0)  # never oneself
        second.goto("/access-requests/")
        _row(second, why).get_by_role("button", name="Give").click()
        expect(_row(second, why)).to_contain_text("ends by itself")

        _open(page, address)
        expect(page.get_by_role("heading", level=1)).to_have_text(DOCUMENT)
        _expect_told(second)
        page.goto("/access-requests/")
        _row(page, why).get_by_role("button", name="End now").click()
        expect(_row(page, why)).to_contain_text("Over")
        _open(page, address)
        expect(page.get_by_role("heading", name="Not here")).to_be_visible()
        client.get_by_label("Main", exact=True).get_by_role("link", name="Who opened our data").click()
        entry = client.get_by_role("listitem").filter(has_text="Nora Lind").filter(has_text=f"viewed {DOCUMENT}")
        expect(entry.first).to_be_visible()


def _open(page: Page, address: str) -> None:
    page.goto(address)
    say_why(page)


def _ask(page: Page, why: str) -> None:
    page.goto("/access-requests/")
    page.get_by_role("link", name="Ask for access").click()
    form = page.get_by_role("dialog")
    form.get_by_label("Which client").fill(CLIENT)
    form.get_by_label("What you need to do").select_option(label="View and download")
    form.get_by_label("For how long").select_option(label="1 hour")
    form.get_by_label("Why").fill(why)
    form.get_by_role("button", name="Ask", exact=True).click()


def _row(page: Page, why: str) -> Locator:
    return page.get_by_role("region", name="Requests").get_by_role("listitem").filter(has_text=why)


def _expect_told(page: Page) -> None:
    """Expect that the client's manager got a mail: who, how long, who decided."""
    page.goto("/mail/")
    page.get_by_role("link").filter(has_text="cleo@okoye.example").first.click()
    expect(page.get_by_role("main")).to_contain_text("Nora Lind")
