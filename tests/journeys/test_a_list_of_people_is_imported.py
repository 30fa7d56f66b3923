"""A manager invites a list of people: a file with a mistake, what was read of it, then everybody or nobody."""

import secrets

import pytest
from playwright.sync_api import Browser, FilePayload, Page, expect

from tests.guarantees.looking import Look
from tests.journeys.browser import come_in
from tests.live import Live

HEAD = "Name;E-mail;Role;Purpose;Until"


@pytest.mark.journey
def test_a_manager_looks_at_a_list_puts_a_line_right_and_invites_everybody(browser: Browser, live: Live):
    mark = secrets.token_hex(4)
    with come_in(browser, live, "cleo") as cleo:
        look = Look.at(cleo)
        page = look.page
        to_import(page)
        look.everything()

        send_file(page, mark)
        expect(page.get_by_text("Something is wrong with 1 line")).to_be_visible()
        read = page.get_by_role("region", name="What was read")
        expect(read.get_by_role("row").filter(has_text=f"Zoë Núñez {mark}")).to_contain_text("Guest")
        expect(read.get_by_role("row").filter(has_text=f"Tom Ash {mark}")).to_contain_text("This is no e-mail address.")
        look.everything()

        lines = page.get_by_label("The lines")
        lines.fill(lines.input_value().replace(f"tom-{mark}@;", f"tom-{mark}@example.com;"))
        page.get_by_role("button", name="Look again").click()
        expect(page.get_by_text("2 people can be invited. Nobody is yet")).to_be_visible()
        look.everything()
        page.get_by_role("button", name="Invite 2 people").click()

        expect(page.get_by_text("2 people are invited.")).to_be_visible()
        invited = page.get_by_role("region", name="Open invitations").get_by_role("listitem")
        expect(invited.filter(has_text=mark)).to_have_count(2)
        expect(invited.filter(has_text=f"zoe-{mark}@example.com")).to_contain_text(f"Zoë Núñez {mark}")
        assert look.wrong == []


def to_import(page: Page) -> None:
    """Go where a list of people is invited."""
    page.goto("/")
    page.get_by_label("Main", exact=True).get_by_role("link", name="People").click()
    page.get_by_role("link", name="Invite a list").click()


def send_file(page: Page, mark: str) -> None:
    """Send a file as a spreadsheet on Windows saves it, with one address that was not typed to its end."""
    lines = (
        HEAD,
        f"Zoë Núñez {mark};zoe-{mark}@example.com;Guest;Year end 2090;31.12.2090",
        f"Tom Ash {mark};tom-{mark}@;User;Invoices;",
    )
    file = FilePayload(name="people.csv", mimeType="text/csv", buffer="\r\n".join(lines).encode("cp1252"))
    page.get_by_label("A file").set_input_files(file)
    page.get_by_role("button", name="Look at it first").click()
