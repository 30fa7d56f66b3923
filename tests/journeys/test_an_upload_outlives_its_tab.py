"""A tab is closed in the middle of a large upload; whoever comes back with the same file goes on where it was."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.browser import come_in
from tests.journeys.sending import CHUNK_BYTES, Sending, await_chunk, slow_down
from tests.live import Live

BYTES_A_SECOND = 10 * 1024 * 1024


@pytest.mark.journey
@pytest.mark.slow
@pytest.mark.control("share-files")
def test_an_upload_outlives_its_tab(browser: Browser, live: Live, scan: Path):
    with come_in(browser, live, "tom") as tom:
        first, page = tom.new_page(), tom.new_page()
        _open_documents(first)
        slow_down(first, BYTES_A_SECOND)
        first.locator("input[data-upload-pick]").first.set_input_files(scan)
        await_chunk(first)
        await_chunk(first)
        first.wait_for_event("request", lambda request: request.method == "PATCH")
        first.close()  # in the middle of a chunk

        sending = Sending.listen(page)
        _open_documents(page)
        waiting = page.locator("li[data-unfinished]").filter(has_text=scan.name)
        expect(waiting).to_contain_text("arrived before. Choose the same file to go on.")
        waiting.locator("input[type=file]").set_input_files(scan)
        expect(page.locator("[data-queue] li").filter(has_text=scan.name)).to_contain_text("Uploaded and encrypted")

        assert "POST" not in sending.methods()
        assert sending.offsets()[0] >= 2 * CHUNK_BYTES
        expect(waiting).to_have_count(0)
        expect(page.locator("#rows").get_by_role("link", name=scan.name).first).to_be_visible()


def _open_documents(page: Page) -> None:
    page.goto("/")
    page.get_by_label("Main", exact=True).get_by_role("link", name="Documents").click()
    expect(page.get_by_role("heading", name="Documents", level=1)).to_be_visible()
