"""The page as it is saved to disk, in Chromium without a network: it says what the vectors say."""

import json
import shutil
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from muniment_verify import one_file
from tests.verify.make_vectors import FOLDER, KEYS, LOG
from tests.verify.paper_log import as_lines

PAGE = Path(one_file.__file__).parents[1] / "muniment/web/static/app/verify/muniment-verify.html"
VERDICTS = {"valid": "Valid", "not valid": "Not valid", "could not check": "Could not check"}
CASES = {
    f"{path.stem}: {case['name']}": case
    for path in sorted(FOLDER.glob("*.json"))
    for case in json.loads(path.read_text()).get("cases", ())
}


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    """Open the saved page from a folder of its own, offline, listening for whatever it breaks or asks for."""
    saved = tmp_path_factory.mktemp("saved") / "muniment-verify.html"
    shutil.copy(PAGE, saved)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium") or shutil.which("chromium-browser"), args=["--no-sandbox"]
        )
        context = browser.new_context(offline=True)
        opened = context.new_page()
        opened.goto(saved.as_uri())
        yield opened
        browser.close()


def said_by(page, files, keys=KEYS, quorum=None):
    """Give the page keys and files as a person does, and return what it says."""
    page.locator("#keys").fill("\n".join(keys) or " ")
    page.locator("#quorum").fill("" if quorum is None else str(quorum))
    page.locator("#files").set_input_files(
        [{"name": name, "mimeType": "", "buffer": text.encode()} for name, text in files.items()]
    )
    page.evaluate("document.getElementById('verify-form').dispatchEvent(new Event('submit', {cancelable: true}))")
    page.locator("#verify-result:not([aria-busy])").wait_for()  # a predicate would be eval, which the page forbids
    return page.locator("#verify-result").inner_text()


@pytest.mark.parametrize("name", CASES)
def test_the_page_says_what_the_vector_says(page, name):
    case = CASES[name]

    said = said_by(page, case["files"], case["keys"], case["quorum"])

    assert said.startswith(VERDICTS[case["result"]]), said
    assert "stumble" not in said


def test_the_page_says_what_was_checked_and_what_was_not(page):
    said = said_by(page, {"mine.receipt": json.dumps(LOG.receipt(7))})

    assert "document.downloaded" in said
    assert "3 of your 3 witnesses" in said
    assert "Not checked" in said
    assert "is true" in said


def test_an_entry_cannot_write_into_the_page(page):
    log = type(LOG)()
    log.add(1_790_000_000, "<img src=x onerror=alert(1)>\u202e")
    log.publish(1_790_000_001)

    said = said_by(page, {"a.receipt": json.dumps(log.receipt(0))})

    assert "<img src=x onerror=alert(1)>" in said
    assert "\u202e" not in said
    assert page.locator("#verify-result img").count() == 0


def test_a_file_can_be_dropped(page):
    said_by(page, {"a.checkpoint": LOG.checkpoint()})
    page.evaluate(
        """text => {
            const data = new DataTransfer();
            data.items.add(new File([text], "dropped.mlog"));
            document.body.dispatchEvent(new DragEvent("drop", {dataTransfer: data, bubbles: true, cancelable: true}));
        }""",
        b"".join(as_lines(LOG.export())).decode(),
    )

    page.get_by_text("Valid: dropped.mlog").wait_for()


def test_keys_out_of_a_link_are_said_to_come_from_it(page):
    with page.context.new_page() as other:
        other.goto(page.url.split("#")[0] + "#key=" + KEYS[0].replace("+", "%2B"))

        assert other.locator("#keys").input_value() == KEYS[0]
        assert other.locator("#verify-from-link").is_visible()
    assert page.locator("#verify-from-link").is_hidden()


def test_the_saved_page_can_neither_load_nor_send_anything(page):
    refused = page.evaluate("fetch('https://example.com/').then(() => '', error => error.name)")
    policy = page.locator("meta[http-equiv]").get_attribute("content")

    assert refused == "TypeError"
    assert policy.startswith("default-src 'none'; script-src 'sha256-")
    assert "unsafe" not in policy
