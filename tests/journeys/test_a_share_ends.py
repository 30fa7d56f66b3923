"""A guest may open one document for a reason until a day, and nothing from the moment that is over."""

from datetime import timedelta

import pytest
from playwright.sync_api import Browser, Page, expect

from muniment.core import clock
from tests.journeys.browser import come_in
from tests.live import Live

DOCUMENT, FOLDER, GUEST = "Board minutes 12 November.pdf", "Corporate", "Ruth Calder"
WHY = "Survey of the site before completion"


@pytest.mark.journey
@pytest.mark.control("share-files", "access-why", "least-privilege", "access-who")
def test_a_share_with_a_guest_is_over_at_the_next_click(browser: Browser, live: Live):
    with come_in(browser, live, "cleo") as cleo, come_in(browser, live, "ruth") as ruth:
        page, guests = cleo.new_page(), ruth.new_page()
        page.goto("/")
        _open(page)
        guests.goto(page.url)
        expect(guests.get_by_role("heading", name="Not here")).to_be_visible()

        _share(page)
        guests.reload()
        expect(guests.get_by_role("heading", level=1)).to_have_text(DOCUMENT)
        expect(guests.get_by_role("link", name="Download", exact=True)).to_have_count(0)  # to open was what it was for
        guests.goto("/")
        link = guests.locator("main").get_by_role("link").filter(has_text=DOCUMENT).first
        expect(link).to_be_visible()

        _end(page)
        link.click()
        expect(guests.get_by_role("heading", name="Not here")).to_be_visible()
        guests.goto("/")
        expect(guests.locator("main")).not_to_contain_text(DOCUMENT)
        page.get_by_label("Main", exact=True).get_by_role("link", name="Who opened our data").click()
        for who, act in (("Cleo Okoye", "shared"), (GUEST, "viewed"), ("Cleo Okoye", "ended a share of")):
            entry = page.get_by_role("listitem").filter(has_text=who).filter(has_text=f"{act} {DOCUMENT}")
            expect(entry.first).to_be_visible()
        expect(page.get_by_role("listitem").filter(has_text=GUEST).filter(has_text=WHY).first).to_be_visible()


def _open(page: Page) -> None:
    page.get_by_label("Main", exact=True).get_by_role("link", name="Documents").click()
    page.get_by_role("link", name=FOLDER).first.click()
    page.locator("#rows").get_by_role("link", name=DOCUMENT).first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(DOCUMENT)


def _share(page: Page) -> None:
    """Share the document at hand, having seen who will be able to open it then."""
    page.get_by_role("link", name="Share", exact=True).click()
    form = page.get_by_role("dialog")
    form.get_by_label("Who", exact=True).select_option(label=GUEST)
    expect(form.locator("#share-preview")).to_contain_text(GUEST)
    form.get_by_label("Open it here").check()
    form.get_by_label("Until").fill((clock.now() + timedelta(days=7)).strftime("%Y-%m-%d"))
    form.get_by_role("button", name="Share", exact=True).click()
    expect(form.get_by_label("Why")).to_be_focused()  # a reason is asked for
    form.get_by_label("Why").fill(WHY)
    form.get_by_role("button", name="Share", exact=True).click()
    expect(page.get_by_role("region", name="Who can open this")).to_contain_text(WHY)


def _end(page: Page) -> None:
    page.get_by_role("region", name="Who can open this").get_by_role("link", name=f"End the share with {GUEST}").click()
    page.get_by_role("dialog").get_by_role("button", name="End the share").click()
    expect(page.get_by_text("The share has ended.")).to_be_visible()
    expect(page.get_by_role("region", name="Who can open this")).not_to_contain_text(GUEST)
