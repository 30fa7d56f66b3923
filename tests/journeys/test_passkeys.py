"""A passkey is made on a phone and signs in by itself; a key is the second step; what matters asks again."""

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.authenticating import Device
from tests.journeys.browser import PHONE, come_in, type_code, visit
from tests.journeys.joining import RECOVERY_CODES, Newcomer, invite, join_okoye, newcomer
from tests.live import Live

HOME = "Needs your attention"


def invited(browser: Browser, live: Live, who: Newcomer) -> str:
    """Let Cleo invite somebody, and return the link."""
    with come_in(browser, live, "cleo") as cleo:
        page = cleo.new_page()
        page.goto("/")
        return invite(page, who, "manager", "Helps with the year end")


def heard(page: Page) -> list[str]:
    """Return what the browser complains of from now on: a policy that a script broke, above all."""
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    return said


def sign_out(page: Page) -> None:
    page.goto("/account/")
    page.locator("main").get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in", exact=True)).to_be_visible()


@pytest.mark.journey
@pytest.mark.control("mfa-required", "mfa-know-plus-have", "user-auth-robust")
def test_somebody_joins_on_a_phone_with_a_passkey_and_signs_in_with_it(browser: Browser, live: Live):
    ivy = newcomer("Ivy Okoye")
    link = invited(browser, live, ivy)
    with visit(browser, live, viewport=PHONE, has_touch=True, is_mobile=True) as context:
        page = context.new_page()
        phone, errors = Device(page), heard(page)
        page.goto(link)
        page.get_by_label("Your name").fill(ivy.name)
        page.get_by_label("A password").fill(ivy.password)
        page.get_by_role("button", name="Go on to the authenticator").click()
        page.goto("/account/")
        expect(page.get_by_role("heading", name="Protect your account")).to_be_visible()

        page.get_by_role("button", name="Make a passkey").click()
        expect(page.locator("#recovery-codes li")).to_have_count(RECOVERY_CODES)
        page.get_by_role("link", name="I have kept them, go on").click()
        expect(page.get_by_role("heading", name=HOME)).to_be_visible()
        assert [one["rpId"] for one in phone.credentials()] == ["localhost"]

        sign_out(page)
        page.get_by_role("button", name="Sign in with a passkey").click()
        expect(page.get_by_role("heading", name=HOME)).to_be_visible()

        sign_out(page)
        phone.refuse()
        page.get_by_role("button", name="Sign in with a passkey").click()
        expect(page.get_by_text("Nothing was confirmed. Try again, or use another way.")).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert [error for error in errors if "credentials" not in error] == []


@pytest.mark.journey
@pytest.mark.control("two-step", "mfa-know-plus-have", "step-up-new-device")
def test_a_key_is_added_after_a_confirmation_and_is_the_second_step(browser: Browser, live: Live):
    joe = newcomer("Joe Okoye")
    context, secret = join_okoye(browser, live, joe)
    with context:
        page = context.pages[0]
        key = Device(page, key=True)
        page.goto("/account/")
        page.get_by_role("link", name="Add a security key").click()
        if page.get_by_role("heading", name="Confirm that it is you").count():
            type_code(page, secret, "Confirm")
        page.get_by_label("Name").fill("Key on my ring")
        page.get_by_role("button", name="Go on, then touch the key").click()
        added = page.get_by_role("listitem").filter(has_text="Key on my ring")
        expect(added).to_contain_text("Security key · on this one device")
        assert len(key.credentials()) == 1

        sign_out(page)
        page.get_by_label("E-mail address").fill(joe.email)
        page.get_by_label("Password").fill(joe.password)
        page.get_by_role("button", name="Sign in", exact=True).click()
        page.get_by_role("button", name="Use your passkey or key").click()
        expect(page.get_by_role("heading", name=HOME)).to_be_visible()

        page.goto("/account/")
        page.get_by_role("link", name="Remove Key on my ring").click()
        expect(page.get_by_role("heading", name="Confirm that it is you")).to_be_visible()
        page.get_by_role("button", name="Confirm with a passkey").click()
        page.get_by_role("button", name="Remove it").click()
        expect(page.get_by_text("It signs nobody in any more")).to_be_visible()
        expect(added).to_have_count(0)


@pytest.mark.journey
@pytest.mark.slow
@pytest.mark.control("step-up-new-device", "access-how")
def test_what_matters_asks_again_and_loses_nothing(browser: Browser, live: Live):
    """A client that asks after a minute already: nobody waits a quarter of an hour for a test."""
    with come_in(browser, live, "ada") as firm, come_in(browser, live, "imani") as lumen:
        page, office = lumen.new_page(), firm.new_page()
        device = Device(page)
        page.goto("/account/passkeys/add/")
        if page.get_by_role("heading", name="Confirm that it is you").count():
            type_code(page, live.person("imani")["secret"], "Confirm")
        page.get_by_role("button", name="Make the passkey").click()
        expect(page.get_by_role("heading", name="Passkeys and security keys")).to_be_visible()
        assert len(device.credentials()) == 1
        page.goto("/")
        page.get_by_label("Main", exact=True).get_by_role("link", name="People").click()
        page.get_by_role("link", name="Invite a person").first.click()
        form = page.get_by_role("dialog")
        form.get_by_label("Name").fill("Kim Ross")
        form.get_by_label("E-mail address").fill(newcomer("Kim").email)
        form.get_by_label("Role").select_option("user")
        form.get_by_label("Why").fill("Minds the books in March")

        space = page.url.split("/")[3]
        _ask_after(office, space, "1")
        page.wait_for_timeout(61_000)
        form.get_by_role("button", name="Make the invitation").click()
        expect(page.get_by_text("What you sent is kept")).to_be_visible()
        page.set_viewport_size({"width": PHONE["width"], "height": PHONE["height"]})
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        page.get_by_role("button", name="Confirm with a passkey").click()
        expect(page.get_by_text("Minds the books in March")).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        page.get_by_role("button", name="Do it now").click()
        expect(page.get_by_role("heading", name="Kim Ross is invited")).to_be_visible()
        _ask_after(office, space, "")


def _ask_after(page: Page, space: str, minutes: str) -> None:
    page.goto(f"/{space}/conditions/")
    if "/purpose/" in page.url:
        page.get_by_label("Purpose").fill("Looks after the portal")
        page.get_by_role("main").get_by_role("button", name="Go on").click()
    page.locator("[name=contacts-fresh_administer]").fill(minutes)
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Saved. It counts from the next click on")).to_be_visible()
