"""Ben asks for three things, sees in the morning who is late, and Cleo answers on her phone, in two goes."""

import secrets
from datetime import UTC, datetime, timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, ViewportSize, expect

from tests.journeys.browser import PHONE, WIDE, come_in, say_why
from tests.live import Live

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
TURNOVER, STATEMENTS, TERMS = "Turnover of the year", "Bank statements", "How we keep your papers"


@pytest.mark.journey
@pytest.mark.slow
@pytest.mark.control("client-requests")
def test_a_client_answers_what_the_firm_asks_for(browser: Browser, live: Live):
    title = f"Year end {secrets.token_hex(3)}"
    with come_in(browser, live, "ben", viewport=WIDE) as ben, come_in(browser, live, "cleo", viewport=PHONE) as cleo:
        ours, theirs = ben.new_page(), cleo.new_page()
        _put_together(ours, title)
        _send(ours, title)
        _morning(ours, title)

        _open_from_home(theirs, title)
        _answer_in_two_goes(theirs)
        _say_that_it_does_not_apply(theirs)
        _tick_off(theirs)
        expect(theirs.get_by_role("heading", level=1)).to_have_text(title)
        _looks_right(theirs)

        _decide(ours, title)
        theirs.reload()
        expect(theirs.get_by_role("main")).to_contain_text("Which bank, then?")
        expect(theirs.get_by_role("main")).to_contain_text("Accepted")
        _looks_right(theirs)
        theirs.goto("/search/all/?text=" + title.replace(" ", "+"))
        expect(theirs.get_by_role("main").get_by_role("link", name=title)).to_be_visible()
        _looks_right(theirs)


def _put_together(page: Page, title: str) -> None:
    page.goto("/clients/")
    page.get_by_role("main").get_by_role("link", name="Okoye").first.click()
    say_why(page)
    page.get_by_label("Main", exact=True).get_by_role("link", name="Requests").click()
    _looks_right(page)
    page.get_by_role("main").get_by_role("link", name="Ask for something").first.click()
    page.get_by_role("button", name="Go on").click()
    named = page.get_by_role("region", name="Title")
    named.get_by_label("Title").fill(title)
    named.get_by_role("button", name="Keep").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(title)
    _add(page, TURNOVER, "A number", due=7)
    _add(page, STATEMENTS, "A file", due=40)
    _add(page, TERMS, "To read", text="For ten years.")
    _looks_right(page)


def _add(page: Page, what: str, kind: str, *, due: int | None = None, text: str = "") -> None:
    page.get_by_role("main").get_by_role("link", name="Add an item").first.click()
    form = _form(page, "What you ask for")
    form.get_by_label("What you ask for").fill(what)
    form.get_by_label("Kind").select_option(label=kind)
    form.get_by_label("Explanation, or the text to read").fill(text)
    if due is not None:
        form.get_by_label("Due after").fill(str(due))
    form.get_by_role("button", name="Keep").click()
    expect(page.get_by_role("main").get_by_role("link", name=what, exact=True)).to_be_visible()


def _send(page: Page, title: str) -> None:
    """Send it as of a month ago: one thing is late at once, another is wanted soon."""
    page.get_by_role("main").get_by_role("link", name="Send", exact=True).click()
    form = _form(page, "Due dates count from")
    form.get_by_label("Due dates count from").fill((datetime.now(UTC) - timedelta(days=30)).strftime("%Y-%m-%d"))
    _looks_right(page)
    form.get_by_role("button", name="Send").click()
    expect(page.get_by_text("It is sent.")).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_have_text(title)
    _looks_right(page)


def _morning(page: Page, title: str) -> None:
    """Begin the day: who is late is told, and reminded with one act."""
    page.goto("/")
    expect(page.get_by_role("region", name="Late at your clients")).to_contain_text(title)
    _looks_right(page)
    page.set_viewport_size(ViewportSize(width=390, height=844))
    _looks_right(page)
    page.set_viewport_size(ViewportSize(width=1280, height=860))
    page.get_by_role("button", name="Remind all who are late").click()
    expect(page.get_by_role("main")).to_contain_text(title)
    _looks_right(page)


def _open_from_home(page: Page, title: str) -> None:
    page.goto("/")
    needs = page.get_by_role("region", name="Needs your attention")
    need = needs.get_by_role("listitem").filter(has_text=title).first
    expect(need).to_be_visible()
    _looks_right(page)
    need.get_by_role("link").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(TURNOVER)  # what is late comes first
    page.get_by_role("main").get_by_role("link", name=title).first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(title)
    _looks_right(page)


def _answer_in_two_goes(page: Page) -> None:
    page.get_by_role("main").get_by_role("link", name=TURNOVER).click()
    _looks_right(page)
    page.get_by_label("Your answer").fill("184000")
    expect(page.get_by_role("status").filter(has_text="Kept")).to_be_visible()
    page.reload()  # as on another device
    expect(page.get_by_label("Your answer")).to_have_value("184000")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(STATEMENTS)


def _say_that_it_does_not_apply(page: Page) -> None:
    _looks_right(page)
    page.get_by_role("link", name="Does not apply").click()
    form = _form(page, "Why it does not apply")
    form.get_by_label("Why it does not apply").fill("We have no account.")
    _looks_right(page)
    form.get_by_role("button").last.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(TERMS)


def _tick_off(page: Page) -> None:
    page.get_by_label("I have read it").check()
    page.get_by_role("button", name="Tick off").click()


def _decide(page: Page, title: str) -> None:
    """See in the morning what came in, accept one thing and send another back."""
    page.goto("/")
    need = page.get_by_role("region", name="Needs your attention").get_by_role("listitem").filter(has_text=title).first
    expect(need).to_be_visible()
    need.get_by_role("link").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(title)
    _looks_right(page)
    _item(page, TURNOVER).click()
    _looks_right(page)
    page.get_by_role("button", name="Accept").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(STATEMENTS)
    page.get_by_role("link", name="Send back").click()
    form = _form(page, "What is missing")
    form.get_by_label("What is missing").fill("Which bank, then?")
    form.get_by_role("button", name="Send back").click()
    expect(page.get_by_text("Sent back.").first).to_be_visible()


def _form(page: Page, label: str) -> Locator:
    """Return the form with a field: in a dialog, or as a page where the link was clicked before its script came."""
    return page.locator("form").filter(has=page.get_by_label(label))


def _item(page: Page, name: str) -> Locator:
    return page.get_by_role("main").get_by_role("listitem").get_by_role("link", name=name)


def _looks_right(page: Page) -> None:
    """Look whether everybody can use a page, and whether it fits."""
    found = Axe().run(page, options=RULES)
    assert found.violations_count == 0, found.generate_report()
    width = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert width <= 0, page.url
