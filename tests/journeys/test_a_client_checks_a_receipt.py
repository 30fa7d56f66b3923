"""Cleo takes the receipt of an act, checks it in her browser, and then with the page that she saved to her disk."""

import json
import re
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.journeys.browser import come_in, download, visit
from tests.live import Live

TELL = """addEventListener("securitypolicyviolation", event => console.error("policy: " + event.violatedDirective))"""


@pytest.mark.journey
@pytest.mark.control("audit-immutable")
def test_a_client_checks_a_receipt(browser: Browser, live: Live, tmp_path: Path):
    with come_in(browser, live, "cleo") as context:
        context.add_init_script(TELL)
        page, complaints = context.new_page(), list[str]()
        page.on("console", lambda said: complaints.append(said.text) if said.type in {"error", "warning"} else None)
        page.goto("/")
        page.get_by_label("Main", exact=True).get_by_role("link", name="Who opened our data").click()
        page.get_by_role("link", name="Receipts of downloads, shares and exports").click()
        page.get_by_label("Receipts", exact=True).get_by_role("link", name=re.compile("^(?!Receipt: )")).last.click()
        receipt = download(page, "Receipt", tmp_path)

        page.get_by_role("link", name="Check a receipt yourself").click()

        expect(page.get_by_text("The keys below came with the link")).to_be_visible()
        keys = page.get_by_label("Keys, one on each line").input_value()
        _choose(page, receipt)
        expect(page.get_by_text(f"Valid: {receipt.name}")).to_be_visible()
        expect(page.get_by_text("Not checked", exact=True)).to_be_visible()
        assert Axe().run(page).violations_count == 0
        assert complaints == []
        saved = download(page, "This page as one file", tmp_path)

    with visit(browser, live, base_url=None, offline=True) as context:
        page = context.new_page()
        page.goto(saved.as_uri())
        page.get_by_label("Keys, one on each line").fill(keys)
        _choose(page, receipt)
        expect(page.get_by_text(f"Valid: {receipt.name}")).to_be_visible()
        assert Axe().run(page).violations_count == 0

        found = json.loads(receipt.read_text())
        found["entry"]["core"]["text"] = found["entry"]["core"]["text"].replace('"allowed":true', '"allowed":false')
        receipt.write_text(json.dumps(found))
        _choose(page, receipt)
        expect(page.get_by_text("This entry is not in the log where the receipt says")).to_be_visible()


def _choose(page: Page, path: Path) -> None:
    page.get_by_label("Files").set_input_files(path)
    page.get_by_role("button", name="Check", exact=True).click()
