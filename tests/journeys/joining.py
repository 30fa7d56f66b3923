"""How somebody new comes in: invited by a manager, enrolled by themselves."""

import secrets
from dataclasses import dataclass

from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.journeys.browser import come_in, type_code, visit
from tests.live import Live

RECOVERY_CODES = 10


@dataclass(frozen=True)
class Newcomer:
    """Somebody who is not there yet, and how they will sign in."""

    name: str
    email: str
    password: str


def newcomer(name: str) -> Newcomer:
    """Return somebody whom no other run knows."""
    mark = secrets.token_hex(4)
    return Newcomer(f"{name} {mark}", f"{mark}@newcomers.example", f"quiet-{mark}-harbour-lantern")


def invite(page: Page, who: Newcomer, role: str, purpose: str) -> str:
    """Invite somebody on the page of people, and return the link that is shown this once."""
    page.get_by_label("Main", exact=True).get_by_role("link", name="People").click()
    page.get_by_role("link", name="Invite a person").first.click()
    form = page.get_by_role("dialog")
    form.get_by_label("Name").fill(who.name)
    form.get_by_label("E-mail address").fill(who.email)
    form.get_by_label("Role").select_option(role)
    form.get_by_label("Why").fill(purpose)
    form.get_by_role("button", name="Make the invitation").click()
    expect(page.get_by_role("heading", name=f"{who.name} is invited")).to_be_visible()
    return page.locator("#invitation-link").inner_text().strip()


def enrol(page: Page, link: str, who: Newcomer) -> str:
    """Accept an invitation: name, password, authenticator, recovery codes. Returns the authenticator's secret."""
    page.goto(link)
    page.get_by_label("Your name").fill(who.name)
    page.get_by_label("A password").fill(who.password)
    page.get_by_role("button", name="Go on to the authenticator").click()
    secret = page.locator("#totp-secret").inner_text().strip()
    type_code(page, secret, "Switch it on")
    expect(page.locator("#recovery-codes li")).to_have_count(RECOVERY_CODES)
    page.get_by_role("link", name="I have kept them, go on").click()
    expect(page.get_by_role("heading", name="Needs your attention")).to_be_visible()
    return secret


def join_okoye(browser: Browser, live: Live, who: Newcomer, role: str = "manager") -> tuple[BrowserContext, str]:
    """Let Cleo invite somebody to her client, and return the newcomer's profile, signed in, with their secret."""
    with come_in(browser, live, "cleo") as cleo:
        page = cleo.new_page()
        page.goto("/")
        link = invite(page, who, role, "Helps with the year end")
    context = visit(browser, live)
    return context, enrol(context.new_page(), link, who)
