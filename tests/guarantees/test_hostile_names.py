"""Names are text wherever they stand: what people call themselves and their files never becomes part of a page."""

import re
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.guarantees.looking import OVERFLOW, Look
from tests.journeys.browser import PHONE, WIDE, chromium, come_in, say_why, visit
from tests.journeys.joining import Newcomer, enrol, invite, newcomer
from tests.live import Live

HOSTILE = "\"><svg onload=alert(1)><img src=x onerror=alert(2)>'{{7*7}}${7*7}{%debug%}javascript:alert(3)"
BREAKING_OUT = f"</b></script></textarea><script>alert(4)</script>{HOSTILE}"
SMUGGLED = "svg[onload], [onerror], img[src='x'], main script, a[href^='javascript:' i], iframe, object, embed"
LET_IN = "markup => { try { document.body.innerHTML = markup; } catch (error) { return error.name; } }"
PAGES_AT_LEAST = 20


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Run a browser for the tests of this file."""
    with chromium() as running:
        yield running


@pytest.mark.slow
@pytest.mark.control("no-xss")
def test_names_that_are_markup_stay_text_everywhere(browser: Browser, live: Live):
    owner = newcomer("Owner")
    owner = Newcomer(BREAKING_OUT, owner.email, owner.password)
    with ExitStack() as open_until_the_end:
        ada = open_until_the_end.enter_context(come_in(browser, live, "ada"))
        theirs = open_until_the_end.enter_context(visit(browser, live))
        firm, inside = Look.at(ada), Look.at(theirs)
        client = _open_hostile_client(firm.page)
        enrol(inside.page, _invited(firm.page, owner), owner)
        _fill(inside.page)

        inside.walk("/", lambda: _expect_text(inside))
        inside.page.goto("/")
        _filter_by(inside)
        firm.walk(client, lambda: _expect_text(firm))

        assert inside.wrong == []
        assert firm.wrong == []
        assert len(inside.seen) >= PAGES_AT_LEAST, sorted(inside.seen)


@pytest.mark.control("no-xss", "minimise-holes")
@pytest.mark.parametrize(
    "planted",
    ["<script>document.title = 'taken'</script>", "<img src='/robots.txt' onerror=\"document.title = 'taken'\">"],
    ids=["script", "handler"],
)
def test_a_script_planted_in_a_page_is_stopped_by_its_policy(browser: Browser, live: Live, planted: str):
    with visit(browser, live) as context:
        look = Look.at(context)
        look.page.route("**/sign-in/", lambda route: _plant(route, planted))

        look.go("/sign-in/")
        expect(look.page.get_by_role("heading", name="Sign in")).to_be_visible()

        assert look.page.title() != "taken"
        assert any("violation of script-src" in said and "inline" in said for said in look.wrong), look.wrong


@pytest.mark.control("no-xss")
def test_markup_that_a_script_lets_in_is_stopped_by_trusted_types(browser: Browser, live: Live):
    with visit(browser, live) as context:
        page = context.new_page()
        page.goto("/sign-in/")

        for markup in ("<img src=x onerror=alert(1)>", "<a href='javascript:alert(1)'>x</a>", "<iframe src=/>"):
            refused = page.evaluate(LET_IN, markup)
            assert refused == "TypeError", markup
        expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def _plant(route: Route, planted: str) -> None:
    """Answer as the portal did, with its headers, and with something that an attacker got into the page."""
    answer = route.fetch()
    route.fulfill(response=answer, body=answer.text().replace("</main>", f"{planted}</main>"))


def _open_hostile_client(page: Page) -> str:
    page.goto("/clients/new/")
    page.get_by_label("Name of the company").fill(HOSTILE)
    page.get_by_label("What it does").fill(BREAKING_OUT[:160])
    page.get_by_role("main").get_by_role("button").first.click()
    page.wait_for_url("**/purpose/**")
    say_why(page)
    expect(page.get_by_role("heading", level=1)).to_have_text(HOSTILE)
    return "/" + page.url.split("/", 3)[3]


def _invited(page: Page, who: Newcomer) -> str:
    return invite(page, who, "manager", BREAKING_OUT)


def _fill(page: Page) -> None:
    """Give the client a folder, documents, a guest, a share and a trash that are all called so."""
    page.get_by_label("Main", exact=True).get_by_role("link", name="Documents").click()
    page.get_by_role("link", name="New folder").first.click()
    page.get_by_role("dialog").get_by_label("Name").fill(HOSTILE)
    page.get_by_role("dialog").get_by_role("button", name="Make folder").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(HOSTILE)
    names = [f"{HOSTILE}.txt", f"{HOSTILE} 2.txt"]
    files = [{"name": name, "mimeType": "text/html", "buffer": BREAKING_OUT.encode()} for name in names]
    page.locator("input[data-upload-pick]").first.set_input_files(files)  # type: ignore[arg-type] # as the browser takes them
    expect(page.locator("#rows tbody tr")).to_have_count(len(names))
    page.locator("#rows tbody tr a").first.click()
    page.get_by_role("link", name="Share", exact=True).click()
    form = page.get_by_role("dialog")
    form.get_by_label("Who", exact=True).select_option("everyone")
    form.get_by_label("Why").fill(BREAKING_OUT)
    form.get_by_role("button", name="Share", exact=True).click()
    expect(page.get_by_role("region", name="Who can open this")).to_contain_text(BREAKING_OUT)
    page.goto(page.url + "trash/")
    page.get_by_role("button", name="Move to trash").click()
    guest = newcomer("Guest")
    invite(page, Newcomer(BREAKING_OUT, guest.email, guest.password), "guest", BREAKING_OUT)


def _expect_text(look: Look) -> None:
    """Expect that the page holds nothing that was smuggled in; its scripts have run by now."""
    for found in look.page.locator(SMUGGLED).all():
        look.note(f"markup got in: {found.evaluate('one => one.outerHTML')[:200]}")
    if re.search(r"['}]49", look.page.locator("body").inner_text()):  # where the braces stood: a page may well say 49
        look.note("an expression was worked out")
    for size in (PHONE, WIDE):
        look.page.set_viewport_size(size)  # type: ignore[arg-type] # the names that playwright wants
        if (overflow := look.page.evaluate(OVERFLOW)) > 0:
            look.note(f"{overflow} px wider than a screen of {size['width']}")


def _filter_by(look: Look) -> None:
    """Let htmx and the dialogs bring the same names in as parts of a page."""
    page = look.page
    look.where = "parts of pages"
    page.get_by_label("Main", exact=True).get_by_role("link", name="Documents").click()
    page.get_by_role("list", name="Folders").get_by_role("link").first.click()
    page.get_by_role("searchbox").fill("svg")
    page.wait_for_url("**text=svg**")  # once the rows are there
    expect(page.locator("#rows li")).to_have_count(1)
    _expect_text(look)
    page.locator("#rows li").get_by_role("link").first.click()
    page.get_by_role("main").get_by_role("link", name="Share", exact=True).first.click()
    expect(page.get_by_role("dialog")).to_contain_text(HOSTILE)
    _expect_text(look)
