"""The main job, from an invitation to the entry in the log that tells the client who opened their document."""

from hashlib import sha256
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.browser import come_in, download
from tests.journeys.conftest import SCAN_PAGES
from tests.journeys.joining import join_okoye, newcomer
from tests.journeys.sending import CHUNK_BYTES, Sending, await_chunk
from tests.live import Live

CANVAS_COLOURS = """canvas => {
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  const seen = new Set();
  for (let at = 0; at < data.length; at += 4 * 97) seen.add(data[at]);
  return seen.size;
}"""
BEN_WHY = "Year-end accounts and tax 2026"  # why Ben works for this client, as the firm wrote it down


@pytest.mark.journey
@pytest.mark.slow
@pytest.mark.control("share-files", "mfa-know-plus-have", "user-auth-robust")
@pytest.mark.control("access-who", "access-why", "access-what", "audit-who-what", "audit-when-where", "audit-actions")
def test_a_client_uploads_a_scan_and_sees_who_opened_it(browser: Browser, live: Live, scan: Path, tmp_path: Path):
    eve = newcomer("Eve Okoye")
    context, _secret = join_okoye(browser, live, eve)
    page = context.pages[0]

    address = _upload_with_a_cut(page, scan)
    _view(page, address)
    assert _digest(download(page, "Download", tmp_path)) == _digest(scan)

    with come_in(browser, live, "ben") as ben:
        reading = ben.new_page()
        _find_as_staff(reading, scan.name, eve.name)
        _expect_pages(reading)
        assert _digest(download(reading, "Download", tmp_path)) == _digest(scan)

    page.get_by_label("Main", exact=True).get_by_role("link", name="Who opened our data").click()
    for act in ("viewed", "downloaded"):
        entry = page.get_by_role("listitem").filter(has_text="Ben Vane").filter(has_text=f"{act} {scan.name}").first
        expect(entry).to_contain_text(BEN_WHY)
        expect(entry).to_contain_text("127.0.0.1")
    context.close()


def _upload_with_a_cut(page: Page, scan: Path) -> str:
    """Upload a file, lose the connection on the way, get it back; return the address of the document."""
    sending = Sending.listen(page)
    page.get_by_label("Main", exact=True).get_by_role("link", name="Documents").click()
    page.locator("input[data-upload-pick]").first.set_input_files(scan)
    row = page.locator("[data-queue] li").filter(has_text=scan.name)
    await_chunk(page)
    with page.expect_event("requestfailed", lambda request: request.method == "PATCH"):
        page.context.set_offline(True)
    expect(row).to_contain_text("Connection lost")
    page.context.set_offline(False)
    expect(row).to_contain_text("Uploaded and encrypted")
    methods, offsets = sending.methods(), sending.offsets()
    assert methods.count("POST") == 1, "it began anew instead of going on"
    assert "HEAD" in methods, "nobody asked the portal how much had arrived"
    assert offsets.count(0) == 1
    assert offsets == sorted(offsets)
    assert len(offsets) > len(set(offsets)), "the cut came between two chunks"
    assert offsets[-1] == scan.stat().st_size // CHUNK_BYTES * CHUNK_BYTES
    link = page.locator("#rows").get_by_role("link", name=scan.name).first
    expect(link).to_be_visible()
    return str(link.get_attribute("href"))


def _view(page: Page, address: str) -> None:
    page.goto(address)
    _expect_pages(page)


def _expect_pages(page: Page) -> None:
    """Wait until the first page of the PDF is drawn: more than an empty sheet, by our own viewer."""
    expect(page.locator("[data-pdf-count]")).to_have_text(str(SCAN_PAGES))
    canvas = page.locator(".pdf-page[data-number='1'] canvas")
    expect(page.locator(".pdf-page[data-number='1'] .text-layer")).to_be_attached()  # comes once the canvas is done
    assert canvas.evaluate(CANVAS_COLOURS) > 8


def _find_as_staff(page: Page, document: str, sender: str) -> None:
    """Open a new document from Home, where it waits for whoever works for the client."""
    page.goto("/")
    need = page.locator("#needs, main").get_by_role("listitem").filter(has_text=document).filter(has_text=sender)
    need.first.get_by_role("link", name="Read").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(document)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        digest = sha256()
        while piece := file.read(1 << 20):
            digest.update(piece)
    return digest.hexdigest()
