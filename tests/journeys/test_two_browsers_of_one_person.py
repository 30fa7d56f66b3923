"""Two browsers of one person: each sees the other, ends it, is told of it, and is asked before it is signed out."""

import re

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.journeys.browser import PHONE, sign_in, visit
from tests.journeys.joining import join_okoye, newcomer
from tests.live import Live

PHONE_AGENT = "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 Version/19.0 Safari/604.1"


@pytest.mark.journey
@pytest.mark.control("session-list-revoke")
def test_a_phone_is_listed_with_the_rest_and_ended_from_the_computer(browser: Browser, live: Live):
    tess = newcomer("Tess Okoye")
    context, secret = join_okoye(browser, live, tess)
    with context, visit(browser, live, viewport=PHONE, user_agent=PHONE_AGENT, has_touch=True) as pocket:
        phone = pocket.new_page()
        sign_in(phone, email=tess.email, password=tess.password, secret=secret)
        expect(phone.get_by_role("heading", name="Needs your attention")).to_be_visible()

        page = context.pages[0]
        page.goto("/account/")
        sessions = page.get_by_role("region", name="Where you are signed in")
        expect(sessions.get_by_role("listitem")).to_have_count(2)
        expect(sessions).to_contain_text("Safari on iPhone")
        expect(sessions).to_contain_text(re.compile(r"127\.0\.0\.1|::1"))
        recent = page.get_by_role("region", name="Recent sign-ins")
        came = recent.get_by_role("listitem").filter(has_text="Signed in").filter(has_text="Safari on iPhone")
        expect(came).to_contain_text("new device")
        sessions.get_by_role("button", name="End the session on Safari on iPhone").click()
        expect(page.get_by_role("region", name="Where you are signed in").get_by_role("listitem")).to_have_count(1)

        phone.get_by_role("link", name="Documents").last.click()
        expect(phone.get_by_role("heading", name="Sign in")).to_be_visible()

        devices = page.get_by_role("region", name="Your devices")
        devices.get_by_role("button", name="Forget the device Safari on iPhone").click()
        expect(page.get_by_role("region", name="Your devices")).not_to_contain_text("Safari on iPhone")


@pytest.mark.journey
@pytest.mark.control("session-timeout")
def test_before_a_session_ends_somebody_is_asked_and_can_stay(browser: Browser, live: Live):
    rosa = newcomer("Rosa Okoye")
    context, _secret = join_okoye(browser, live, rosa)
    with context:
        page = context.pages[0]
        page.goto("/account/")
        _shorten(page, seconds=24, answer=15)

        warning = page.get_by_role("alertdialog", name="Are you still there?")
        expect(warning).to_be_visible()
        expect(warning.get_by_role("button", name="Stay signed in")).to_be_focused()
        warning.get_by_role("button", name="Stay signed in").click()
        expect(warning).to_be_hidden()
        page.reload()
        expect(page.get_by_role("heading", name="My account")).to_be_visible()


@pytest.mark.journey
@pytest.mark.control("session-timeout")
def test_when_it_is_over_nothing_stays_on_the_screen(browser: Browser, live: Live):
    vera = newcomer("Vera Okoye")
    context, _secret = join_okoye(browser, live, vera)
    with context:
        page, other = context.pages[0], context.new_page()
        page.goto("/account/")
        _shorten(page, seconds=30)
        other.goto("/account/")
        other.locator("main").get_by_role("button", name="Sign out").click()
        expect(other.get_by_role("heading", name="Sign in")).to_be_visible()

        expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def _shorten(page: Page, *, seconds: int, answer: int | None = None) -> None:
    """Let the page at hand say that so many seconds are left; and the portal too, when it is asked, where given."""
    if answer is not None:
        page.route("**/account/sessions/stay/", lambda route: _asked(route, answer))
    page.route("**/account/", lambda route: _with_seconds(route, seconds))
    page.reload()
    page.unroute("**/account/")


def _asked(route: Route, seconds: int) -> None:
    """Answer who asks; who says that they are there reaches the portal."""
    if route.request.method == "GET":
        route.fulfill(json={"seconds": seconds, "last": False})
    else:
        route.continue_()


def _with_seconds(route: Route, seconds: int) -> None:
    answer = route.fetch()
    route.fulfill(response=answer, body=re.sub(r'data-seconds="\d+"', f'data-seconds="{seconds}"', answer.text()))
