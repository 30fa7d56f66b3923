"""What holds a session, and what ends it."""

import pytest
from playwright.sync_api import Browser, expect

from tests.journeys.browser import come_in, sign_in, visit
from tests.journeys.joining import join_okoye, newcomer
from tests.live import Live


@pytest.mark.journey
@pytest.mark.control("session-kill-on-pw-change")
def test_a_new_password_ends_the_other_session(browser: Browser, live: Live):
    finn = newcomer("Finn Okoye")
    context, secret = join_okoye(browser, live, finn)
    with context, visit(browser, live) as elsewhere:
        stolen = elsewhere.new_page()
        sign_in(stolen, email=finn.email, password=finn.password, secret=secret)
        expect(stolen.get_by_role("heading", name="Needs your attention")).to_be_visible()

        page, new = context.pages[0], f"{finn.password}-and-a-tide"
        page.goto("/account/password/")
        page.get_by_label("Current password").fill(finn.password)
        page.get_by_label("New password").fill(new)
        page.get_by_role("button", name="Change password").click()
        expect(page.get_by_role("heading", name="My account")).to_be_visible()

        stolen.get_by_label("Main", exact=True).get_by_role("link", name="Documents").click()
        expect(stolen.get_by_role("heading", name="Sign in")).to_be_visible()
        page.reload()
        expect(page.get_by_role("heading", name="My account")).to_be_visible()
        stolen.get_by_label("E-mail address").fill(finn.email)
        stolen.get_by_label("Password").fill(finn.password)
        stolen.get_by_role("button", name="Sign in", exact=True).click()
        expect(stolen.locator("main")).to_contain_text("not correct")


@pytest.mark.journey
@pytest.mark.control("forced-tls", "http-redirect")
def test_an_address_without_tls_ends_at_https(browser: Browser, live: Live):
    with visit(browser, live) as visitor:
        page = visitor.new_page()

        answer = page.goto(f"http://localhost:{live.http_port}/account/?from=mail")

        assert answer is not None
        first = answer.request
        while first.redirected_from:
            first = first.redirected_from
        plain = first.response()
        assert plain is not None
        assert (plain.status, plain.headers["location"]) == (308, f"{live.address}/account/?from=mail")
        assert "set-cookie" not in plain.headers
        assert page.url.startswith(f"{live.address}/sign-in/")


@pytest.mark.journey
@pytest.mark.control("forced-tls")
def test_cookies_travel_over_tls_only_and_no_script_reads_the_session(browser: Browser, live: Live):
    with come_in(browser, live, "cleo") as cleo:
        page = cleo.new_page()
        page.goto("/")
        cookies = {cookie["name"]: cookie for cookie in cleo.cookies()}

        assert any("session" in name for name in cookies)
        for name, cookie in cookies.items():
            assert name.startswith("__Host-") or name == "theme", name
            assert cookie["secure"]
            assert cookie["path"] == "/"
            assert cookie["sameSite"] in ("Lax", "Strict")
            assert cookie["httpOnly"] or name == "theme", name
        assert page.evaluate("() => document.cookie") == ""
