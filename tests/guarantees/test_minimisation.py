"""No more is asked than is needed, and nobody else is told: optional fields are empty, no request leaves the portal."""

from collections.abc import Iterator

import pytest
from django import forms
from playwright.sync_api import Browser, Route, expect

from muniment.core.data_map import Class, reading
from muniment.web.urls import urlpatterns
from tests.guarantees.looking import Look
from tests.journeys.browser import chromium, come_in, visit
from tests.live import Live

pytestmark = pytest.mark.control("gdpr-minimisation")

COOKIES = {"__Host-session", "__Host-csrf", "__Host-device", "theme"}
ABOUT_PEOPLE = {
    "account_emailaddress",
    "device",
    "directory_record",
    "email_change",
    "entry",
    "guest",
    "invitation",
    "letter",
    "lockout",
    "person",
    "provider_domain",
    "provider_known",
    "session",
}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Run a browser for the tests of this file."""
    with chromium() as running:
        yield running


def _forms() -> Iterator[type[forms.BaseForm]]:
    assert urlpatterns  # with the addresses come all forms
    waiting: list[type[forms.BaseForm]] = [forms.BaseForm]
    while waiting:
        for form in waiting.pop().__subclasses__():
            waiting.append(form)
            if form.__module__.startswith("muniment."):
                yield form


def test_optional_fields_are_empty_until_somebody_fills_them():
    filled = [
        (form.__name__, name)
        for form in _forms()
        for name, field in form.base_fields.items()  # type: ignore[attr-defined] # of every form
        if not field.required and field.initial not in (None, "", False)
    ]

    assert filled == []
    assert len(list(_forms())) >= 10


def test_personal_data_is_in_few_places_each_with_a_purpose():
    about_people = [line for line in reading.lines() if line.kind is Class.PERSONAL]

    assert {line.table for line in about_people} == ABOUT_PEOPLE
    assert all(len(line.purpose) > 10 for line in about_people)


@pytest.mark.slow
def test_a_session_sends_nothing_to_another_origin_and_keeps_no_cookie_but_ours(browser: Browser, live: Live):
    with come_in(browser, live, "cleo") as context:
        look = Look.at(context)
        addresses: set[str] = set()
        context.on("request", lambda request: addresses.add("/".join(request.url.split("/", 3)[:3])))

        look.walk("/", lambda: None)

        assert addresses - {"data:"} == {live.address}
        assert {cookie["name"] for cookie in context.cookies()} <= COOKIES
        assert look.wrong == []
        assert look.requests > 100


@pytest.mark.slow
def test_a_planted_tracker_would_be_noticed_and_is_stopped(browser: Browser, live: Live):
    with visit(browser, live) as context:
        look = Look.at(context)
        look.page.route("**/sign-in/", _plant)

        look.go("/sign-in/")
        expect(look.page.get_by_role("heading", name="Sign in")).to_be_visible()

        assert any("violation of img-src" in said or "another origin" in said for said in look.wrong), look.wrong


def _plant(route: Route) -> None:
    answer = route.fetch()
    tracker = "<img src='https://tracker.example/pixel.gif' alt=''></main>"
    route.fulfill(response=answer, body=answer.text().replace("</main>", tracker))
