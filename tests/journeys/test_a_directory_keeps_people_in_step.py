"""An administrator connects a client's directory; it brings somebody, who comes in, and switches them off again."""

import http.client
import json
import re
import secrets
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.guarantees.looking import Look
from tests.journeys.browser import come_in, say_why, type_code, visit
from tests.live import Live

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
MAILS_LOOKED_AT = 40  # each look waits a second: mails go out by themselves


@pytest.mark.journey
@pytest.mark.control("deactivate-inactive")
def test_a_directory_brings_somebody_and_ends_their_session(browser: Browser, live: Live):
    mark = secrets.token_hex(4)
    name, email, password = f"Nils Okoye {mark}", f"{mark}@newcomers.example", f"quiet-{mark}-harbour-lantern"
    with come_in(browser, live, "ada") as ada, visit(browser, live) as own:
        look = Look.at(ada)
        page = look.page
        page.goto(f"/{client_id(browser, live)}/directory/")
        say_why(page)
        expect(page.get_by_role("heading", name="Directory")).to_be_visible()
        address, token = make_token(page)
        look.everything()
        directory = Directory(live, address, token)

        status, user = directory.ask("POST", "/Users", {"schemas": [USER], "userName": email, "displayName": name})
        assert (status, user["userName"]) == (201, email)
        link = mailed(page, email, r"(/account/password/reset/)")
        theirs = own.new_page()
        theirs.goto(link)
        theirs.get_by_label("E-mail address").fill(email)
        theirs.get_by_role("button", name="Send the link").click()
        theirs.goto(mailed(page, email, r"(/account/password/reset/\S{22}/\S+)"))
        theirs.get_by_label("New password").fill(password)
        theirs.get_by_role("button", name="Change password").click()
        come_in_first(theirs, email, password)
        theirs.goto("/account/")
        expect(theirs.get_by_role("heading", name="My account")).to_be_visible()

        off = {"schemas": [PATCH], "Operations": [{"op": "replace", "path": "active", "value": False}]}
        status, _ = directory.ask("PATCH", f"/Users/{user['id']}", off)
        assert status in {200, 204}
        theirs.reload()
        expect(theirs.get_by_role("heading", name="Sign in")).to_be_visible()

        page.goto(f"/people/?find={email}")
        expect(page.get_by_role("row").filter(has_text=name)).to_contain_text("shut out")
        look.everything()
        page.get_by_role("link", name=name).first.click()
        expect(page.get_by_text("by the directory of their organisation")).to_be_visible()
        look.everything()
        assert look.wrong == []
        assert Directory(live, address, "x" * len(token)).ask("GET", "/Users")[0] == http.client.UNAUTHORIZED


@dataclass(frozen=True)
class Directory:
    """A directory as a program: it speaks to the running portal with its token."""

    live: Live
    address: str
    token: str

    def ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> tuple[int, dict[str, Any]]:
        """Send one request, and return the status and what came back."""
        connection = http.client.HTTPSConnection("localhost", self.live.https_port, context=self.live.trust())
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/scim+json"}
        root = "/" + self.address.split("/", 3)[3]
        connection.request(method, root + path, None if body is None else json.dumps(body), headers)
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        return answer.status, json.loads(content) if content else {}


def client_id(browser: Browser, live: Live) -> str:
    """Return the id of Cleo's client in addresses."""
    with come_in(browser, live, "cleo") as cleo:
        page = cleo.new_page()
        page.goto("/")
        way = page.get_by_label("Main", exact=True).get_by_role("link", name="People").get_attribute("href") or ""
        return way.split("/")[1]


def make_token(page: Page) -> tuple[str, str]:
    """Make a token on the page of the directory, and return its address and the token."""
    address = page.locator("#scim-address").inner_text().strip()
    page.get_by_role("link", name=re.compile("Make a token|New token")).click()
    form = page.get_by_role("dialog")
    form.get_by_label("Name of the directory").fill("Entra ID")
    form.get_by_label("Role of people whom it brings").select_option("guest")
    form.get_by_role("button", name="Make the token").click()
    token = page.locator("#directory-token").inner_text().strip()
    page.get_by_role("link", name="Done").click()
    expect(page.get_by_text("never", exact=True)).to_be_visible()
    return address, token


def mailed(page: Page, to: str, pattern: str) -> str:
    """Return what a mail to somebody says in place of the group of `pattern`."""
    for _ in range(MAILS_LOOKED_AT):
        page.goto("/mail/")
        for number in range(page.get_by_role("link").filter(has_text=to).count()):
            page.get_by_role("link").filter(has_text=to).nth(number).click()
            found = re.search(pattern, page.get_by_role("main").inner_text())
            if found is not None:
                return found.group(1)
            page.goto("/mail/")
        page.wait_for_timeout(1000)
    raise AssertionError(page.get_by_role("main").inner_text())


def come_in_first(page: Page, email: str, password: str) -> None:
    """Sign in for the first time: the authenticator is set up on the way."""
    page.goto("/sign-in/")
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.goto("/account/factor/")
    type_code(page, page.locator("#totp-secret").inner_text().strip(), "Switch it on")
    page.get_by_role("link", name="I have kept them, go on").click()
