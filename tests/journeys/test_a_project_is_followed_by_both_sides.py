"""Ben starts a project, Cleo does her part of it on a phone, a rule brings it on, and both see who waits for whom."""

import secrets
from datetime import UTC, datetime, timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, expect

from tests.journeys.browser import PHONE, WIDE, come_in, say_why
from tests.live import Live

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}


@pytest.mark.journey
@pytest.mark.slow
@pytest.mark.control("project-workflow")
def test_a_project_is_followed_by_both_sides(browser: Browser, live: Live):
    name = f"Year end {secrets.token_hex(3)}"
    with come_in(browser, live, "ben", viewport=WIDE) as ben, come_in(browser, live, "cleo", viewport=PHONE) as cleo:
        ours, theirs = ben.new_page(), cleo.new_page()
        _start(ours, name)
        for stage in ("Gather", "Review"):
            _add_stage(ours, stage)
        _looks_right(ours)
        _add_task(ours, "Send the ledger", "Anybody of the client", due=3)
        _add_task(ours, "Write the accounts", "Anybody of the firm", due=9)
        _add_task(ours, "Check their risk", "Anybody of the firm", hidden=True)
        _wait_for(ours, "Write the accounts", "Send the ledger")
        project = ours.url
        _make_rule(ours)
        ours.goto(project)
        _drag(ours, "Write the accounts", "Review")
        _drop_task(ours, "Check their risk")
        _looks_right(ours)

        _to_project(theirs, name)
        expect(theirs.get_by_role("main")).not_to_contain_text("Check their risk")
        expect(theirs.get_by_role("main")).to_contain_text("1 task is with the client")
        _looks_right(theirs)
        theirs.get_by_role("main").get_by_role("link", name="Send the ledger").first.click()
        expect(theirs.get_by_role("main")).to_contain_text("Waits for this")
        _looks_right(theirs)
        theirs.get_by_role("button", name="Begin").click()
        theirs.get_by_role("button", name="Done").click()
        expect(theirs.get_by_role("main")).to_contain_text("Done")

        _until_reached(ours, project, "Review")
        ours.get_by_role("link", name="List", exact=True).click()
        _looks_right(ours)
        ours.get_by_role("link", name="Timeline", exact=True).click()
        expect(ours.get_by_role("img", name=_day(3, "%Y")).first).to_be_visible()
        _looks_right(ours)
        ours.emulate_media(color_scheme="dark", reduced_motion="reduce")
        _looks_right(ours)
        ours.goto("/projects/")
        expect(ours.get_by_role("main")).to_contain_text(name)
        _looks_right(ours)
        theirs.goto(theirs.url.split("/tasks/")[0] + "/projects/")
        _looks_right(theirs)


def _start(page: Page, name: str) -> None:
    """Start a project in the space of the first client there is."""
    page.goto("/clients/")
    page.get_by_role("main").get_by_role("link", name="Okoye").first.click()
    say_why(page)
    page.get_by_label("Main", exact=True).get_by_role("link", name="Projects").click()
    _looks_right(page)
    page.get_by_role("main").get_by_role("link", name="Start a project").first.click()
    form = page.get_by_role("dialog")
    form.get_by_label("Name").fill(name)
    _looks_right(page)
    form.get_by_role("button", name="Start it").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(name)


def _add_stage(page: Page, name: str) -> None:
    page.get_by_role("link", name="New stage").or_(page.get_by_role("link", name="Add the first stage")).first.click()
    page.get_by_role("dialog").get_by_label("Name").fill(name)
    page.get_by_role("dialog").get_by_role("button", name="Add the stage").click()
    expect(page.get_by_role("heading", name=name, level=2)).to_be_visible()


def _add_task(page: Page, title: str, who: str, due: int = 0, *, hidden: bool = False) -> None:
    page.get_by_role("link", name="New task", exact=True).first.click()
    form = page.get_by_role("dialog")
    form.get_by_label("What is to be done").fill(title)
    form.get_by_label("Who does it").select_option(label=who)
    if due:
        form.get_by_label("Until").fill(_day(due, "%Y-%m-%d"))
    if hidden:
        form.get_by_label("Only people of the firm see it").check()
        _looks_right(page)
    form.get_by_role("button", name="Add the task").click()
    expect(_card(page, title)).to_be_visible()


def _wait_for(page: Page, title: str, first: str) -> None:
    """Say on the page of a task what comes before it, and go back to the project."""
    _card(page, title).get_by_role("link", name=title).click()
    page.get_by_label("Waits for another task").select_option(label=first)
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_role("heading", name="Comes first")).to_be_visible()
    _looks_right(page)
    page.get_by_role("navigation", name="Breadcrumb").get_by_role("link").nth(1).click()
    expect(_card(page, title)).to_contain_text(f"Waits for: {first}")


def _make_rule(page: Page) -> None:
    page.get_by_label("More about this project").first.click()
    page.get_by_role("main").get_by_role("link", name="Rules", exact=True).click()
    _looks_right(page)
    page.get_by_role("link", name="New rule").click()
    page.locator("[name=trigger]").select_option(label="All tasks of a stage are done")
    page.locator("[name=stage]").select_option(label="Gather")
    page.locator("[name=effect]").select_option(label="Bring the project to the next stage")
    _looks_right(page)
    page.get_by_role("button", name="Make the rule").click()
    expect(page.get_by_text("The rule is made.")).to_be_visible()


def _drag(page: Page, title: str, stage: str) -> None:
    column = page.get_by_role("region", name=stage)
    _card(page, title).drag_to(column.locator("[data-cards]"))
    page.wait_for_load_state()
    expect(column.get_by_role("listitem").filter(has_text=title)).to_be_visible()
    page.reload()
    expect(column.get_by_role("listitem").filter(has_text=title)).to_be_visible()


def _drop_task(page: Page, title: str) -> None:
    """Drop a task on its own page, and go back to the project."""
    _card(page, title).get_by_role("link", name=title).click()
    page.get_by_role("button", name="Drop").click()
    expect(page.get_by_role("main")).to_contain_text("Dropped")
    page.get_by_role("navigation", name="Breadcrumb").get_by_role("link").nth(1).click()


def _to_project(page: Page, name: str) -> None:
    page.goto("/")
    address = page.get_by_label("Main, compact").get_by_role("link", name="Documents").get_attribute("href")
    assert address is not None
    page.goto(address.replace("documents", "projects"))
    page.get_by_role("main").get_by_role("link", name=name).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(name)


def _until_reached(page: Page, project: str, stage: str) -> None:
    """Look until the worker did what the rule says."""
    for _ in range(30):
        page.goto(project)
        if page.get_by_role("region", name=stage).get_by_text("Now", exact=True).count():
            return
        page.wait_for_timeout(1000)
    raise AssertionError(page.get_by_role("main").inner_text())


def _card(page: Page, title: str) -> Locator:
    return page.get_by_role("listitem").filter(has=page.get_by_role("link", name=title, exact=True))


def _day(ahead: int, shape: str) -> str:
    return (datetime.now(UTC) + timedelta(days=ahead)).strftime(shape)


def _looks_right(page: Page) -> None:
    """Look whether everybody can use a page, and whether it fits."""
    found = Axe().run(page, options=RULES)
    assert found.violations_count == 0, found.generate_report()
    width = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert width <= 0, page.url
