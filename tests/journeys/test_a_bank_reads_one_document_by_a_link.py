"""A bank without an account reads one document by a link and a code, and is out when the link is ended."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.browser import come_in, visit
from tests.live import Live

DOCUMENT, FOLDER, BANK = "Board minutes 12 November.pdf", "Corporate", "credit@northbank.example"
WHY = "Northbank decides on the loan"


@pytest.mark.journey
@pytest.mark.control("need-to-know", "file-level-need")
def test_a_bank_reads_one_document_and_is_out_when_the_link_is_ended(browser: Browser, live: Live):
    with come_in(browser, live, "cleo") as cleo, come_in(browser, live, "ada") as ada, visit(browser, live) as bank:
        page, mails, guest = cleo.new_page(), ada.new_page(), bank.new_page()
        page.goto("/")
        page.get_by_label("Main", exact=True).get_by_role("link", name="Documents").click()
        page.get_by_role("link", name=FOLDER).first.click()
        page.locator("#rows").get_by_role("link", name=DOCUMENT).first.click()
        _send(page)

        link = _mailed(mails, r"(https://\S+/g/\S+)")
        guest.goto(re.sub(r"https://[^/]+", live.address, link))
        expect(guest).to_have_url(re.compile(r"/g/[^/]+/code/$"))  # the secret is in no address any more
        guest.get_by_role("button", name="Send me the code").click()
        guest.get_by_label("Code").fill(_mailed(mails, r"Your code: (\d{6})"))
        guest.get_by_role("button", name="Go on").click()
        expect(guest.get_by_role("heading", level=1)).to_have_text(DOCUMENT)
        expect(guest.locator("[data-pdf-count]")).not_to_be_empty()  # drawn by the portal's own viewer
        expect(guest.get_by_role("link", name="Download")).to_have_count(0)

        _end(page)
        guest.reload()
        expect(guest.get_by_role("heading", name="This is over")).to_be_visible()
        page.get_by_label("Main", exact=True).get_by_role("link", name="Who opened our data").click()
        entry = page.get_by_role("listitem").filter(has_text=BANK).filter(has_text=f"viewed {DOCUMENT}")
        expect(entry.first).to_contain_text(WHY)


def _send(page: Page) -> None:
    """Send the bank a link to the document at hand; a reason is asked for."""
    _more(page, "Send a link")
    form = page.get_by_role("dialog")
    form.get_by_label("E-mail address").fill(BANK)
    form.get_by_label("Why").fill(WHY)
    form.get_by_role("button", name="Send the link").click()
    expect(page.get_by_text("The link is on its way.")).to_be_visible()


def _end(page: Page) -> None:
    page.get_by_label("Main", exact=True).get_by_role("link", name="People").click()
    page.get_by_role("link", name="Links", exact=True).click()
    page.get_by_role("link", name=f"End the link of {BANK}").first.click()
    page.get_by_role("dialog").get_by_role("button", name="End it").click()
    expect(page.get_by_text("The link has ended.")).to_be_visible()


def _more(page: Page, act: str) -> None:
    page.locator("main summary[aria-label=More]").first.click()
    page.get_by_role("link", name=act).first.click()


def _mailed(page: Page, pattern: str) -> str:
    """Return what the newest mail to the bank says in place of the group of `pattern`."""
    page.goto("/mail/")
    for mail in page.get_by_role("link").filter(has_text=BANK).all()[:3]:
        mail.click()
        found = re.search(pattern, page.get_by_role("main").inner_text())
        if found is not None:
            return found.group(1)
        page.goto("/mail/")
    raise AssertionError(page.get_by_role("main").inner_text())
