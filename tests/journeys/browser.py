"""Chromium as this machine has it, and how people come in."""

import contextlib
import fcntl
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyotp
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.live import Live

WIDE = {"width": 1280, "height": 860}
PHONE = {"width": 390, "height": 844}
TIMEOUT_MS = 60_000  # the machine may have other work
STEP_SECONDS = 30  # RFC 6238
FRESH_SECONDS = 480  # what matters asks for a factor of the last quarter of an hour, and a story takes its time


@contextlib.contextmanager
def chromium() -> Iterator[Browser]:
    """Run a browser: the machine's own, else the one that playwright brought."""
    expect.set_options(timeout=TIMEOUT_MS)
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(
            executable_path=shutil.which("chromium") or shutil.which("chromium-browser"),
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        try:
            yield running
        finally:
            running.close()


def visit(browser: Browser, live: Live, **options: Any) -> BrowserContext:
    """Return a fresh browser profile in front of the portal.

    It takes the certificate unseen; tests/operations proves that who trusts the portal's authority can check it.
    """
    context = browser.new_context(
        **{"base_url": live.address, "ignore_https_errors": True, "viewport": WIDE, **options}
    )
    context.set_default_timeout(TIMEOUT_MS)
    return context


def say_why(page: Page) -> None:
    """Say why one opens this space, where the portal asks somebody of the firm; it asks once in a session."""
    if "/purpose/" in page.url:
        page.get_by_label("Purpose").fill("Looks after the portal")
        page.get_by_role("main").get_by_role("button", name="Go on").click()


def come_in(browser: Browser, live: Live, who: str, **options: Any) -> BrowserContext:
    """Return a profile in which somebody of the demo is signed in; tests of the same minutes share a session of theirs.

    A code is taken once, so signing in anew in every test would wait for the next code.
    """
    kept = live.data.with_name(f"{who}.session.json")
    with kept.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not kept.exists() or time.time() - kept.stat().st_mtime > FRESH_SECONDS:
            with visit(browser, live) as context:
                sign_in(context.new_page(), **live.person(who))
                context.storage_state(path=kept)
    return visit(browser, live, storage_state=kept, **options)


def sign_in(page: Page, *, email: str, password: str, secret: str, **_more: str) -> None:
    """Sign in with password and code as people do; ends on the page that follows."""
    page.goto("/sign-in/")
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/sign-in/code/")
    type_code(page, secret, "Sign in")


def type_code(page: Page, secret: str, act: str) -> None:
    """Type the code that the app shows; where it was used a moment ago, the one it shows next."""
    asked = page.url
    for ahead in (0, STEP_SECONDS):
        page.locator("[name=code]").fill(pyotp.TOTP(secret).at(int(time.time()) + ahead))
        with page.expect_navigation():
            page.get_by_role("button", name=act).click()
        if page.url != asked:
            return
        assert page.locator("[name=code]").count(), page.locator("body").inner_text()
    raise AssertionError(page.locator("body").inner_text())


def download(page: Page, name: str, into: Path) -> Path:
    """Click a link that downloads, and return where the file was kept."""
    with page.expect_download() as coming:
        page.get_by_role("link", name=name, exact=True).click()
    kept = into / coming.value.suggested_filename
    coming.value.save_as(kept)
    return kept
