"""Who administers looks after backups: makes one, drills, brings a document back, makes and tests a recovery sheet."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.guarantees.looking import Look
from tests.journeys.browser import come_in
from tests.live import Live

AGENT_MS = 180_000  # the agent has other work, and so has the machine


@pytest.mark.journey
@pytest.mark.control("rpo-rto-defined", "backup-encrypted")
def test_an_administrator_backs_up_now_and_brings_a_document_back(browser: Browser, live: Live):
    with come_in(browser, live, "ada") as ada:
        look = Look.at(ada)
        page = look.page
        page.goto("/backups/")
        _idle(page)
        look.everything()

        page.get_by_role("button", name="Back up now").click()
        expect(page.get_by_text("Asked for. It begins within seconds")).to_be_visible()
        expect(page.get_by_text("Asked for by Ada Harcourt")).to_be_visible()
        _look_at_what_runs(look)
        _idle(page)
        expect(page.get_by_text("can be brought back.")).to_be_visible()

        page.goto("/backups/bring-back/")
        look.everything()
        page.get_by_role("main").get_by_role("link", name="One document").click()
        look.everything()
        page.get_by_role("link", name="Okoye Holdings Ltd").click()
        expect(page.get_by_text("Lease, signed")).to_have_count(0)  # she administers, and reads nothing
        look.everything()
        page.get_by_role("main").get_by_role("link", name=re.compile("^Picture")).first.click()
        look.everything()
        page.get_by_role("button", name="Bring it back").click()
        expect(page.get_by_text("As it was")).to_be_visible()
        _look_at_what_runs(look)
        expect(page.locator("#order").get_by_text(re.compile("^(Done|Failed)$"))).to_be_visible(timeout=AGENT_MS)
        expect(page.locator("#order").get_by_text("Done", exact=True)).to_be_visible()
        assert look.wrong == []


@pytest.mark.journey
@pytest.mark.control("recovery-tested")
def test_an_administrator_makes_a_recovery_sheet_and_tests_its_pages(browser: Browser, live: Live):
    with come_in(browser, live, "ada") as ada:
        look = Look.at(ada)
        page = look.page
        page.goto("/backups/recovery-sheet/")
        look.everything()

        page.get_by_label("Among how many people").fill("3")
        page.get_by_label("How many of them open it together").fill("2")
        page.get_by_role("button", name="Make it").click()
        expect(page.get_by_text("These pages are shown once")).to_be_visible()
        look.everything()
        with page.expect_download() as coming:
            page.get_by_role("link", name="All pages as PDF").click()
        assert coming.value.path().read_bytes().startswith(b"%PDF-")
        words = [" ".join(one.locator("ol .word").all_inner_texts()) for one in page.locator("main > ol > li").all()]
        assert len(words) == 3
        page.get_by_role("link", name="Printed: test the pages").click()

        _try(page, words[0].replace(words[0].split()[4], "zebra"))
        expect(page.locator(".notice-red")).to_be_visible()
        look.everything()
        _try(page, words[0])
        expect(page.get_by_text("Page 1 is right. Try 1 more page before you rely on it.")).to_be_visible()
        _try(page, words[2])
        expect(page.get_by_text("this sheet is in force.")).to_be_visible()
        expect(page.get_by_text("tested: page 1, 3")).to_be_visible()
        look.everything()
        assert look.wrong == []


@pytest.mark.journey
@pytest.mark.control("recovery-tested")
def test_an_administrator_holds_a_drill_and_reads_what_it_found(browser: Browser, live: Live):
    with come_in(browser, live, "ada") as ada:
        look = Look.at(ada)
        page = look.page
        page.goto("/backups/drills/")
        look.everything()

        page.get_by_role("button", name="Run a drill now").click()
        expect(page.get_by_text("Asked for. It begins within seconds")).to_be_visible()
        expect(page.get_by_role("button", name="Run a drill now")).to_be_visible(timeout=AGENT_MS)
        look.everything()
        page.locator("main ul a").first.click()
        expect(page.get_by_text("Rows of every table")).to_be_visible()
        expect(page.get_by_role("heading", name="Drill, ")).to_be_visible()
        look.everything()
        with page.expect_download() as coming:
            page.get_by_role("link", name="Signed report").click()
        assert "muniment drill report v1" in coming.value.path().read_text()
        assert look.wrong == []


def _look_at_what_runs(look: Look) -> None:
    """Look at a page that asks again every other second, while its questions go unanswered."""
    look.page.route("**/progress/", lambda _route: None)
    look.page.reload()
    look.everything()
    look.page.unroute("**/progress/")
    look.page.reload()


def _idle(page: Page) -> None:
    """Wait until the agent has nothing left to do; the page loads itself anew then."""
    expect(page.get_by_role("heading", name="Nothing is under way")).to_be_visible(timeout=AGENT_MS)


def _try(page: Page, words: str) -> None:
    page.get_by_label("The words of one page").fill(words)
    page.get_by_role("button", name="Test", exact=True).click()
