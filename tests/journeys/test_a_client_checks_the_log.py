"""A client looks through who opened their data, takes it along, and lets their own browser check the whole log."""

import csv
import io
import json
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.journeys.browser import PHONE, come_in
from tests.live import Live

CHECKED = "The log is whole and unchanged"


def _open_log(page: Page) -> None:
    page.goto("/")
    page.get_by_label("Main", exact=True).get_by_role("link", name="Who opened our data").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Who opened our data")


def _verify(page: Page) -> None:
    page.get_by_role("button", name="Verify now").click()


@pytest.mark.journey
@pytest.mark.slow
@pytest.mark.control("access-who", "audit-who-what", "audit-immutable")
def test_a_client_finds_an_act_takes_it_along_and_checks_the_log(browser: Browser, live: Live, tmp_path: Path):
    with come_in(browser, live, "cleo") as context:
        page = context.new_page()
        _open_log(page)
        page.get_by_label("Search this log").fill("ben viewed")
        expect(page.get_by_text("Entries are sealed, so they are opened to be searched")).to_be_visible()
        expect(page.get_by_role("listitem").filter(has_text="Ben Vane").first).to_be_visible()

        taken = _take(page, "CSV", tmp_path)
        rows = list(csv.DictReader(io.StringIO(taken.read_text("utf-8-sig"))))
        assert rows
        assert {row["who"] for row in rows} == {"Ben Vane"}  # what the filters show, though only a part was swapped
        assert all(row["what"].startswith("viewed") for row in rows)

        _open_log(page)
        expect(page.get_by_role("img", name="entries in 28 days")).to_be_visible()
        page.get_by_text("As a table").click()
        expect(page.get_by_role("region", name="Entries by day or week").get_by_role("row")).not_to_have_count(0)

        page.get_by_role("link", name="Verify now").click()
        expect(page.get_by_text("otherwise the portal vouches for itself")).to_be_visible()
        _verify(page)
        expect(page.get_by_text(CHECKED)).to_be_visible()
        page.set_viewport_size(PHONE)  # type: ignore[arg-type] # the names that playwright wants
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")

        page.reload()
        expect(page.get_by_text("kept on this device")).to_be_visible()
        _verify(page)
        expect(page.get_by_text("that the head that this browser kept")).to_be_visible()


@pytest.mark.journey
@pytest.mark.slow
@pytest.mark.control("audit-immutable")
def test_a_log_that_is_changed_or_cut_on_its_way_does_not_hold(browser: Browser, live: Live, tmp_path: Path):
    with come_in(browser, live, "cleo") as context:
        page = context.new_page()
        _open_log(page)
        whole = _take(page, "The whole log, with its proof", tmp_path).read_text()
        page.get_by_role("link", name="Verify now").click()

        _answer_with(page, _with_a_changed_entry(whole))
        _verify(page)
        expect(page.get_by_text("The log does not hold")).to_be_visible()
        expect(page.get_by_text("one of them was changed")).to_be_visible()

        page.unroute("**/log/export/")
        _verify(page)  # keeps a head: the log has grown since the file was taken
        expect(page.get_by_text(CHECKED)).to_be_visible()
        _answer_with(page, whole)
        _verify(page)
        expect(page.get_by_text("The log was cut")).to_be_visible()


def _take(page: Page, form: str, into: Path) -> Path:
    page.get_by_text("Take along", exact=True).click()
    with page.expect_download() as coming:
        page.get_by_role("button", name=form).click()
    kept = into / coming.value.suggested_filename
    coming.value.save_as(kept)
    return kept


def _with_a_changed_entry(whole: str) -> str:
    lines = whole.splitlines()
    at = next(number for number, line in enumerate(lines) if '"i":3,' in line)
    entry = json.loads(lines[at])
    entry["core"]["text"] = entry["core"]["text"].replace('"allowed":true', '"allowed":false')
    lines[at] = json.dumps(entry, separators=(",", ":"), ensure_ascii=False)
    return "\n".join([*lines, ""])


def _answer_with(page: Page, body: str) -> None:
    def answer(route: Route) -> None:
        route.fulfill(status=200, content_type="application/vnd.muniment.log+jsonl", body=body)

    page.route("**/log/export/", answer)
