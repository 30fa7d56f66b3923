"""Everything but the progress of uploads and the PDF viewer works in a browser that runs no scripts."""

import secrets

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.browser import sign_in, visit
from tests.live import Live

DOCUMENT, HOME_FOLDER, READER = "Delivery note 118.jpg", "Accounts", "Felix Auer"
WHY = "Checks the delivery of November"


@pytest.mark.journey
@pytest.mark.control("platform-choice", "share-files", "access-why")
def test_the_portal_works_without_scripts(browser: Browser, live: Live):
    with visit(browser, live, java_script_enabled=False) as owner:
        page, mark = owner.new_page(), secrets.token_hex(3)
        sign_in(page, **live.person("mallory"))
        expect(page.get_by_role("heading", name="Needs your attention")).to_be_visible()

        folder, name = f"Deliveries {mark}", f"Delivery note {mark}.jpg"
        _make_folder(page, folder)
        _rename(page, name)
        _move(page, folder)
        _share_and_end(page)
        _trash_and_take_back(page, name)
        _read_log(page, name)
        _put_back(page, folder, name)
        _upload(page, f"Note {mark}.txt")
        _sign_out(page)


def _go(page: Page, name: str) -> None:
    page.get_by_label("Main", exact=True).get_by_role("link", name=name).click()


def _more(page: Page, act: str) -> None:
    """Choose from the menu of the page, which opens by itself."""
    page.get_by_role("main").locator("summary").first.click()
    page.get_by_role("main").get_by_role("link", name=act, exact=True).click()


def _open(page: Page, folder: str, name: str) -> None:
    _go(page, "Documents")
    page.get_by_role("link", name=folder).first.click()
    page.locator("#rows").get_by_role("link", name=name).first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(name)


def _make_folder(page: Page, folder: str) -> None:
    _go(page, "Documents")
    page.get_by_role("link", name="New folder").first.click()
    page.get_by_label("Name").fill(folder)
    page.get_by_role("main").get_by_role("button").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(folder)


def _rename(page: Page, name: str) -> None:
    _open(page, HOME_FOLDER, DOCUMENT)
    _more(page, "Rename")
    page.get_by_label("Name").fill(name)
    page.get_by_role("button", name="Rename").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(name)
    expect(page.get_by_role("main").locator("img")).to_be_visible()  # the picture is there without scripts


def _move(page: Page, folder: str) -> None:
    _more(page, "Move")
    page.get_by_label("Folder").select_option(label=folder)
    page.get_by_role("button", name="Move", exact=True).click()
    expect(page.get_by_role("navigation", name="Breadcrumb")).to_contain_text(folder)


def _share_and_end(page: Page) -> None:
    page.get_by_role("link", name="Share", exact=True).click()
    page.get_by_label("Who", exact=True).select_option(label=READER)
    page.get_by_role("button", name="Who could open it then?").click()
    expect(page.locator("#share-preview")).to_contain_text(READER)
    page.get_by_label("Why").fill(WHY)
    page.get_by_role("button", name="Share", exact=True).click()
    readers = page.get_by_role("region", name="Who can open this")
    expect(readers).to_contain_text(WHY)
    readers.get_by_role("link", name=f"End the share with {READER}").click()
    page.get_by_role("button", name="End the share").click()
    expect(readers).not_to_contain_text(WHY)


def _trash_and_take_back(page: Page, name: str) -> None:
    address = page.url
    _more(page, "Move to trash")
    page.get_by_role("button", name="Move to trash").click()
    expect(page.get_by_text("It is in the trash and can be taken back.")).to_be_visible()
    page.goto(address)
    expect(page.get_by_role("heading", name="Not here")).to_be_visible()
    page.get_by_role("link", name="To the start").click()
    _go(page, "Documents")
    _more(page, "Open the trash")
    page.get_by_role("button", name=f"Take back {name}").click()
    page.goto(address)
    expect(page.get_by_role("heading", level=1)).to_have_text(name)


def _read_log(page: Page, name: str) -> None:
    _go(page, "Who opened our data")
    # the portal's own checks of what others uploaded may fill the first page
    page.get_by_label("Person", exact=True).select_option(label="Mallory Brandt")
    page.get_by_role("main").get_by_role("button").first.click()
    for act in ("renamed", "moved", "shared", "ended a share of", "restored", "viewed"):
        expect(page.get_by_role("listitem").filter(has_text=f"{act} {name}").first).to_be_visible()
    expect(page.get_by_role("listitem").filter(has_text=f"put {name} into the trash").first).to_be_visible()
    page.get_by_label("Act", exact=True).select_option(label="Shared or granted")
    page.get_by_role("main").get_by_role("button").first.click()
    expect(page.get_by_role("listitem").filter(has_text=f"viewed {name}")).to_have_count(0)
    expect(page.get_by_role("listitem").filter(has_text=f"shared {name}").first).to_be_visible()


def _put_back(page: Page, folder: str, name: str) -> None:
    """Leave the demo's paper as it was, for whoever comes next; by ticking it in the list this time."""
    _go(page, "Documents")
    page.get_by_role("link", name=folder).first.click()
    page.locator("#rows tbody").get_by_role("checkbox").check()
    page.locator("#rows").get_by_role("button", name="Move", exact=True).click()
    page.get_by_label("Folder").select_option(label=HOME_FOLDER)
    page.get_by_role("button", name="Move", exact=True).click()
    page.locator("#rows").get_by_role("link", name=name).first.click()
    _more(page, "Rename")
    page.get_by_label("Name").fill(DOCUMENT)
    page.get_by_role("button", name="Rename").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(DOCUMENT)


def _upload(page: Page, name: str) -> None:
    _go(page, "Documents")
    page.get_by_role("link", name="Upload a file without JavaScript").click()
    page.get_by_label("File").set_input_files({"name": name, "mimeType": "text/plain", "buffer": b"Twelve crates"})
    page.get_by_role("button", name="Upload", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(name)


def _sign_out(page: Page) -> None:
    page.goto("/account/")
    page.get_by_role("main").get_by_role("button", name="Sign out").click()
    page.goto("/account/")
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
