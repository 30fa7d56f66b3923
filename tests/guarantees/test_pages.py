"""The pages on the way in, dialogs and menus: readable, usable by touch, in both themes, under their own policy."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.guarantees.looking import Look, shape
from tests.journeys.browser import chromium, come_in, type_code, visit
from tests.journeys.joining import invite, newcomer
from tests.live import Live

NOWHERE = "A" * 21 + "Q"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Run a browser for the tests of this file."""
    with chromium() as running:
        yield running


@pytest.mark.slow
def test_every_page_on_the_way_in_can_be_read_and_used(browser: Browser, live: Live):
    dora = newcomer("Dora Okoye")
    with come_in(browser, live, "cleo") as cleo:
        asking = cleo.new_page()
        asking.goto("/")
        link = invite(asking, dora, "user", "Helps with the year end")

    with visit(browser, live) as context:
        look = Look.at(context)
        page = look.page
        for address in (
            "/sign-in/",
            "/account/password/reset/",
            "/account/password/reset/sent/",
            "/account/password/reset/done/",
            f"/account/password/reset/{NOWHERE}/x/",
            link,
            link[:-3] + "xx/",
            "/nowhere/",
        ):
            look.go(address)
            look.everything()
        look.go(link)
        page.get_by_label("A password").fill("short")
        page.get_by_role("button", name="Go on to the authenticator").click()
        expect(page.get_by_text("Use at least 12 characters")).to_be_visible()
        look.everything()
        _enrol(look, dora.password)
        page.goto("/account/")
        page.locator("main").get_by_role("button", name="Sign out").click()
        _give_a_wrong_code(look, dora.email, dora.password)

    assert look.wrong == []


def _enrol(look: Look, password: str) -> None:
    page = look.page
    page.get_by_label("A password").fill(password)
    page.get_by_role("button", name="Go on to the authenticator").click()
    secret = page.locator("#totp-secret").inner_text().strip()
    _look_here(look)
    type_code(page, secret, "Switch it on")
    _look_here(look)
    page.get_by_role("link", name="I have kept them, go on").click()
    _look_here(look)  # Home of somebody to whom nothing has happened yet


def _give_a_wrong_code(look: Look, email: str, password: str) -> None:
    page = look.page
    page.goto("/sign-in/")
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/sign-in/code/")
    page.locator("[name=code]").fill("abc")
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_load_state()
    _look_here(look)


def _look_here(look: Look) -> None:
    look.page.wait_for_load_state()
    look.where = shape(look.page.url)
    look.everything()


@pytest.mark.slow
def test_dialogs_and_menus_can_be_read_and_used(browser: Browser, live: Live):
    with come_in(browser, live, "cleo") as context:
        look = Look.at(context)
        page = look.page
        look.go("/")
        page.get_by_label("Main", exact=True).get_by_role("link", name="Documents").click()
        page.get_by_role("link", name="Accounts").first.click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Accounts")
        for act in ("Share", "Move", "Rename", "Move to trash"):
            look.where = f"dialog {act}"
            _row_menu(page).get_by_role("link", name=act, exact=True).click()
            expect(page.get_by_role("dialog")).to_be_visible()
            look.everything()
            page.keyboard.press("Escape")
            expect(page.get_by_role("dialog")).to_have_count(0)
        look.where = "menu of a row"
        _row_menu(page)
        look.everything()

    assert look.wrong == []


def _row_menu(page: Page) -> Locator:
    """Open the menu of the first document in the list, and return its row."""
    page.set_viewport_size({"width": 1280, "height": 860})
    row = page.locator("#rows tbody tr").first
    row.locator("[data-row-menu], summary").click()
    return row
