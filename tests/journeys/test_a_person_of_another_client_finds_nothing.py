"""Mallory has every address of Okoye's documents, and a browser."""

import re

import pytest
from playwright.sync_api import APIRequestContext, Browser, Page, expect

from muniment.web.checks import routes
from tests.journeys.browser import come_in
from tests.live import Live

NAMED = re.compile(r"<(?:\w+:)?(\w+)>")
# The reference, forms' tokens, and the address asked for, which the switch of colours comes back to
DIFFERS = re.compile(r"<code[^>]*>[^<]*</code>|(?:content|value)=\"[A-Za-z0-9]{64}\"|name=\"next\" value=\"[^\"]*\"")
DOCUMENT, FOLDER = "Engagement letter 2027.pdf", "Contracts"
TUS = {"Tus-Resumable": "1.0.0"}


@pytest.mark.journey
@pytest.mark.control("tenant-isolation", "limit-inside", "opaque-ids", "five-controls")
def test_a_person_of_another_client_finds_nothing(browser: Browser, live: Live):
    with come_in(browser, live, "cleo") as cleo:
        found = _addresses(cleo.new_page())

    with come_in(browser, live, "mallory") as mallory:
        page = mallory.new_page()
        page.goto("/")
        own = str(page.get_by_role("link", name="Documents").first.get_attribute("href")).split("/")[1]

        for client in (found["client_id"], own):  # as she finds it, and bent to her own client
            values = {**found, "client_id": client}
            for path in _paths():
                _expect_nothing(mallory.request, NAMED.sub(lambda name: values.get(name[1], "1"), path))  # noqa: B023 - used at once
        _expect_nothing_in_her_own(page, own, found["document_id"])
        page.goto(f"/{found['client_id']}/documents/{found['document_id']}/")
        expect(page.get_by_role("heading", name="Not here")).to_be_visible()
        assert DOCUMENT not in page.content()


def _addresses(page: Page) -> dict[str, str]:
    """Return the ids in the addresses of a document of Okoye's, as its own people see them."""
    page.goto("/")
    page.get_by_role("link", name="Documents").first.click()
    folder = page.get_by_role("link", name=FOLDER).first
    folder_id = str(folder.get_attribute("href")).split("/")[4]
    folder.click()
    page.locator("#rows").get_by_role("link", name=DOCUMENT).first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(DOCUMENT)
    client_id, document_id = page.url.split("/")[3], page.url.split("/")[5]
    return {"client_id": client_id, "document_id": document_id, "folder_id": folder_id, "grant_id": document_id}


def _paths() -> list[str]:
    """Return every address of the portal that names a document or a folder."""
    return ["/" + path for path, _route in routes() if "document_id" in path or "folder_id" in path]


def _expect_nothing(request: APIRequestContext, address: str) -> None:
    """Expect the very answer that an invented address gets."""
    for method in ("GET", "HEAD"):
        answer, nothing = request.fetch(address, method=method), request.fetch("/nowhere/at/all/", method=method)
        if answer.status != 405:
            assert (answer.status, DIFFERS.sub("", answer.text())) == (nothing.status, DIFFERS.sub("", nothing.text()))
        assert answer.status in (404, 405), address
        assert DOCUMENT not in answer.text()
        assert "content-disposition" not in answer.headers


def _expect_nothing_in_her_own(page: Page, own: str, document_id: str) -> None:
    """Expect that list, search, zip and upload of her own client do not reach beyond it."""
    page.goto(f"/{own}/documents/?text=Calder")
    expect(page.get_by_text("Nothing found")).to_be_visible()
    token = str(page.locator("meta[name=csrf-token]").get_attribute("content"))
    headers = {"X-CSRFToken": token, "Referer": page.url}
    for act in ("pack", "to-trash", "move"):
        taken = page.request.post(f"/{own}/documents/{act}/", headers=headers, form={"document": document_id})
        assert taken.status == 404, act
    into_theirs = {"Upload-Length": "3", "Upload-Metadata": f"filename eC50eHQ=,document {_base64(document_id)}"}
    begun = page.request.post(f"/{own}/uploads/", headers={**headers, **TUS, **into_theirs})
    assert begun.status == 404


def _base64(text: str) -> str:
    from base64 import b64encode

    return b64encode(text.encode()).decode()
